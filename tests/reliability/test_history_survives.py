"""The history under two workbenches, a full disk, a killed workbench: no finished run is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.reliability.disks import fill, small_disk, small_ext4
from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import Terminal
from tflab.runs.events import Ended, Scalars, Started
from tflab.runs.history import History
from tflab.runs.log import LogWriter
from tflab.runs.marks import MARKS, Marks, change_marks, read_marks
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import summarise, write_summary
from tflab.runs.trash import KEEP_SECONDS, Trash

REQUEST = RunRequest(
    lesson="own", title="Own", path="/x/own.py", source="# %%\n1", parameters={"steps": 3}
)
Disk = Callable[[Path, int], AbstractContextManager[Path]]


def finished(store: RunStore, loss: float = 0.5) -> str:
    record = store.create(REQUEST)
    folder = store.folder(record.id)
    writer = LogWriter(folder)
    writer.write(
        Started(time=1.0, pid=1),
        Scalars(tag="loss", steps=[0, 1], values=[1.0, loss]),
        Ended(state="finished", time=2.0),
    )
    writer.close()
    (folder / "reserve").unlink(missing_ok=True)
    write_summary(folder, summarise(record, store.load(record.id)))
    return record.id


def whole(store: RunStore, run: str) -> bool:
    state = store.load(run)
    return state.status == "finished" and list(state.series["loss"].values) == [1.0, 0.5]


def keep_books(store: RunStore, runs: list[str]) -> tuple[set[str], set[str]]:
    """See that every run is in one place, and whole there; return what is kept and deleted."""
    trash = Trash(store)
    kept, deleted = set(store.ids()), set(trash.ids())
    assert kept | deleted == set(runs)
    assert not kept & deleted
    in_trash = RunStore(trash.root)
    assert all(whole(store, run) for run in kept)
    assert all(whole(in_trash, run) for run in deleted)
    return kept, deleted


PERSON = """
import random, sys
from tflab.runs.history import History
from tflab.runs.marks import change_marks
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash
me, own = sys.argv[1], sys.argv[2].split(",")
chance, store = random.Random(me), RunStore()
trash, history = Trash(store), History(store)
for turn in range(150):
    run = chance.choice([row.id for row in history.rows()] or own)
    try:
        match turn % 5:
            case 0: change_marks(store.folder(run), pinned=chance.random() < 0.5)
            case 1: change_marks(store.folder(run), name=f"{me} {turn}")
            case 2: trash.delete(run)
            case 3: trash.restore(chance.choice(trash.ids() or own))
            case 4: trash.restore(own[turn % len(own)])
    except Problem:
        pass  # The other one was faster.
for run in own:
    try: trash.restore(run)
    except Problem: pass
    change_marks(store.folder(run), note=f"of {me}")
