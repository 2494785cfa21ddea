"""The run log: whatever bytes are there, reading gives what was truly written, and never raises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.runs.events import (
    AnyEvent,
    CellEnded,
    CellStarted,
    Check,
    Cleared,
    Continued,
    Ended,
    Environment,
    ExerciseOutcome,
    GpuShared,
    InputAsked,
    InputTaken,
    Notice,
    Picture,
    Scalars,
    Started,
    Value,
)
from tflab.runs.log_reader import LogReader, Output, decode_event, last_event
from tflab.runs.log_writer import EVENTS, OUTPUT, LogWriter, append
from tflab.runs.state import RunState


@pytest.fixture(scope="module")
def folder():
    """Return a function that gives a folder with this log and output."""
    with tempfile.TemporaryDirectory() as root:
        count = iter(range(1 << 30))

        def make(events: bytes = b"", output: bytes = b"") -> Path:
            folder = Path(root) / str(next(count))
            folder.mkdir()
            (folder / EVENTS).write_bytes(events)
            (folder / OUTPUT).write_bytes(output)
            return folder

        yield make


def read_all(folder, max_bytes=4 << 20):
    reader = LogReader(folder)
    found = []
    while new := reader.poll(max_bytes):
        found += new
    return found, reader


def written(folder, *events):
    writer = LogWriter(folder)
    writer.write(*events)
    writer.close()
    return (folder / EVENTS).read_bytes()


@given(data=st.data())
def test_what_was_written_comes_back_in_order(folder, any_event, data):
    events = data.draw(st.lists(any_event, max_size=6))
    place = folder()
    written(place, *events)
    found, reader = read_all(place)
    assert found == events
    assert reader.damaged == 0


@given(data=st.data())
def test_reader_and_writer_agree_on_every_kind_and_field(folder, events_of_a_kind, data):
    """The writer needs the standard library only, the reader is msgspec's."""
    event = data.draw(events_of_a_kind)
    line = written(folder(), event)
    assert decode_event(line) == event
    assert line.count(b"\n") == 1
    # As any other reader of JSON has it.
    assert json.loads(line)["type"] == type(event).TYPE


@given(data=st.data())
def test_a_torn_tail_leaves_a_true_prefix(folder, any_event, data):
    events = data.draw(st.lists(any_event, min_size=1, max_size=5))
    whole = written(folder(), *events)
    cut = data.draw(st.integers(0, len(whole)))
    found, _ = read_all(folder(whole[:cut]))
    assert found == events[: len(found)]
    assert len(found) == whole[:cut].count(b"\n")


@given(data=st.data())
def test_a_log_that_grows_bit_by_bit_reads_the_same(folder, any_event, data):
    events = data.draw(st.lists(any_event, max_size=5))
    whole = written(folder(), *events)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=4)))
    place = folder()
    reader, found = LogReader(place), []
    for cut in [*cuts, len(whole)]:
        (place / EVENTS).write_bytes(whole[:cut])
        while new := reader.poll(data.draw(st.integers(1, 200))):
            found += new
    # A poll may read less than a line; the empty answer then only means "not yet".
    while reader._offset < len(whole):
        found += reader.poll()
    assert found + reader.poll() == events


@given(data=st.data())
def test_garbage_between_lines_costs_only_itself(folder, any_event, data):
    first, second = data.draw(st.lists(any_event, max_size=3)), data.draw(st.lists(any_event))
    junk = data.draw(st.binary(max_size=60)).replace(b"\n", b"")
    place = folder(written(folder(), *first) + junk + b"\n" + written(folder(), *second))
    found, reader = read_all(place)
    assert found[: len(first)] == first
    assert len(second) == 0 or found[-len(second) :] == second
    assert len(found) + reader.damaged <= len(first) + len(second) + 1


@given(st.binary(max_size=300), st.binary(max_size=100))
def test_any_bytes_at_all_are_read_and_folded_without_a_crash(folder, events, output):
    found, _ = read_all(folder(events, output))
    state = RunState()
    for event in found:
        state.apply(event)
    assert b"".join(e.data for e in found if isinstance(e, Output)) == output


@given(data=st.data())
def test_a_writer_closes_off_a_line_that_another_left_torn(folder, any_event, data):
    first, second = data.draw(any_event), data.draw(any_event)
    whole = written(folder(), first)
    # Without its end of line alone, a line would be whole again once it is closed off.
    cut = data.draw(st.integers(1, len(whole) - 2))
    place = folder(whole[:cut])
    written(place, second)
    found, reader = read_all(place)
    assert found == [second]
    assert reader.damaged == 1


def test_output_stands_between_the_events_where_it_was_printed(folder):
    place = folder(output=b"onetwothree")
    written(
        place,
        CellStarted(cell=2, time=0.0, at=0),
        Value(cell=2, text="v", at=3),
        CellEnded(cell=2, seconds=0.0, at=6),
        CellStarted(cell=3, time=0.0, at=6),
    )
    found, _ = read_all(place)
    said = [(e.cell, e.data) if isinstance(e, Output) else type(e).__name__ for e in found]
    assert said == [
        "CellStarted",
        (2, b"one"),
        "Value",
        (2, b"two"),
        "CellEnded",
        "CellStarted",
        (3, b"three"),
    ]


