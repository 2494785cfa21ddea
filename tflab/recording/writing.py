"""Grouping queued points into events, column by column."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

from tflab.recording.conversion import ConversionError
from tflab.recording.values import read_number, to_text
from tflab.runs.events import Event, Number, Scalars, as_number
from tflab.runs.record import Problem

MAX_POINTS = 20_000
"""Points of one event, so that no line of the log grows past about half a megabyte."""

Point = tuple[int, dict[str, Any]]


class Batch:
    """What is written at one flush: events in order, points grouped by series between them.

    Args:
        now: The time that the batch carries.
        cannot_keep: Told of each value that is no number; its point is left out.
    """

    def __init__(self, now: float, cannot_keep: Callable[[Problem], None]) -> None:
        self._now = now
        self._cannot_keep = cannot_keep
        self._events: list[Event] = []
        self._columns: dict[str, tuple[list[int], list[Number]]] = {}

    def add_point(self, point: Point) -> None:
        """Add one logged step with its scalars."""
        step, scalars = point
        for tag, value in scalars.items():
            try:
                number = value if value.__class__ is float else read_number(value)
            except ConversionError as error:
                self._cannot_keep(error.problem("lab.log", tag))
                continue
            column = self._columns.get(tag)
            if column is None:
                column = self._columns[tag] = ([], [])
            column[0].append(step)
            column[1].append(number if isfinite(number) else as_number(number))

    def add_event(self, event: Event) -> None:
        """Add another event, after the points before it."""
        self._close_columns()
        self._events.append(event)

    def events(self) -> list[Event]:
        """Return everything added, in order."""
        self._close_columns()
        return self._events

    def _close_columns(self) -> None:
        for tag, (steps, values) in self._columns.items():
            for start in range(0, len(steps), MAX_POINTS):
                self._events.append(
                    Scalars(
                        tag=to_text(tag),
                        steps=steps[start : start + MAX_POINTS],
                        values=values[start : start + MAX_POINTS],
                        time=self._now,
                    )
                )
        self._columns = {}
