"""How far a loop has come, told at most ten times a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from tflab.runs.events import Event, Progress

INTERVAL = 0.1
"""Seconds between two progress events."""


class Meter:
    """One loop: `done` steps of `total`, which is None when it is not known."""

    __slots__ = ("done", "total")

    def __init__(self, total: int | None) -> None:
        self.done = 0
        self.total = total


class Meters:
    """The loops that are running, one inside the other. Only the outermost is told of.

    Args:
        cell: Returns the index of the running cell.
        clock: Seconds since the epoch; injected by tests.
    """

    def __init__(self, cell: Callable[[], int], clock: Callable[[], float] = time.time) -> None:
        self._cell = cell
        self._clock = clock
        self._open: list[Meter] = []
        self._told: tuple[Meter, int] | None = None
        self._told_at = 0.0

    def begin(self, total: int | None) -> Meter:
        """Begin a loop, inside those that are open."""
        meter = Meter(total)
        self._open.append(meter)
        return meter

    def end(self, meter: Meter) -> list[Event]:
        """End a loop, and those left open inside it; return its last progress if it was told of."""
        if meter not in self._open:
            return []
        place = self._open.index(meter)
        del self._open[place:]
        return [] if place else [self._event(meter)]

    def clear(self) -> None:
        """Drop all loops."""
        self._open.clear()

    def news(self) -> list[Event]:
        """Return the progress of the outermost loop if it is due."""
        meter = next(iter(self._open), None)
        now = self._clock()
        if meter is None or self._told == (meter, meter.done):
            return []
        if self._told is not None and self._told[0] is meter and now < self._told_at + INTERVAL:
            return []
        self._told_at = now
        return [self._event(meter)]

    def _event(self, meter: Meter) -> Event:
        self._told = (meter, meter.done)
        return Progress(cell=self._cell(), done=meter.done, total=meter.total, time=self._clock())
