"""What a run logged and its log does not hold yet: points in the journal, or beside it."""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Mapping
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
from tflab.recording.values import never_changes, read_number, to_text, to_whole
from tflab.recording.writing import Batch, Series
from tflab.runs.record import Problem

ROOM = CAPACITY - 1024
"""Points that may wait; a program that logs faster than can be written waits in its turn."""

SIZE = POINT.size
# Up to here a float is every whole number.
_EXACT = 1 << 53
# No code fits a point of this kind, so that it goes where the journal cannot hold it.
_NOWHERE = -1


class Points:
    """Points on their way from the program's threads, which put them, to the thread of the log.

    Args:
        journal: Where they wait.
        reads_later: Whether tensors are read by the thread that writes, so that a GPU is not made
            to wait at each step. Their values are not in the journal before that.
        make_room: Called when `ROOM` points wait; returns whether there is room then.
        attend: Called after a point was put while `attention` was true.

    Attributes:
        lock: Held while anything is put, so that points and events have one order.
        count: How many were put.
        written: How many of them were written.
        attention: Whether the next call has more to do than to put.
        claimed: Names of series that do not come this way.
    """

    def __init__(
        self,
        journal: Journal,
        reads_later: bool,
        make_room: Callable[[], bool],
        attend: Callable[[], None],
    ) -> None:
        self.lock = threading.Lock()
        self.count = 0
        self.written = 0
        self.attention = True
        self._journal = journal
        self._reads_later = reads_later
        self.claimed: set[str] = set()
        self._make_room = make_room
        self._attend = attend
        self._detached = False
        self._codes: dict[str, dict[str, int]] = {}
        # Points that the journal cannot hold: values that are no numbers yet, steps beyond 64 bits,
        # series beyond those that it has room for.
        self._elsewhere: dict[int, tuple[Series, int, Any]] = {}

    def log(self, step: Any, scalars: Mapping[str, Any], axis: str = "") -> None:
        """Put one point for each scalar; see `Recorder`.

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
            if self.count - self.written >= ROOM and not self._make_room():
                return
            # Written out here and not in the journal: a call more would be a third of the time.
            with self.lock:
                at = self.count
                try:
                    pack(memory, POINTS_AT + at % CAPACITY * SIZE, step, value, code | kind, at + 1)
                except struct.error:
                    self._put_elsewhere(at, (axis, tag), step, value)
                self.count = at + 1
        if self.attention:
            self._attend()

    def add_to(self, batch: Batch, start: int, end: int, failed: Callable[[Problem], None]) -> int:
        """Add the points from one number up to another to a batch, and return where that ended.

        Args:
            batch: What is written next.
            start: Number of the first point.
            end: Number after the last.
            failed: Told of each value that turns out to be no number.
        """
        series = self._journal.series
        for number, code, step, value in self._journal.points(start, end):
            kind = code & KIND
            if kind == FLOAT:
                batch.add_point(series[code >> KIND_BITS], step, value)
            elif kind == INT:
                batch.add_point(series[code >> KIND_BITS], step, int(value))
            else:
                self._add_elsewhere(batch, number, failed)
        return max(start, end)

    def is_taken(self, tag: str) -> bool:
        """Return whether there are points of that name, over whatever axis."""
        return tag in self.claimed or any(tag in codes for codes in self._codes.values())

    def is_full(self) -> bool:
        """Return whether the next point has to wait."""
        return self.count - self.written >= ROOM

    def are_promised(self, count: int, before: int, after: int) -> None:
        """Note that the first `count` points are about to be in the log; see `Journal.promise`."""
        self._journal.promise(count, before, after)

    def are_written(self, count: int) -> None:
        """Take it that the first `count` points need no room any more."""
        self.written = self._journal.written = count

    def detach(self) -> None:
        """Take no point any more: the journal is that of the process which forked this one."""
        self._detached = True
        self.lock = threading.Lock()
        self.written = self.count - ROOM

    def _new_series(self, axis: str, tag: str, codes: dict[str, int]) -> int:
        """Return the code of a series in the journal; below 0 when that has no room for it."""
        if self._detached:
            return -1
        with self.lock:
            if tag not in codes:
                codes[tag] = self._journal.add_series(axis, to_text(tag))
            return codes[tag]

    def _put_elsewhere(self, at: int, series: Series, step: int, value: Any) -> None:
        self._elsewhere[at] = series, step, value
        POINT.pack_into(
            self._journal.memory, POINTS_AT + at % CAPACITY * SIZE, 0, 0.0, ELSEWHERE, at + 1
        )

    def _add_elsewhere(self, batch: Batch, number: int, failed: Callable[[Problem], None]) -> None:
        series, step, value = self._elsewhere.pop(number)
        try:
            batch.add_point(series, step, read_number(value))
        except ConversionError as error:
            failed(error.problem("lab.log", series[1]))

    def _settled(self, tag: str, value: Any) -> tuple[int, Any]:
        """Return what kind of value this is, and the number that it is if that can be told now."""
        if self._reads_later and never_changes(value.__class__):
            return _NOWHERE, value
        number = checked("lab.log", tag, read_number, value)
        if number.__class__ is float:
            return FLOAT, number
        return (INT if abs(number) <= _EXACT else _NOWHERE), number