"""


def test_two_that_mark_delete_and_undo_the_same_runs_at_once_lose_none() -> None:
    store = RunStore()
    runs = [finished(store) for _ in range(12)]
    mine = {"ann": runs[:6], "bob": runs[6:]}
    people = [
        subprocess.Popen([sys.executable, "-c", PERSON, name, ",".join(own)])
        for name, own in mine.items()
    ]
    assert [process.wait(100) for process in people] == [0, 0]
    keep_books(store, runs)
    for run in Trash(store).ids():
        Trash(store).restore(run)
    for name, own in mine.items():
        assert {read_marks(store.folder(run)).note for run in own} == {f"of {name}"}
    assert len(History(store).rows()) == 12


def open_history(open_app: OpenApp, lesson: Path, runs: int) -> Terminal:
    app = open_app(lesson, (120, 30))
    app.wait_for("how many")
    app.press("ctrl+y")
    app.wait_for(rf"History .* {runs} run")
    return app


def test_two_workbenches_show_each_others_marks_and_deletions(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    store, lesson = RunStore(), write_lesson("print(1)")
    runs = [finished(store) for _ in range(3)]
    first, second = (open_history(open_app, lesson, 3) for _ in range(2))
    first.press("n")
    first.wait_for("Name this run")
    first.type("gold")
    done = first.press("enter")
    assert second.wait_for("gold", 10) - done < 2.5
    second.press("p")
    second.wait_for("▸")
    first.wait_for("▸")
    assert read_marks(store.folder(runs[-1])) == Marks(name="gold", pinned=True)
    # Both delete the run that both have under their cursor.
    first.press("d")
    second.press("d")
    for app in (first, second):
        app.wait_for(r"History .* 2 runs")
        app.wait_gone("gold")
    keep_books(store, runs)
    assert runs[-1] in Trash(store).ids()
    for app in (first, second):
        app.press("u")
    for app in (first, second):
        app.wait_for(r"History .* 3 runs")
    kept, _ = keep_books(store, runs)
    assert kept == set(runs)
    assert read_marks(store.folder(runs[-1])) == Marks(name="gold", pinned=True)


@pytest.fixture(params=[small_disk, small_ext4], ids=["tmpfs", "ext4"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    with request.param(tmp_path / "disk", 2048) as place:
        yield place


def test_a_full_disk_takes_no_mark_and_says_so_and_loses_none(disk: Path) -> None:
    store = RunStore(disk / "runs")
    run, folder = (run := finished(store)), store.folder(run)
    change_marks(folder, name="before")
    before = sorted(path.name for path in folder.iterdir())
    fill(disk)
    for change in ({"name": "x" * 80}, {"pinned": True}, {"note": "y" * 2000}):
        with pytest.raises(Problem) as caught:
            change_marks(folder, **change)
        assert "No space left" in caught.value.cause
        assert "Make room" in caught.value.next_step
    assert read_marks(folder) == Marks(name="before")
    assert sorted(path.name for path in folder.iterdir()) == before
    assert [row.marks.name for row in History(store).rows()] == ["before"]


def test_a_full_disk_deletes_brings_back_and_empties(disk: Path) -> None:
    """Not even a folder for the trash is there yet, and there is no room to make one."""
    store = RunStore(disk / "runs")
    runs = [finished(store) for _ in range(12)]
    (store.folder(runs[0]) / "files" / "weights").write_bytes(bytes(200_000))
    History(store).rows()
    fill(disk)
    trash = Trash(store)
    for run in runs:
        trash.delete(run)
    assert keep_books(store, runs) == (set(), set(runs))
    for run in runs:
        trash.restore(run)
    assert keep_books(store, runs) == (set(runs), set())
    assert len(History(store).rows()) == 12
    trash.delete(runs[0])
    free = trash.disk_use().free
    assert trash.empty() == 1
    assert trash.disk_use().free >= free + 200_000
    change_marks(store.folder(runs[1]), name="there is room again")


def test_the_workbench_deletes_on_a_full_disk(
    open_app: OpenApp, write_lesson: Callable[..., Path], disk: Path
) -> None:
    lesson, data = write_lesson("print(1)"), disk / "data"
    data.mkdir()
    store = RunStore(data / "runs")
    runs = [finished(store) for _ in range(3)]
    (store.folder(runs[-1]) / "files" / "weights").write_bytes(bytes(200_000))
    app = open_app(lesson, (120, 30), TFLAB_DATA=str(data))
    app.wait_for("how many")
    ballast = fill(disk)
    app.press("ctrl+y")
    app.wait_for(r"History .* 3 runs")
    app.press("p")
    app.wait_for("The mark cannot be kept")
    app.wait_for("No space left")
    app.press("escape")
    app.wait_gone("The mark cannot be kept")
    app.press("d")
    app.wait_for("1 run deleted")
    app.wait_for(r"History .* 2 runs")
    app.press("u")
    app.wait_for("1 run brought back")
    app.wait_for(r"History .* 3 runs")
    keep_books(store, runs)
    app.press("home", "d")
    app.wait_for(r"History .* 2 runs")
    app.press("e")
    app.wait_for("Press e again")
    app.press("e")
    app.wait_for("1 run gone for good")
    app.press("p")
    app.wait_for("▸")
    keep_books(store, runs[:-1])
    ballast.unlink()
    app.press("escape")
    app.press("ctrl+q")
    assert app.wait_end() == 0


DELETE = """
import sys
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash
store = RunStore()
trash = Trash(store)
for run in store.ids():
    trash.delete(run)
    print(run, flush=True)
