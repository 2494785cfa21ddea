"""The list of runs: complete, current, and safe from whatever lies in the folder."""

from __future__ import annotations

import dataclasses
import os
import stat
import subprocess
import sys
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.runs import events as ev
from tflab.runs.history import INDEX, History
from tflab.runs.log_writer import LogWriter
from tflab.runs.marks import MARKS, Marks, change_marks, read_marks
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import SUMMARY, summarise, write_summary

REQUEST = RunRequest(
    lesson="t", title="T", path="/x/t.py", source="# %%\n1", parameters={"rate": 0.1}
)


@pytest.fixture
def store():
    return RunStore()


def finished(store, loss=0.5, summary=True, old=True, **changes):
    """A run that ended, with its row kept if asked; an old one is old enough for the index."""
    record = store.create(dataclasses.replace(REQUEST, **changes))
    folder = store.folder(record.id)
    writer = LogWriter(folder)
    writer.write(
        ev.Started(time=1.0, pid=1),
        ev.Scalars(tag="loss", steps=[0, 1], values=[2.0, ev.as_number(loss)]),
        ev.Ended(state="finished", time=3.0),
    )
    writer.close()
    if summary:
        write_summary(folder, summarise(record, store.load(record.id)))
    if old:
        os.utime(folder, (1e9, 1e9))
    return record.id


def test_every_run_has_its_row_newest_first(store):
    assert History(store).rows() == []
    ids = {finished(store, loss) for loss in (0.1, float("nan"), 0.3)}
    rows = History(store).rows()
    assert [row.id for row in rows] == sorted(ids, reverse=True)
    assert {row.summary.metrics["loss"]["last"] for row in rows} == {0.1, "nan", 0.3}
    assert all(row.over and not row.partial for row in rows)


def test_strangers_links_and_damaged_folders_are_passed_over(store, tmp_path):
    run = finished(store)
    (store.root / "notes.txt").write_text("mine")
    (store.root / "20200101-000000-aaaaaa").mkdir()
    (store.root / "20200101-000000-bbbbbb").symlink_to(store.folder(run))
    (store.root / "20200101-000000-cccccc").write_text("no folder")
    assert [row.id for row in History(store).rows()] == [run]


def test_a_run_without_its_row_is_told_from_its_log_and_mended(store):
    run = finished(store, summary=False)
    history = History(store)
    (row,) = history.rows()
    assert row.partial
    assert row.summary.status == "finished"
    assert row.summary.metrics == {}
    mended = history.mend(run)
    assert mended.summary.metrics["loss"]["last"] == 0.5
    assert not mended.partial
    assert [row.partial for row in history.rows()] == [False]


def test_a_run_whose_process_is_gone_is_lost_and_one_that_lives_is_running(store):
    for pid, start in ((os.getpid(), 0.0), (os.getpid(), 1e12)):
        record = store.create(REQUEST)
        writer = LogWriter(store.folder(record.id))
        writer.write(ev.Started(time=time.time(), pid=pid, process_start=start))
        writer.close()
    assert sorted(row.summary.status for row in History(store).rows()) == ["lost", "running"]


def test_mending_goes_on_without_a_place_to_write(store, monkeypatch):
    run = finished(store, summary=False)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tflab.runs.summary.write_summary", full)
    assert History(store).mend(run).summary.metrics["loss"]["last"] == 0.5
    assert not (store.folder(run) / SUMMARY).exists()


def test_the_index_saves_reading_and_never_lies(store):
    run = finished(store, 0.5)
    History(store).rows()
    assert (store.root / INDEX).stat().st_size > 0
    assert stat.S_IMODE((store.root / INDEX).stat().st_mode) == 0o600
    # Only the index has the row now, and the folder still has the time that it holds for.
    (store.folder(run) / SUMMARY).rename(store.root / "elsewhere")
    os.utime(store.folder(run), (1e9, 1e9))
    assert History(store).rows()[0].summary.metrics["loss"]["last"] == 0.5
    os.utime(store.folder(run), (1e9, 1e9 + 1))
    assert History(store).rows()[0].partial


