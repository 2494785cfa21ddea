"""How far a loop has come, told at most five times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from tflab.runs.events import Event, Progress

INTERVAL = 0.2
"""Seconds between two progress events."""


class Meter:
    """One loop: `done` steps of `total`, which is None when it is not known.

    Attributes:
        unit: What the steps are, such as `batch`.
        epoch: The epoch that is running, from 1.
        epochs: How many there are to be.
        over: Set by whoever can end a meter at any moment, also while memory is being freed, and
            so must take no lock; it is ended with the next news.
    """

    __slots__ = ("done", "epoch", "epochs", "over", "total", "unit")

    def __init__(self, total: int | None) -> None:
        self.done = 0
        self.total = total
        self.unit = ""
        self.epoch: int | None = None
        self.epochs: int | None = None
        self.over = False

    def look(self) -> None:
        """Bring `done` and `total` up to date, where something else counts them."""


class Meters:
    """The loops that are running, one inside the other. Only the outermost is told of.

    Args:
        cell: Returns the index of the running cell.
        clock: Seconds since the epoch; injected by tests.
    """

    def __init__(self, cell: Callable[[], int], clock: Callable[[], float] = time.time) -> None:
        self._cell = cell
        self._clock = clock
        self._lock = threading.Lock()
        self._open: list[Meter] = []
        self._ended: list[Event] = []
        self._told: tuple[Meter, int, int | None] | None = None
        self._told_at = 0.0

    def begin(self, total: int | None, done: int = 0) -> Meter:
        """Begin a loop, inside those that are open."""
        meter = Meter(total)
        meter.done = done
        self.add(meter)
        return meter

    def add(self, meter: Meter) -> None:
        """Begin the loop of a meter that somebody else has made."""
        with self._lock:
            # One that is over is not around it.
            self._ended += self._end_over()
            self._open.append(meter)

    def end(self, meter: Meter) -> list[Event]:
        """End a loop, and those left open inside it; return its last progress if it was told of."""
        with self._lock:
            return self._end(meter)

    def clear(self) -> None:
        """Drop all loops."""
        with self._lock:
            self._open.clear()

    def news(self) -> list[Event]:
        """Return the progress of the outermost loop if it is due."""
        with self._lock:
            ended, self._ended = self._ended + self._end_over(), []
            return ended + self._due()

    def _end_over(self) -> list[Event]:
        return [event for meter in self._open if meter.over for event in self._end(meter)]

    def _due(self) -> list[Event]:
        meter = next(iter(self._open), None)
        if meter is None:
            return []
        meter.look()
        now = self._clock()
        if self._told == (meter, meter.done, meter.epoch):
            return []
        if self._told is not None and self._told[0] is meter and now < self._told_at + INTERVAL:
            return []
        self._told_at = now
        return [self._event(meter)]

    def _end(self, meter: Meter) -> list[Event]:
        if meter not in self._open:
            return []
        place = self._open.index(meter)
        # Another list, since this one may be being read.
        self._open = self._open[:place]
        if place:
            return []
        meter.look()
        return [self._event(meter)]

    def _event(self, meter: Meter) -> Event:
        self._told = (meter, meter.done, meter.epoch)
        return Progress(
            cell=self._cell(),
            done=meter.done,
            total=meter.total,
            time=self._clock(),
            unit=meter.unit,
            epoch=meter.epoch,
            epochs=meter.epochs,
        )
