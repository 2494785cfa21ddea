"""Keeping a list of all runs current, at the price of a few looks at the disk.

A run that is made or deleted changes the time of the folder of runs, and a mark that of the marks'
lock. Runs that go on are followed by their logs. So a look at ten thousand runs among which nothing
happens asks the system for two times, and reads nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tflab.runs.history import History, HistoryRow
from tflab.runs.marks import LOCK
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.summary import keep_summary, summarise
from tflab.targets.live_run import LiveRun

_MOST_FOLLOWED = 64
_MOST_READINGS = 40
_COARSE_SECONDS = 2.0
"""File systems tell time in steps; what came in the same step as a listing may be missing in it."""


class HistoryWatch:
    """Lists every run, and again when one starts, goes on, ends, is marked or deleted.

    Not for several threads at once.

    Args:
        store: Where the runs are.
        clock: Monotonic seconds; injected by tests.
    """

    def __init__(self, store: RunStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._history = History(store)
        self._rows: dict[str, HistoryRow] = {}
        self._followed: dict[str, LiveRun] = {}
        self._torn: list[str] = []
        self._stamps: tuple[int, int] | None = None
        self._list_again: float | None = None

    @property
    def unreadable(self) -> int:
        """How many entries of the folder of runs could not be read when it was last listed."""
        return self._history.unreadable

    def look(self, anew: bool = False) -> list[HistoryRow] | None:
        """Return a row for every run, newest first; None when nothing has changed since.

        Args:
            anew: Whether to read the folder of runs in any case, and return what it has.

        Raises:
            OSError: When the folder of runs cannot be read.
        """
        stamps, now = (_stamp(self._store.root), _stamp(self._store.root / LOCK)), self._clock()
        changed = anew or self._stamps is None
        if anew or stamps != self._stamps:
            self._stamps, self._list_again = stamps, now + _COARSE_SECONDS
            changed = self._list() or changed
        elif self._list_again is not None and now >= self._list_again:
            self._list_again = None
            changed = self._list()
        news = self._news()
        self._rows.update(news)
        return list(self._rows.values()) if changed or news else None

    def mend(self, seconds: float = 0.5) -> list[HistoryRow] | None:
        """Read the rows of ended runs that are not whole yet from their logs, for some seconds.

        Returns:
            All rows, or None when there was nothing to mend. What is left has its turn next time.
        """
        found: dict[str, HistoryRow] = {}
        end = self._clock() + seconds
        while self._torn and self._clock() < end:
            run = self._torn.pop()
            mended = self._history.mend(run)
            if mended is not None:
                found[run] = mended
        self._rows.update(found)
        return list(self._rows.values()) if found else None

    def _list(self) -> bool:
        """Read the folder of runs; return whether it tells anything new."""
        known, unreadable = self._rows, self.unreadable
        rows = {row.id: row for row in self._history.rows()}
        going = [row.id for row in rows.values() if not row.over][:_MOST_FOLLOWED]
        self._followed = {run: live for run in going if (live := self._follow(run)) is not None}
        for row in rows.values():
            before = known.get(row.id) if row.partial else None
            # The folder alone tells less of a run than what was read of its log before.
            if before is not None and not before.partial and before.over == row.over:
                rows[row.id] = HistoryRow(before.summary, row.marks)
        self._rows = rows
        self._torn = [row.id for row in reversed(rows.values()) if row.partial and row.over]
        return rows != known or self.unreadable != unreadable

    def _follow(self, run: str) -> LiveRun | None:
        if run in self._followed:
            return self._followed[run]
        try:
            return LiveRun(self._store.record(run), self._store.folder(run), self._clock)
        except Problem:
            return None

    def _news(self) -> dict[str, HistoryRow]:
        """Return the rows of runs that went on or ended since the last look."""
        found: dict[str, HistoryRow] = {}
        for run, live in list(self._followed.items()):
            if not _advance(live) and not live.over and not self._rows[run].partial:
                continue
            if live.over:
                del self._followed[run]
                summary = keep_summary(live.folder, live.record, live.state)
            else:
                summary = summarise(live.record, live.state)
            row = HistoryRow(summary, self._rows[run].marks)
            if row != self._rows[run]:
                found[run] = row
        return found


def _advance(live: LiveRun) -> bool:
    """Read what is new in a log, of a very long one a part; True when anything changed."""
    changed = False
    for _ in range(_MOST_READINGS):
        changed = live.poll() or changed
        if live.caught_up:
            break
    return changed


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0  # Whoever lists the folder is told why it cannot be read.