def test_a_mark_of_another_workbench_is_seen_at_once(store):
    run = finished(store)
    ours, theirs = History(store), History(store)
    assert ours.rows()[0].marks == theirs.rows()[0].marks == Marks()
    change_marks(store.folder(run), name="the good one")
    assert ours.rows()[0].marks.name == "the good one"
    change_marks(store.folder(run), pinned=True)
    assert theirs.rows()[0].marks == Marks(name="the good one", pinned=True)
    assert History(store).rows()[0].marks.pinned


def test_a_run_that_was_deleted_or_came_later_is_not_missed(store):
    first = finished(store)
    history = History(store)
    history.rows()
    second = finished(store)
    assert {row.id for row in history.rows()} == {first, second}
    store.folder(first).rename(store.root.parent / "gone")
    assert [row.id for row in history.rows()] == [second]
    assert [row.id for row in History(store).rows()] == [second]


@given(st.lists(st.binary(max_size=60) | st.sampled_from([b'{"stamp":1}', b"{}", b"[[[["])))
def test_a_damaged_index_costs_time_only(tmp_path_factory, lines):
    store = RunStore(tmp_path_factory.mktemp("data") / "runs")
    run = finished(store)
    (store.root / INDEX).write_bytes(b"\n".join(lines))
    for _ in range(2):
        assert [row.id for row in History(store).rows()] == [run]


def test_an_index_that_grew_out_of_date_is_written_anew(store):
    for _ in range(3):
        finished(store)
    (store.root / INDEX).write_bytes(b"{}\n" * 5000)
    History(store).rows()
    assert len((store.root / INDEX).read_bytes().splitlines()) < 10
    assert len(History(store).rows()) == 3


def test_a_folder_that_cannot_be_written_still_lists(store, monkeypatch):
    finished(store)

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tflab.runs.history._append", refuse)
    monkeypatch.setattr("tflab.runs.history.replace_atomically", refuse)
    assert len(History(store).rows()) == 1


def test_marks_are_private_whole_and_bounded(store):
    folder = store.folder(finished(store))
    assert read_marks(folder) == Marks()
    change_marks(folder, note="x" * 10_000, name="n" * 100)
    found = read_marks(folder)
    assert (len(found.name), len(found.note)) == (80, 2000)
    assert stat.S_IMODE((folder / MARKS).stat().st_mode) == 0o600
    assert not [path for path in folder.iterdir() if path.name.startswith(".marks")]
    (folder / MARKS).write_bytes(b"\xff{")
    assert read_marks(folder) == Marks()


def test_a_mark_that_cannot_be_kept_is_a_problem(store, monkeypatch):
    folder = store.folder(finished(store))
    with pytest.raises(Problem, match="cannot be kept"):
        change_marks(folder / "gone", name="x")


def test_ten_thousand_rows_are_a_matter_of_a_moment(store):
    record = store.create(REQUEST)
    row = msgspec.json.encode(summarise(record, store.load(record.id)))
    for number in range(10_000):
        run = f"20250101-000000-{number:06x}"
        folder = store.root / run
        folder.mkdir()
        (folder / SUMMARY).write_bytes(row.replace(record.id.encode(), run.encode()))
        os.utime(folder, (1e9, 1e9))
    began = time.perf_counter()
    assert len(History(store).rows()) == 10_001
    again = time.perf_counter()
    assert len(History(store).rows()) == 10_001
    # The budget is half a second; the slack is for machines that do other things meanwhile.
    assert again - began < 2.5
    assert time.perf_counter() - again < 1.5


def test_two_workbenches_that_list_and_mark_at_once_lose_nothing(store):
    runs = [finished(store, summary=number % 2 == 0) for number in range(12)]
    code = (
        "import sys\n"
        "from tflab.runs.history import History\n"
        "from tflab.runs.marks import change_marks\n"
        "from tflab.runs.store import RunStore\n"
        "store = RunStore()\n"
        "history = History(store)\n"
        "for row in history.rows() * 3:\n"
        "    change_marks(store.folder(row.id), **{sys.argv[1]: sys.argv[1]})\n"
        "    history.mend(row.id)\n"
        "    assert len(history.rows()) == 12\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, name]) for name in ("name", "note")]
    assert [process.wait(60) for process in both] == [0, 0]
    rows = History(store).rows()
    assert sorted(row.id for row in rows) == sorted(runs)
    assert all(row.marks.name and row.marks.note for row in rows)
    assert all(row.summary.metrics["loss"]["last"] == 0.5 for row in rows)
