"""The list of runs kept current: what changes is seen, and where nothing does, nothing is read."""

from __future__ import annotations

import os
import subprocess
import time

import msgspec
import pytest

from tflab.runs import events as ev
from tflab.runs.log_writer import LogWriter
from tflab.runs.marks import change_marks
from tflab.runs.processes import start_of
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import SUMMARY, read_summary, summarise, write_summary
from tflab.runs.trash import Trash
from tflab.session.history_watch import HistoryWatch

REQUEST = RunRequest(
    lesson="t", title="T", path="/x/t.py", source="# %%\n1", parameters={"rate": 0.1}
)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store():
    return RunStore()


@pytest.fixture
def watch(store, clock):
    return HistoryWatch(store, clock)


def going(store):
    """A run that lives as long as this test does, and the writer of its log."""
    record = store.create(REQUEST)
    writer = LogWriter(store.folder(record.id))
    writer.write(ev.Started(time=time.time(), pid=os.getpid()))
    return record.id, writer


def log(writer, step, loss):
    writer.write(ev.Scalars(tag="loss", steps=[step], values=[loss]))


def finished(store):
    run, writer = going(store)
    log(writer, 0, 0.5)
    writer.write(ev.Ended(state="finished", time=time.time()))
    writer.close()
    return run


def test_an_empty_folder_is_news_once(watch):
    assert watch.look() == []
    assert watch.look() is None


def test_a_run_is_seen_from_its_beginning_to_its_end(store, watch):
    watch.look()
    run, writer = going(store)
    (row,) = watch.look()
    assert (row.id, row.summary.status, row.partial) == (run, "running", False)
    assert watch.look() is None
    log(writer, 0, 2.0)
    (row,) = watch.look()
    assert row.summary.metrics["loss"]["last"] == 2.0
    log(writer, 1, 0.5)
    writer.write(ev.Ended(state="finished", time=time.time()))
    writer.close()
    (row,) = watch.look()
    assert (row.summary.status, row.summary.metrics["loss"]["last"]) == ("finished", 0.5)
    assert read_summary(store.folder(run)) == row.summary
    assert watch.look() is None


def test_what_is_known_of_a_going_run_stays_when_another_one_comes(store, watch):
    run, writer = going(store)
    log(writer, 0, 2.0)
    watch.look()
    finished(store)
    rows = {row.id: row for row in watch.look()}
    assert len(rows) == 2
    assert rows[run].summary.metrics["loss"]["last"] == 2.0
    writer.close()


def test_a_run_that_is_killed_is_lost(store, watch, clock):
    with subprocess.Popen(["sleep", "60"]) as process:
        record = store.create(REQUEST)
        writer = LogWriter(store.folder(record.id))
        start = start_of(process.pid)
        writer.write(ev.Started(time=time.time(), pid=process.pid, process_start=start))
        writer.close()
        assert [row.summary.status for row in watch.look()] == ["running"]
        process.kill()
    found = []
    for _ in range(3):
        clock.now += 2.1
        found += [row.summary.status for row in watch.look() or ()]
    assert found == ["lost"]


def test_marks_of_others_deletion_and_what_came_back_are_seen(store, watch):
    run, kept = finished(store), finished(store)
    watch.look()
    watch.mend()
    change_marks(store.folder(run), name="theirs", pinned=True)
    rows = {row.id: row for row in watch.look()}
    assert rows[run].marks.name == "theirs"
    Trash(store).delete(run)
    assert [row.id for row in watch.look()] == [kept]
    Trash(store).restore(run)
    assert {row.id for row in watch.look()} == {run, kept}


def test_a_change_in_the_same_step_of_the_clock_as_the_listing_is_not_missed(store, watch, clock):
    finished(store)
    watch.look()
    stamp = store.root.stat().st_mtime_ns
    finished(store)
    os.utime(store.root, ns=(stamp, stamp))
    assert watch.look() is None
    clock.now += 2.1
    assert len(watch.look()) == 2


def test_rows_that_are_not_whole_are_mended_a_little_at_a_time(store, watch, clock):
    runs = [finished(store) for _ in range(5)]
    rows = watch.look()
    assert all(row.partial for row in rows)

    def tick():
        clock.now += 0.1
        return clock.now

    watch._clock = tick
    first = watch.mend(0.25)
    assert 0 < sum(not row.partial for row in first) < 5
    assert all(row.summary.metrics for row in watch.mend(9))
    assert watch.mend() is None
    assert all((store.folder(run) / SUMMARY).exists() for run in runs)


def test_what_was_mended_stays_on_a_disk_that_keeps_no_row(store, watch, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tflab.runs.summary.write_summary", full)
    finished(store)
    watch.look()
    watch.mend()
    finished(store)
    rows = watch.look()
    assert sorted(row.partial for row in rows) == [False, True]


def test_looking_at_ten_thousand_runs_costs_next_to_nothing_while_nothing_happens(store, clock):
    record = store.create(REQUEST)
    row = summarise(record, store.load(record.id))
    row = msgspec.structs.replace(row, status="finished")
    write_summary(store.folder(record.id), row)
    text = msgspec.json.encode(row)
    for number in range(10_000):
        run = f"20250101-000000-{number:06x}"
        (store.root / run).mkdir()
        (store.root / run / SUMMARY).write_bytes(text.replace(record.id.encode(), run.encode()))
        os.utime(store.root / run, (1e9, 1e9))
    watch = HistoryWatch(store, clock)
    assert len(watch.look()) == 10_001
    clock.now += 5
    watch.look()
    began = time.process_time()
    for _ in range(100):
        assert watch.look() is None
    assert (time.process_time() - began) / 100 < 0.001