def test_more_output_than_the_limit_keeps_the_newest(folder):
    place = folder(output=b"a" * 1000 + b"z" * 100)
    written(place, CellStarted(cell=0, time=0.0), CellEnded(cell=0, seconds=1.0, at=1100))
    reader = LogReader(place, output_limit=200)
    found = [event for event in reader.poll() if isinstance(event, Output)]
    assert found[0].skipped == 900
    assert found[0].data == b"a" * 100 + b"z" * 100


def test_an_event_that_points_past_the_output_is_no_trouble(folder):
    place = folder(output=b"short")
    written(place, CellStarted(cell=0, time=0.0), Notice(text="cut", at=1 << 40))
    found, _ = read_all(place)
    assert [type(e).__name__ for e in found] == ["CellStarted", "Output", "Notice"]


def test_unknown_types_and_fields_of_a_newer_version_are_passed_over(folder):
    line = b'{"type":"notice","text":"hi","newer":[1]}\n'
    place = folder(b'{"type":"hologram","x":1}\n' + line)
    found, reader = read_all(place)
    assert found == [Notice(text="hi")]
    assert reader.damaged == 1


def test_files_that_do_not_exist_yet_count_as_empty(tmp_path):
    assert LogReader(tmp_path / "nowhere").poll() == []


def test_what_a_full_disk_refused_is_written_when_there_is_room(folder):
    """A limit on the size of files stands for the full disk: the kernel refuses in the same way."""
    place = folder()
    code = """
import resource, signal, sys
from pathlib import Path
from tflab.runs.events import Notice
from tflab.runs.log_writer import LogWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
writer = LogWriter(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
try:
    writer.write(*[Notice(text=f"number {n}") for n in range(10)])
except OSError:
    print("full")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer.write(Notice(text="room"))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(place)], check=True, capture_output=True, text=True
    )
    assert done.stdout == "full\n"
    found, reader = read_all(place)
    assert [event.text for event in found] == [f"number {n}" for n in range(10)] + ["room"]
    assert reader.damaged == 0


@given(data=st.data())
def test_the_last_event_is_the_last_whole_line(folder, any_event, data):
    events = data.draw(st.lists(any_event, max_size=4))
    place = folder(written(folder(), *events) + data.draw(st.sampled_from([b"", b'{"type":"en'])))
    assert last_event(place) == (events[-1] if events else None)


def test_the_last_event_of_a_long_log_is_found_at_its_end(folder):
    place = folder()
    steps = list(range(60_000))
    written(place, Scalars(tag="loss", steps=steps, values=[0.5] * len(steps)))
    assert last_event(place) is None
    append(place, Ended(state="finished", time=1.0))
    assert last_event(place) == Ended(state="finished", time=1.0)


def test_a_log_is_private_to_its_user(tmp_path):
    append(tmp_path, Started(time=0.0, pid=1))
    assert os.stat(tmp_path / EVENTS).st_mode & 0o777 == 0o600


# Written by the first version (commit 15082f6), which encoded its events with msgspec.
VERSION_1 = Path(__file__).with_name("version_1.jsonl")


def test_a_log_of_version_1_stays_readable(folder):
    found, reader = read_all(folder(VERSION_1.read_bytes(), b"said"))
    assert reader.damaged == 0
    # Of every kind that there was.
    newer = {Check, Cleared, Continued, Environment, ExerciseOutcome, InputAsked, InputTaken}
    newer |= {GpuShared, Picture}
    assert {type(event) for event in found} == {*get_args(AnyEvent), Output} - newer
    state = RunState()
    for event in found:
        state.apply(event)
    assert (state.started.host, state.ended.cause) == ("lab", "ValueError: no")
    assert list(state.series["loss"].values) == [1.5, float("inf")]
    assert state.results["w"].value == [1, "two", None]
    assert state.frames["Fit"][0].x_range == (-1.0, 1.0)
    assert state.goals["Reach 0.9"].hints == ["Try more."]
    assert state.cells[3].items[1].tensor.values == [0.1, "nan"]


def test_a_writer_that_is_alone_asks_the_system_twice(folder, monkeypatch):
    """Each call lets go of the interpreter, and the program's thread waits to get it back."""
    place = folder()
    writer = LogWriter(place)
    writer.write(CellStarted(cell=0, time=1.0))
    asked = []
    for name in ("fstat", "pread", "write"):
        call = getattr(os, name)

        def counted(*words, name=name, call=call):
            asked.append(name)
            return call(*words)

        monkeypatch.setattr(os, name, counted)
    writer.write()
    assert asked == []
    writer.write(CellStarted(cell=1, time=1.0))
    assert asked == ["fstat", "write"]
    append(place, CellStarted(cell=2, time=1.0))
    with (place / EVENTS).open("ab") as other:
        other.write(b'{"torn')
    asked.clear()
    writer.write(CellStarted(cell=3, time=1.0))
    assert asked == ["fstat", "pread", "write"]
    found, reader = read_all(place)
    assert [event.cell for event in found] == [0, 1, 2, 3]
    assert reader.damaged == 1