"""
EMPTY = """
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash
print("now", flush=True)
Trash(RunStore()).empty()
"""
MARK = """
import itertools, sys
from tflab.runs.marks import change_marks
from tflab.runs.store import RunStore
store = RunStore()
for number in itertools.count():
    change_marks(store.folder(sys.argv[1]), name=f"{number}" * 20, note=f"{number}" * 400)
    print(number, flush=True)
"""


def kill_after(code: str, lines: int, later: float, *arguments: str) -> None:
    """Start a program, and kill it some milliseconds after it printed that many lines."""
    with subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=-1) as process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        deadline = time.perf_counter() + later
        while time.perf_counter() < deadline:
            pass
        process.send_signal(signal.SIGKILL)


def test_killed_while_deleting_many_each_run_is_in_one_place_for_seven_days() -> None:
    store, chance = RunStore(), random.Random(7)
    runs = [finished(store) for _ in range(60)]
    for run in runs:
        os.utime(store.folder(run), (1e9, 1e9))
    for lines in (1, 10, 20):
        kill_after(DELETE, lines, chance.random() * 0.002)
        _, deleted = keep_books(store, runs)
        assert len(deleted) >= lines
        assert Trash(store).empty(KEEP_SECONDS) == 0, "they were deleted just now"
        assert keep_books(store, runs)[1] == deleted
    for run in Trash(store).ids():
        Trash(store).restore(run)
    assert keep_books(store, runs)[0] == set(runs)


def test_killed_while_emptying_the_trash_no_half_of_a_run_comes_back() -> None:
    store, chance = RunStore(), random.Random(3)
    trash = Trash(store)
    runs = [finished(store) for _ in range(40)]
    for run in runs:
        for number in range(20):
            (store.folder(run) / "files" / f"{number}").write_bytes(b"x")
        trash.delete(run)
    for _ in range(4):
        kill_after(EMPTY, 1, chance.random() * 0.02)
    left = trash.ids()
    for run in left:
        trash.restore(run)
    assert keep_books(store, left) == (set(left), set())
    trash.empty()
    assert not list(trash.root.iterdir()), "what the killed ones left goes with the next emptying"


def test_killed_while_writing_marks_one_of_them_is_there_and_the_next_can_write() -> None:
    store, chance = RunStore(), random.Random(11)
    run = finished(store)
    folder = store.folder(run)
    for _ in range(5):
        kill_after(MARK, 5, chance.random() * 0.003, run)
        found = read_marks(folder)
        number = found.note[: len(found.note) // 400]
        assert found == Marks(name=(number * 20)[:80], note=(number * 400)[:2000])
        assert (folder / MARKS).exists()
    assert change_marks(folder, name="next").name == "next"
    assert whole(store, run)


def test_a_workbench_killed_while_it_deletes_many_loses_none(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    store, lesson = RunStore(), write_lesson("print(1)")
    runs = [finished(store) for _ in range(150)]
    app = open_history(open_app, lesson, 150)
    app.press(*["space"] * 150)
    app.wait_for("150 marked")
    app.press("d")
    trash = Trash(store).root
    while not (trash.is_dir() and any(trash.iterdir())):
        assert not app.ended
    os.kill(app.pid, signal.SIGKILL)
    assert app.wait_end() is None
    keep_books(store, runs)
    again = open_app(lesson, (120, 30))
    again.wait_for("how many")
    again.press("ctrl+y")
    again.wait_for("History")
    again.press("u")
    again.wait_for("Nothing was deleted since")
    command = [sys.executable, "-m", "tflab", "trash", "--restore", "all"]
    subprocess.run(command, check=True, capture_output=True)
    again.wait_for(r"History .* 150 runs")
    assert keep_books(store, runs)[0] == set(runs)
