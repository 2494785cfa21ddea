"""Recording a run: points go to a journal, which a thread of its own drains into the run log.

The program's thread only puts numbers into memory. Everything slow waits for the recorder's thread:
grouping, encoding and writing, and reading what a GPU has not computed yet.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tflab.recording.conversion import ConversionError, checked
from tflab.recording.journal import (
    CAPACITY,
    ELSEWHERE,
    FLOAT,
    INT,
    KIND,
    KIND_BITS,
    POINT,
    POINTS_AT,
    Journal,
)
from tflab.recording.progress import Meter, Meters
from tflab.recording.values import never_changes, read_number, to_text, to_whole
from tflab.recording.writing import Batch, Series
from tflab.runs.events import Event
from tflab.runs.log_writer import FILES, LogWriter
from tflab.runs.record import Problem
from tflab.runs.system_errors import what_to_do

INTERVAL = 0.05
"""Seconds between flushes. The first point after a pause is flushed at once."""

ROOM = CAPACITY - 1024
"""Points that may wait; a program that logs faster than can be written waits in its turn."""

SIZE = POINT.size
# Up to here a float is every whole number.
_EXACT = 1 << 53
# No code fits a point of this kind, so that it goes where the journal cannot hold it.
_NOWHERE = -1


class RunRecorder:
    """Records one run into its folder.

    Args:
        folder: The run folder.
        writer: Its open log.
        guesses: The learner's guesses, by question.
        printed: Returns the length of the run's output, in bytes.
        watch: Called at every flush; returns events to add, such as a notice that output was cut.
        journal: Where points wait; by default one that nobody else knows of.
        reads_later: Whether tensors are read by the recorder's thread, so that a GPU is not made to
            wait at each step. Their values are not in the journal before that.
    """

    def __init__(
        self,
        folder: Path,
        writer: LogWriter,
        guesses: Mapping[str, Any] | None = None,
        printed: Callable[[], int] = lambda: 0,
        watch: Callable[[], Iterable[Event]] = tuple,
        journal: Journal | None = None,
        reads_later: bool = False,
    ) -> None:
        self.cell = 0
        self.guesses = guesses or {}
        self._folder = folder
        self._writer = writer
        self._watch = watch
        self.at = printed
        self._journal = journal or Journal()
        self._reads_later = reads_later
        self._codes: dict[str, dict[str, int]] = {}
        # Points that the journal cannot hold: values that are no numbers yet, steps beyond 64 bits,
        # series beyond those that it has room for.
        self._elsewhere: dict[int, tuple[Series, int, Any]] = {}
        self._lock = threading.Lock()
        self._count = 0
        self._written = 0
        self._queue: list[tuple[int, Event | threading.Event]] = []
        self._meters = Meters(lambda: self.cell)
        self._problem: Problem | None = None
        self._wake = threading.Event()
        self._closing = False
        # True when the next call has more to do than to put: the thread sleeps, or failed.
        self._attention = True
        self._is_child = self._told_of_child = False
        self._thread = threading.Thread(target=self._drain_on, name="tflab-log", daemon=True)
        self._thread.start()

    def log(self, step: Any, scalars: Mapping[str, Any], axis: str = "") -> None:
        """Record one point for each scalar; see `Recorder`.

        Raises:
            Problem: When a value is no number, or an earlier one could not be kept.
        """
        if step.__class__ is not int:
            step = checked("lab.log", "step", to_whole, step)
        codes = self._codes.get(axis)
        if codes is None:
            codes = self._codes[axis] = {}
        pack, memory = POINT.pack_into, self._journal.memory
        for tag, value in scalars.items():
            kind = FLOAT
            if value.__class__ is not float:
                kind, value = self._settled(tag, value)  # noqa: PLW2901
            code = codes.get(tag)
            if code is None:
                code = self._new_series(axis, tag, codes)
            if self._count - self._written >= ROOM and not self._make_room():
                return
            # Written out here and not in the journal: a call more would be a third of the time.
            with self._lock:
                at = self._count
                try:
                    pack(memory, POINTS_AT + at % CAPACITY * SIZE, step, value, code | kind, at + 1)
                except struct.error:
                    self._put_elsewhere(at, (axis, tag), step, value)
                self._count = at + 1
        if self._attention:
            self._attend()

    def emit(self, event: Event) -> None:
        """Record any other event, after everything before it. It is in the log on return.

        So what the program prints next is not there before it, and nothing that ends the process
        loses it.

        Raises:
            Problem: When something logged earlier could not be kept.
        """
        if not self._is_child:
            self._add(event)
            self.settle()

    def track(self, iterable: Iterable[Any], total: int | None) -> Iterator[Any]:
        """Yield from `iterable`, recording how far it has come.

        Raises:
            Problem: When `total` is no whole number.
        """
        meter = self.begin(_length(iterable) if total is None else total)
        try:
            for item in iterable:
                yield item
                meter.done += 1
        finally:
            self.end(meter)

    def begin(self, total: int | None) -> Meter:
        """Begin to measure progress; the outermost of several is the one that shows.

        Raises:
            Problem: When `total` is no whole number.
        """
        if total is not None:
            total = checked("lab.track", "total", to_whole, total)
        meter = self._meters.begin(total)
        for event in self._meters.news():
            self._add(event)
        return meter

    def end(self, meter: Meter) -> None:
        """End a progress, keeping how far it came."""
        for event in self._meters.end(meter):
            self._add(event)

    def forget_meters(self) -> None:
        """Drop progress that an earlier cell left open."""
        self._meters.clear()

    def folder(self) -> Path:
        """Return the run's `files` folder."""
        return self._folder / FILES

    def check(self) -> None:
        """Raise what could not be kept, once.

        Raises:
            Problem: Naming the value and what to do.
        """
        problem, self._problem = self._problem, None
        if problem is not None:
            raise problem

    def settle(self) -> None:
        """Wait until everything so far is in the log.

        Raises:
            Problem: When something could not be kept.
        """
        self.flush()
        self.check()

    def flush(self) -> None:
        """Wait until everything so far was handed to the log, whether or not it could be kept."""
        if self._is_child:
            return
        done = threading.Event()
        self._add(done)
        self._wake.set()
        while not done.wait(0.5):
            if not self._thread.is_alive():
                return

    def finish(self, *events: Event) -> bool:
        """End the thread, write what is left and then the last events; False if that failed.

        Nothing comes after the last events: readers look for them at the end of the log.
        """
        self._closing = True
        self._wake.set()
        self._thread.join()
        try:
            # Here and not in the thread, which may have failed long before.
            self._drain()
        finally:
            self._problem = None
            self._write(list(events))
        return self._problem is None

    def detach(self) -> None:
        """Record nothing more: for a child that the program forked, which has no such thread."""
        self._is_child = True
        self._lock = threading.Lock()
        # What it would put into the journal is the parent's: there is never room for it.
        self._written = self._count - ROOM

    def _add(self, item: Event | threading.Event) -> None:
        if self._is_child:
            return
        with self._lock:
            self._queue.append((self._count, item))

    def _new_series(self, axis: str, tag: str, codes: dict[str, int]) -> int:
        """Return the code of a series in the journal; below 0 when that has no room for it."""
        if self._is_child:
            return -1
        with self._lock:
            if tag not in codes:
                codes[tag] = self._journal.add_series(axis, to_text(tag))
            return codes[tag]

    def _put_elsewhere(self, at: int, series: Series, step: int, value: Any) -> None:
        self._elsewhere[at] = series, step, value
        POINT.pack_into(
            self._journal.memory, POINTS_AT + at % CAPACITY * SIZE, 0, 0.0, ELSEWHERE, at + 1
        )

    def _say_that_it_is_lost(self) -> None:
        if not self._told_of_child:
            self._told_of_child = True
            sys.stderr.write(
                f"tflab: what process {os.getpid()} logs is not recorded, since the program forked "
                "it; log in the process that the run began with.\n"
            )

    def _make_room(self) -> bool:
        """Wait in turn, as the program logs faster than can be written; False when none comes."""
        if self._is_child:
            self._say_that_it_is_lost()
            return False
        while self._count - self._written >= ROOM and self._thread.is_alive():
            self.settle()
        return self._thread.is_alive()

    def _attend(self) -> None:
        self._attention = False
        if self._problem is not None:
            self.settle()
        else:
            self._wake.set()

    def _drain_on(self) -> None:
        try:
            while not self._closing:
                self._wake.wait(INTERVAL)
                self._wake.clear()
                if not self._drain():
                    self._attention = True
        except BaseException:
            self._note(
                Problem(
                    "The recorder stopped",
                    "tflab itself failed; the last lines of the output say how.",
                    "Please report it. The run cannot be recorded any further.",
                )
            )
            raise

    def _drain(self) -> bool:
        # What is added meanwhile is left for the next time.
        end = self._count
        count = len(self._queue)
        items = self._queue[:count]
        batch = Batch(time.time())
        waiting: list[threading.Event] = []
        at = self._written
        for place, item in items:
            at = self._add_points(batch, at, place)
            if isinstance(item, threading.Event):
                waiting.append(item)
            else:
                batch.add_event(item)
        at = self._add_points(batch, at, end)
        for event in (*self._meters.news(), *self._watch()):
            batch.add_event(event)
        del self._queue[:count]
        self._write(batch.events())
        new = count > 0 or at > self._written
        self._written = self._journal.written = at
        for done in waiting:
            done.set()
        return new

    def _add_points(self, batch: Batch, start: int, end: int) -> int:
        """Add the points from one number up to another, and return where that ended."""
        series = self._journal.series
        for number, code, step, value in self._journal.points(start, end):
            kind = code & KIND
            if kind == FLOAT:
                batch.add_point(series[code >> KIND_BITS], step, value)
            elif kind == INT:
                batch.add_point(series[code >> KIND_BITS], step, int(value))
            else:
                self._add_elsewhere(batch, number)
        return max(start, end)

    def _add_elsewhere(self, batch: Batch, number: int) -> None:
        series, step, value = self._elsewhere.pop(number)
        try:
            batch.add_point(series, step, read_number(value))
        except ConversionError as error:
            self._note(error.problem("lab.log", series[1]))

    def _write(self, events: list[Event]) -> None:
        try:
            self._writer.write(*events)
        except OSError as error:
            self._note(
                Problem(
                    "The run log cannot be written",
                    f"{self._folder}: {error.strerror}.",
                    f"{what_to_do(error)} Then run it again.",
                )
            )

    def _note(self, problem: Problem) -> None:
        self._problem = self._problem or problem
        self._attention = True

    def _settled(self, tag: str, value: Any) -> tuple[int, Any]:
        """Return what kind of value this is, and the number that it is if that can be told now."""
        if self._reads_later and never_changes(value.__class__):
            return _NOWHERE, value
        number = checked("lab.log", tag, read_number, value)
        if number.__class__ is float:
            return FLOAT, number
        return (INT if abs(number) <= _EXACT else _NOWHERE), number


def _length(iterable: Iterable[Any]) -> int | None:
    try:
        return len(iterable)  # type: ignore[arg-type]
    except (TypeError, OverflowError):
        # It has none, or one that Python cannot tell, as `range(10**20)` has.
        return None
