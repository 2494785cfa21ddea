"""Whatever lies in the data folder is passed over and counted: nothing hangs, nothing breaks."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reliability.disks import as_common_user
from tests.session.hearing import Clock, Heard
from tests.session.made_runs import make_run
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.history import History
from tflab.runs.log_writer import EVENTS, RECORD
from tflab.runs.marks import LOCK, MARKS
from tflab.runs.store import RunStore
from tflab.runs.summary import SUMMARY, write_summary
from tflab.runs.trash import Trash
from tflab.session.discovery import Discovery
from tflab.session.events import ProblemRaised, RunsListed
from tflab.session.history import HistoryListed, RunHistory
from tflab.session.history_columns import history_columns
from tflab.session.history_list import HistoryList, HistoryView
from tflab.session.history_work import HistoryWork
from tflab.session.sweep_events import EarlierSweepsListed
from tflab.session.sweeps import Sweeps
from tflab.sweeps.store import SweepStore

SWEEP = "20260101-000000-abcdef"
DEEP = "[" * 100_000
KINDS = ["pipe", "folder", "endless", "loop", "socket", "empty", "text", "list", "deep", "bytes"]


@pytest.fixture
def put() -> Iterator[Callable[[Path, str], None]]:
    """Put something of a kind in the place of a file."""
    sockets: list[socket.socket] = []

    def place(path: Path, kind: str) -> None:
        if path.is_dir():
            path.rmdir()
        path.unlink(missing_ok=True)
        match kind:
            case "pipe":
                os.mkfifo(path)
            case "folder":
                path.mkdir()
            case "endless":
                path.symlink_to("/dev/zero")
            case "loop":
                path.symlink_to(path)
            case "socket":
                sockets.append(socket.socket(socket.AF_UNIX))
                here = Path.cwd()
                os.chdir(path.parent)
                try:
                    sockets[-1].bind(path.name)
                finally:
                    os.chdir(here)
            case _:
                texts = {"empty": b"", "text": b"not json", "list": b"[1, 2]", "bytes": b"\xff\xfe"}
                path.write_bytes(texts.get(kind, b'{"parameters":{"k":' + DEEP.encode()))

    yield place
    for one in sockets:
        one.close()


class Sitting:
    """What a workbench does with the data folder when it opens, and in its history."""

    def __init__(self) -> None:
        self.heard, self.disk, store = Heard(), DiskQueue(), RunStore()
        trash = Trash(store)
        self.history = RunHistory(store, trash, self.disk, self.heard)
        self.work = HistoryWork(store, trash, self.disk, self.heard)
        self.discovery = Discovery(
            store, self.disk, self.heard, is_own=lambda _: False, server_pids=tuple,
            clock=Clock(),
        )  # fmt: skip
        self.sweeps = Sweeps(
            store, self.disk, self.heard, server=lambda _: pytest.fail("nothing is run"),
            approve=lambda *_: None, devices=lambda _: None, basis=lambda: None,
        )  # fmt: skip

    def do(self, *acts: Callable[[], object]) -> None:
        for act in acts:
            act()
            while True:
                assert self.disk.finish(20), "something hangs"
                if not self.disk.deliver():
                    break

    def open(self) -> None:
        self.do(
            self.discovery.begin,
            lambda: self.history.list_lesson("one"),
            self.history.read,
            self.sweeps.list_earlier,
            self.history.look,
        )

    @property
    def listed(self) -> HistoryListed:
        return self.heard.of(HistoryListed)[-1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [RECORD, SUMMARY, MARKS, EVENTS])
def test_a_file_of_a_run_may_be_anything(
    name: str, kind: str, put: Callable[[Path, str], None]
) -> None:
    good, bad = make_run(age=10), make_run()
    store = RunStore()
    if name in (SUMMARY, MARKS):
        write_summary(store.folder(bad), History(store).mend(bad).summary)  # type: ignore[union-attr]
    put(store.folder(bad) / name, kind)
    sitting = Sitting()
    sitting.open()
    listed = sitting.listed
    expected = {good} if name == RECORD else {good, bad}
    assert {row.id for row in listed.rows} == expected
    assert listed.unreadable == (name == RECORD)
    assert {row.id for row in sitting.heard.of(RunsListed)[-1].rows} == expected
    found = HistoryList(HistoryView(everywhere=True), "", {})
    found.take(listed.rows, listed.unreadable)
    for everywhere in (False, True):
        for column in history_columns(listed.rows, everywhere, {}):
            assert all(isinstance(column.text(row), str) for row in listed.rows)
    for place in range(4):
        found.arrange(typing=False, narrow=False)
        found.sort_by(place)
    rows = [row for row in listed.rows if row.id == bad]
    sitting.do(lambda: sitting.work.note(rows, "n"), lambda: sitting.work.delete(rows))
    # Without a log a run counts as one that is about to begin, and such a run is not deleted.
    assert (bad in Trash(store).ids()) == (name not in (RECORD, EVENTS))
    sitting.do(sitting.work.undo, sitting.work.empty, sitting.work.empty)


@pytest.mark.parametrize("kind", [*KINDS, "missing"])
def test_what_has_the_name_of_a_run_may_be_anything(
    kind: str, put: Callable[[Path, str], None]
) -> None:
    good = make_run()
    if kind != "missing":
        put(RunStore().root / SWEEP, kind)
    sitting = Sitting()
    sitting.open()
    assert [row.id for row in sitting.listed.rows] == [good]
    # Links are not ours, so they are not counted either.
    assert sitting.listed.unreadable == (kind not in ("missing", "endless", "loop"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_sweep_may_be_anything(kind: str, put: Callable[[Path, str], None]) -> None:
    SweepStore().root.mkdir(parents=True)
    put(SweepStore().root / f"{SWEEP}.json", kind)
    sitting = Sitting()
    sitting.open()
    assert sitting.heard.of(EarlierSweepsListed) == []
    sitting.do(lambda: sitting.sweeps.reopen(SWEEP))
    assert len(sitting.heard.of(ProblemRaised)) == 1


@pytest.mark.parametrize("kind", ["pipe", "folder", "loop", "text", "socket"])
@pytest.mark.parametrize("name", ["runs", "sweeps", "trash", f"runs/{LOCK}", "runs/index.jsonl"])
def test_a_folder_of_ours_may_be_anything(
    name: str, kind: str, data: Path, put: Callable[[Path, str], None]
) -> None:
    data.mkdir()
    if "/" in name:
        make_run()
    put(data / name, kind)
    sitting = Sitting()
    sitting.open()
    rows = sitting.listed.rows if sitting.heard.of(HistoryListed) else []
    assert bool(rows) == ("/" in name)
    sitting.do(lambda: sitting.work.pin(rows), sitting.work.undo, sitting.work.empty)
    assert len(sitting.heard.events) < 20


@pytest.mark.parametrize(
    "changes",
    [
        {"created": 1e300},
        {"created": -1.0},
        {"id": "20250101-000000-aaaaaa"},
        {"metrics": {"loss": {}}},
        {"metrics": {"loss": {"last": [1], "min": {}, "max": "x"}}},
        {"parameters": {"rate": [[1], {"a": 2}], "": None, "x\x1b[2J": "\x1b]0;x\x07"}},
        {"seconds": -1e300},
        {"goals": {"": True}},
    ],
)
def test_a_row_that_makes_no_sense_steers_nothing(changes: dict[str, object]) -> None:
    run = make_run()
    store = RunStore()
    write_summary(store.folder(run), History(store).mend(run).summary)  # type: ignore[union-attr]
    path = store.folder(run) / SUMMARY
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changes))
    sitting = Sitting()
    sitting.open()
    (row,) = sitting.listed.rows
    assert row.id == run, "what is done with a row is done with its own folder"
    for everywhere in (False, True):
        for column in history_columns([row], everywhere, {"rate": 0.1}):
            assert isinstance(column.text(row), str)
            column.key(row)
    found = HistoryList(HistoryView(filter="loss<9 age<1d rate~1"), row.summary.lesson, {})
    found.take([row])
    found.arrange(typing=False, narrow=True)


_LISTING = """
import sys
from tests.session.test_damaged_data import Sitting
sitting = Sitting()
sitting.open()
print(len(sitting.listed.rows), sitting.listed.unreadable)
"""


@pytest.mark.parametrize("mode", [0o000, 0o100, 0o400])
def test_a_run_that_belongs_to_somebody_else_is_passed_over_and_counted(mode: int) -> None:
    make_run(age=10)
    folder = RunStore().folder(make_run())
    folder.chmod(mode)
    try:
        done = subprocess.run(
            [*as_common_user(), sys.executable, "-c", _LISTING],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    finally:
        folder.chmod(0o700)
    assert done.stderr == ""
    # With the right to enter, but not to list, its record can still be read.
    assert done.stdout.split() == (["2", "0"] if mode == 0o100 else ["1", "1"])
