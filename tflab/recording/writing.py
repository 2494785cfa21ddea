"""Grouping queued points into events, column by column."""

from __future__ import annotations

import os
from math import isfinite
from pathlib import Path

from tflab.recording.journal import ELSEWHERE, INT, KIND, KIND_BITS, Journal
from tflab.recording.values import to_text
from tflab.runs.events import Event, Number, Scalars, as_number

MAX_POINTS = 20_000
"""Points of one event, so that no line of the log grows past about half a megabyte."""

Series = tuple[str, str]
"""Axis and tag of a series."""


class Batch:
    """What is written at one flush: events in order, points grouped by series between them.

    Args:
        now: The time that the batch carries.
    """

    def __init__(self, now: float) -> None:
        self._now = now
        self._events: list[Event] = []
        self._columns: dict[Series, tuple[list[int], list[Number]]] = {}

    def add_point(self, series: Series, step: int, value: float) -> None:
        """Add one point of a series."""
        column = self._columns.get(series)
        if column is None:
            column = self._columns[series] = ([], [])
        column[0].append(step)
        column[1].append(value if isfinite(value) else as_number(value))

    def add_event(self, event: Event) -> None:
        """Add another event, after the points before it."""
        self._close_columns()
        self._events.append(event)

    def events(self) -> list[Event]:
        """Return everything added, in order."""
        self._close_columns()
        return self._events

    def _close_columns(self) -> None:
        for (axis, tag), (steps, values) in self._columns.items():
            for start in range(0, len(steps), MAX_POINTS):
                self._events.append(
                    Scalars(
                        tag=to_text(tag),
                        steps=steps[start : start + MAX_POINTS],
                        values=values[start : start + MAX_POINTS],
                        time=self._now,
                        axis=axis,
                    )
                )
        self._columns = {}


def rescued(journal: Journal, log: Path, now: float) -> list[Event]:
    """Return the points that a process left in its journal, which is gone and wrote them nowhere.

    Values that were objects of that process are gone with it.

    Args:
        journal: The process's journal.
        log: Its run log. What was written of a batch in part is taken back.
        now: The time of the points.

    Raises:
        OSError: When the log cannot be looked at, or not be shortened.
    """
    _settle(journal, log)
    journal.read_series()
    batch = Batch(now)
    for _, code, step, value in journal.points(journal.written):
        kind, series = code & KIND, code >> KIND_BITS
        if kind != ELSEWHERE and series < len(journal.series):
            batch.add_point(journal.series[series], step, int(value) if kind == INT else value)
    return batch.events()


def _settle(journal: Journal, log: Path) -> None:
    """Find out whether a batch is in the log that the process had no time to call written.

    The program goes on, and may end the process, as soon as the system has taken the batch.
    """
    count, before, after = journal.promised
    if count <= journal.written or not log.exists():
        return
    size = log.stat().st_size
    if size >= after:
        journal.written = count
    elif size > before:
        os.truncate(log, before)
