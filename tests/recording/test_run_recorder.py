"""The queue between a lesson and its log."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.recording import log_thread, points
from tflab.recording.journal import Journal
from tflab.recording.progress import Meters
from tflab.recording.run_recorder import RunRecorder
from tflab.recording.writing import MAX_POINTS, Batch, rescued
from tflab.runs.events import Ended, Goal, Notice, Result, Scalars, as_number
from tflab.runs.log_reader import LogReader, last_event
from tflab.runs.log_writer import EVENTS, LogWriter, append
from tflab.runs.record import Problem
from tflab.runs.state import RunState


@pytest.fixture
def recorder(tmp_path):
    recorder = RunRecorder(tmp_path, LogWriter(tmp_path))
    yield recorder
    recorder.finish()


def read(folder):
    reader, state = LogReader(folder), RunState()
    while found := reader.poll():
        for event in found:
            state.apply(event)
    return state


def test_points_are_in_the_log_soon_without_being_asked_for(recorder, tmp_path):
    began = time.perf_counter()
    recorder.log(0, {"loss": 1.0})
    while not (tmp_path / "events.jsonl").stat().st_size:
        assert time.perf_counter() - began < 5
    for step in range(1, 100):
        recorder.log(step, {"loss": 1.0 / step, "accuracy": np.float32(0.5)})
    recorder.settle()
    state = read(tmp_path)
    assert list(state.series["loss"].steps) == list(range(100))
    assert len(state.series["accuracy"]) == 99


def test_a_first_point_is_written_at_once_after_a_pause(recorder, tmp_path):
    """Far sooner than the interval between flushes, or the curve would start late."""
    taken = []
    for step in range(10):
        recorder.settle()
        while not recorder._points.attention:
            pass
        size = (tmp_path / "events.jsonl").stat().st_size
        began = time.perf_counter()
        recorder.log(step, {"loss": 1.0})
        while (tmp_path / "events.jsonl").stat().st_size == size:
            pass
        taken.append(time.perf_counter() - began)
    assert min(taken) < log_thread.INTERVAL / 5


def test_points_that_come_fast_are_written_less_often(recorder, tmp_path):
    """A curve has enough of them, and each writing makes the program wait for the interpreter."""
    began, step = time.monotonic(), 0
    while time.monotonic() < began + 1.2:
        for _ in range(20):
            recorder.log(step, {"loss": 1.0})
            step += 1
        time.sleep(0.0002)
    assert recorder.finish()
    found = [event for event in LogReader(tmp_path).poll() if isinstance(event, Scalars)]
    assert sum(len(event.steps) for event in found) == step
    # The first came after a pause, and the last when it was told to finish.
    busy = [event.time for event in found[1:-1]]
    gaps = [after - before for before, after in pairwise(busy)]
    assert gaps
    assert min(gaps) > 1.5 * log_thread.INTERVAL


def test_what_cannot_be_read_yet_fails_at_the_next_call_by_name(tmp_path):
    recorder = RunRecorder(tmp_path, LogWriter(tmp_path), reads_later=True)
    recorder.log(0, {"fine": 1.0, "words": np.str_("no")})
    with pytest.raises(Problem, match="'words'"):
        recorder.settle()
    recorder.settle()
    assert recorder.finish()
    assert list(read(tmp_path).series) == ["fine"]


def test_what_can_be_read_now_fails_at_once_by_name(recorder):
    with pytest.raises(Problem, match="'words'"):
        recorder.log(0, {"fine": 1.0, "words": np.str_("no")})
    recorder.settle()


def test_what_may_change_is_read_at_once(recorder, tmp_path):
    array = np.zeros(())
    for step in range(50):
        recorder.log(step, {"a": array})
        array += 1
    with pytest.raises(Problem, match="'a'"):
        recorder.log(50, {"a": np.ones(2)})
    recorder.settle()
    assert list(read(tmp_path).series["a"].values) == list(range(50))


def test_a_strange_step_fails_at_once(recorder):
    with pytest.raises(Problem, match="'step'"):
        recorder.log(0.5, {"loss": 1.0})
    recorder.log(np.int64(3), {"loss": 1.0})


def test_events_that_have_a_place_in_the_output_are_written_on_return(recorder, tmp_path):
    recorder.log(0, {"loss": 1.0})
    recorder.emit(Result(cell=0, name="w", value=1))
    state = read(tmp_path)
    assert state.results["w"].value == 1
    assert len(state.series["loss"]) == 1


def test_events_and_points_keep_their_order(tmp_path, recorder):
    recorder.log(0, {"a": 1.0})
    recorder.emit(Goal(text="g", passed=True))
    recorder.log(1, {"a": 2.0})
    recorder.finish(Ended(state="finished", time=0.0))
    kinds = [type(event).__name__ for event in LogReader(tmp_path).poll()]
    assert kinds.index("Goal") == 1
    assert kinds[0] == "Scalars"
    assert kinds[-2:] == ["Scalars", "Ended"]


def test_a_lesson_that_logs_too_fast_waits_in_its_turn(tmp_path, monkeypatch):
    monkeypatch.setattr(points, "ROOM", 100)
    recorder = RunRecorder(tmp_path, LogWriter(tmp_path))
    for step in range(5_000):
        recorder.log(step, {"loss": 1.0})
        assert recorder._points.count - recorder._points.written <= 100
    assert recorder.finish()
    assert len(read(tmp_path).series["loss"]) == 5_000


def test_a_full_disk_is_said_and_nothing_is_lost_once_there_is_room(tmp_path):
    class Disk(LogWriter):
        full = True

        def write(self, *events):
            if self.full and events:
                self._kept = getattr(self, "_kept", ()) + events
                raise OSError(28, "No space left on device")
            super().write(*getattr(self, "_kept", ()), *events)
            self._kept = ()

    disk = Disk(tmp_path)
    recorder = RunRecorder(tmp_path, disk)
    recorder.log(0, {"loss": 1.0})
    with pytest.raises(Problem, match="cannot be written") as caught:
        recorder.settle()
    assert "No space left" in caught.value.cause
    disk.full = False
    assert recorder.finish(Ended(state="failed", time=0.0))
    state = read(tmp_path)
    assert len(state.series["loss"]) == 1
    assert state.ended


def test_a_log_that_stays_unwritable_fails_the_end(tmp_path):
    writer = LogWriter(tmp_path)
    recorder = RunRecorder(tmp_path, writer)
    recorder.settle()
    os.dup2(os.open(tmp_path / "events.jsonl", os.O_RDONLY), writer._file.descriptor())
    assert not recorder.finish(Ended(state="finished", time=0.0))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_recorder_that_fails_says_so_and_holds_nobody(tmp_path):
    def broken():
        raise RuntimeError("a bug")

    recorder = RunRecorder(tmp_path, LogWriter(tmp_path), watch=broken)
    with pytest.raises(Problem, match="recorder stopped"):
        recorder.settle()
    recorder.log(0, {"loss": 1.0})
    recorder.flush()
    with pytest.raises(RuntimeError, match="a bug"):
        recorder.finish(Ended(state="failed", time=0.0))
    assert read(tmp_path).ended


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_recorder_that_failed_still_writes_how_the_run_ended(recorder, tmp_path):
    with pytest.raises(Problem, match="recorder stopped"):
        recorder.emit(Notice(text=object()))
    assert recorder.finish(Ended(state="failed", time=0.0))
    assert isinstance(last_event(tmp_path), Ended)


def test_nothing_comes_after_the_end(tmp_path):
    """Readers look for the end there; a loop that an error left still has news at that moment."""
    recorder = RunRecorder(tmp_path, LogWriter(tmp_path), watch=lambda: [Notice(text="cut")])
    recorder.finish(Ended(state="failed", time=0.0))
    assert isinstance(last_event(tmp_path), Ended)
    assert read(tmp_path).notices == ["cut"]


def test_a_number_beyond_all_floats_is_refused_by_name(recorder):
    with pytest.raises(Problem, match="'loss'"):
        recorder.log(0, {"loss": 10**400})


def test_what_is_watched_is_written_too(tmp_path):
    notices = [[Notice(text="cut")]]
    recorder = RunRecorder(
        tmp_path, LogWriter(tmp_path), watch=lambda: notices.pop() if notices else ()
    )
    recorder.finish()
    assert read(tmp_path).notices == ["cut"]


def test_a_detached_recorder_keeps_nothing_and_waits_for_nothing(recorder, tmp_path):
    recorder.detach()
    recorder.log(0, {"loss": 1.0})
    recorder.emit(Result(cell=0, name="w", value=1))
    list(recorder.track(range(3), None))
    recorder.settle()
    assert read(tmp_path).points == 0


def test_progress_is_told_at_the_start_and_at_the_end(recorder, tmp_path):
    assert list(recorder.track(range(4), None)) == [0, 1, 2, 3]
    list(recorder.track(iter("ab"), None))
    for _ in recorder.track(range(10), 10):
        break
    recorder.settle()
    told = [(e.done, e.total) for e in LogReader(tmp_path).poll() if type(e).__name__ == "Progress"]
    assert told == [(0, 4), (4, 4), (0, None), (2, None), (0, 10), (0, 10)]


@pytest.mark.parametrize(
    ("iterable", "total", "told"),
    [(iter("ab"), np.int64(2), 2), (iter("ab"), np.ceil(1.5), 2), (range(10**20), None, None)],
)
def test_totals_are_whole_numbers_of_any_kind(recorder, tmp_path, iterable, total, told):
    loop = recorder.track(iterable, total)
    next(loop)
    loop.close()
    recorder.settle()
    assert read(tmp_path).progress.total == told


def test_a_strange_total_is_refused(recorder):
    with pytest.raises(Problem, match="'total'"):
        next(recorder.track(iter("ab"), 1.5))


def test_only_the_outermost_loop_tells_its_progress_ten_times_a_second():
    now = [0.0]
    meters = Meters(lambda: 0, clock=lambda: now[0])
    outer = meters.begin(10)
    assert [e.done for e in meters.news()] == [0]
    inner = meters.begin(100)
    inner.done, outer.done = 50, 1
    assert meters.news() == []
    now[0] += 0.2
    assert [(e.done, e.total) for e in meters.news()] == [(1, 10)]
    assert meters.end(inner) == []
    outer.done = 10
    assert [e.done for e in meters.end(outer)] == [10]
    assert meters.end(outer) == []


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 99),
            st.dictionaries(st.sampled_from("abc"), st.floats(), max_size=3),
        ),
        max_size=20,
    )
)
def test_a_batch_keeps_every_point_of_every_series_in_order(logged):
    batch = Batch(0.0)
    for step, scalars in logged:
        for tag, value in scalars.items():
            batch.add_point(("", tag), step, value)
    found = {event.tag: (event.steps, event.values) for event in batch.events()}
    for tag in "abc":
        expected = [(s, as_number(v[tag])) for s, v in logged if tag in v]
        assert list(zip(*found.get(tag, ([], [])), strict=True)) == expected


def test_a_large_batch_is_split_into_lines_of_bounded_length():
    batch = Batch(0.0)
    for step in range(MAX_POINTS + 1):
        batch.add_point(("", "a"), step, 1.0)
    assert [len(e.steps) for e in batch.events() if isinstance(e, Scalars)] == [MAX_POINTS, 1]


@given(
    st.lists(
        st.tuples(
            st.integers(-(1 << 70), 1 << 70),
            st.sampled_from(["a", "b/ä", "c\0d"]),
            st.one_of(st.floats(), st.integers(-(1 << 62), 1 << 62), st.booleans()),
            st.sampled_from(["", "epoch", "batch"]),
        ),
        max_size=30,
    )
)
def test_steps_values_and_axes_of_any_kind_come_back(logged):
    with tempfile.TemporaryDirectory() as name:
        recorder = RunRecorder(Path(name), LogWriter(Path(name)))
        for step, tag, value, axis in logged:
            recorder.log(step, {tag: value}, axis)
        assert recorder.finish()
        found = [event for event in LogReader(Path(name)).poll() if isinstance(event, Scalars)]
    kept = {}
    for event in found:
        kept.setdefault((event.axis, event.tag), []).extend(
            zip(event.steps, event.values, strict=True)
        )
    asked = {}
    for step, tag, value, axis in logged:
        asked.setdefault((axis, tag), []).append((step, as_number(value)))
    assert kept == asked


def test_series_beyond_what_the_journal_names_are_recorded_all_the_same(tmp_path):
    recorder = RunRecorder(tmp_path, LogWriter(tmp_path))
    tags = [f"{n:03d}" + "x" * 500 for n in range(200)]
    for tag in tags:
        recorder.log(1, {tag: 1.0})
    assert recorder.finish()
    assert sorted(read(tmp_path).series) == tags


def test_many_threads_lose_no_point(recorder, tmp_path):
    def log(tag):
        for step in range(2_000):
            recorder.log(step, {tag: float(step)})

    threads = [threading.Thread(target=log, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.settle()
    series = read(tmp_path).series
    assert {tag: list(one.steps) for tag, one in series.items()} == {
        f"t{n}": list(range(2_000)) for n in range(8)
    }


def test_what_a_process_left_in_its_journal_is_rescued_once(tmp_path):
    journal = Journal()
    recorder = RunRecorder(tmp_path, LogWriter(tmp_path), journal=journal)
    recorder.log(0, {"loss": 1.0})
    recorder.settle()
    assert rescued(journal, tmp_path / EVENTS, 0.0) == []
    # As if its thread came to nothing any more.
    thread = recorder._thread
    thread._closing = True
    thread.wake()
    thread._thread.join()
    recorder.log(1, {"loss": float("nan"), "count": 3}, "epoch")
    assert rescued(journal, tmp_path / EVENTS, 0.0) == [
        Scalars(tag="loss", steps=[1], values=["nan"], axis="epoch"),
        Scalars(tag="count", steps=[1], values=[3], axis="epoch"),
    ]


@pytest.mark.parametrize(
    ("number", "fits"),
    [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EACCES, False), (errno.EAGAIN, False)],
)
def test_room_is_asked_for_only_where_room_is_missing(tmp_path, number, fits):
    class Refusing(LogWriter):
        def write(self, *events):
            if events:
                raise OSError(number, os.strerror(number))

    recorder = RunRecorder(tmp_path, Refusing(tmp_path))
    with pytest.raises(Problem) as caught:
        recorder.emit(Notice(text="words"))
    assert ("Make room" in caught.value.next_step) == fits
    assert os.strerror(number) in caught.value.cause
    recorder.finish()


@pytest.mark.parametrize("there", ["nothing", "half", "all"])
def test_a_batch_is_in_the_log_once_however_far_its_writing_came(tmp_path, there):
    """A program may end its process while the thread of the log is still told of its writing."""
    journal, log = Journal(), tmp_path / EVENTS
    recorder = RunRecorder(tmp_path, LogWriter(tmp_path), journal=journal)
    recorder.log(0, {"loss": 0.0})
    recorder.settle()
    written, before = journal.written, log.stat().st_size
    for step in range(1, 50):
        recorder.log(step, {"loss": float(step)})
    recorder.settle()
    after = log.stat().st_size
    # As if it had been gone before it could say so.
    journal.written = written
    journal.promise(50, before, after)
    os.truncate(log, {"nothing": before, "half": (before + after) // 2, "all": after}[there])
    append(tmp_path, *rescued(journal, log, 0.0))
    assert list(read(tmp_path).series["loss"].steps) == list(range(50))
