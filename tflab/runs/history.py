"""The list of all runs, fast: thousands of rows without opening a log.

Each run has its row in `summary.json` and what a person wrote in `marks.json`. Both are replaced
whole, which changes the modification time of the run's folder. So `runs/index.jsonl` may hold
every row it has seen with that time: a row counts only while the folder still has it. The index
is only ever a shortcut: it may be deleted, damaged or written by two workbenches at once.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tflab.runs.atomic_files import read_file, replace_atomically
from tflab.runs.events import Ended, Started
from tflab.runs.job import has_job
from tflab.runs.log_reader import first_event, last_event
from tflab.runs.marks import NONE, Marks, read_marks
from tflab.runs.record import Problem, RunRecord
from tflab.runs.state import RunState
from tflab.runs.store import IN_QUEUE, RunStore, is_abandoned, is_alive, is_run_id
from tflab.runs.summary import GOING, RunSummary, is_moment, keep_summary, read_summary, summarise

INDEX = "index.jsonl"
_JUST_NOW = 2_000_000_000
_SLACK = 1000


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One run in the history.

    Attributes:
        partial: Whether metrics and goals are still to be read from the log; see `History.mend`.
    """

    summary: RunSummary
    marks: Marks = NONE
    partial: bool = False

    @property
    def id(self) -> str:
        """The run's id."""
        return self.summary.id

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return self.summary.status not in GOING


class _Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the index: a row, and the folder's modification time that it holds for."""

    stamp: int
    summary: RunSummary
    marks: Marks = NONE


_decoder = msgspec.json.Decoder(_Line)


class History:
    """Reads the list of runs, again and again as it changes.

    Args:
        store: Where the runs are.

    Attributes:
        unreadable: How many entries of the folder of runs the last listing could not read.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._index = store.root / INDEX
        self._known: dict[str, tuple[int, HistoryRow]] | None = None
        self._lines = 0
        self.unreadable = 0

    def rows(self) -> list[HistoryRow]:
        """Return a row for every run, newest first. What cannot be read is passed over and counted.

        Raises:
            OSError: When the folder of runs cannot be read.
        """
        self.unreadable = 0
        known = self._read_index() if self._known is None else self._known
        found: dict[str, tuple[int, HistoryRow]] = {}
        fresh: list[tuple[int, HistoryRow]] = []
        for name, stamp in self._folders():
            pair = known.get(name)
            if pair is None or pair[0] != stamp:
                row = self.row(name)
                if row is None:
                    self.unreadable += 1
                    continue
                pair = (stamp, row)
                if not row.partial and time.time_ns() - stamp > _JUST_NOW:
                    fresh.append(pair)
            if pair[1].partial or time.time_ns() - pair[0] <= _JUST_NOW:
                # The next look reads it again: the folder's time may not show the next change.
                found[name] = (-1, pair[1])
            else:
                found[name] = pair
        self._known = found
        self._keep(fresh)
        rows = [row for _, row in found.values()]
        # Not by id alone: it has the time on the wall, which goes back an hour once a year.
        return sorted(rows, key=lambda row: (row.summary.created, row.id), reverse=True)

    def row(self, run: str) -> HistoryRow | None:
        """Read the row of one run from its folder; None when it has no readable record."""
        folder = self._store.root / run
        summary = read_summary(folder)
        if summary is not None:
            return HistoryRow(summary, read_marks(folder))
        try:
            record = self._store.record(run)
        except Problem:
            return None
        return HistoryRow(_sketch(record, folder), read_marks(folder), partial=True)

    def mend(self, run: str) -> HistoryRow | None:
        """Read a partial row in full from the log, and keep it once the run is over."""
        try:
            record, state = self._store.record(run), self._store.load(run)
            folder = self._store.folder(run)
        except Problem:
            return None
        return HistoryRow(keep_summary(folder, record, state), read_marks(folder))

    def _folders(self) -> Iterator[tuple[str, int]]:
        try:
            entries = list(os.scandir(self._store.root))
        except FileNotFoundError:
            return
        for entry in entries:
            if not is_run_id(entry.name):
                continue
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            except OSError:
                self.unreadable += 1
                continue
            if stat.S_ISDIR(found.st_mode):
                yield entry.name, found.st_mtime_ns
            elif not stat.S_ISLNK(found.st_mode):
                self.unreadable += 1

    def _read_index(self) -> dict[str, tuple[int, HistoryRow]]:
        found: dict[str, tuple[int, HistoryRow]] = {}
        try:
            lines = read_file(self._index).split(b"\n")
        except OSError:
            return found
        self._lines = len(lines)
        for line in lines:
            try:
                kept = _decoder.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                continue
            if is_moment(kept.summary.created):
                found[kept.summary.id] = (kept.stamp, HistoryRow(kept.summary, kept.marks))
        return found

    def _keep(self, fresh: list[tuple[int, HistoryRow]]) -> None:
        """Add rows to the index, or write it anew when half of it is out of date."""
        known = [pair for pair in (self._known or {}).values() if pair[0] >= 0]
        try:
            if self._lines > 2 * len(known) + _SLACK:
                replace_atomically(self._index, b"".join(_encode(known)))
                self._lines = len(known)
            elif fresh:
                _append(self._index, b"\n" + b"".join(_encode(fresh)))
                self._lines += len(fresh) + 1
        except OSError:
            # Only a shortcut is lost: the rows are read from their folders next time.
            return


def _encode(pairs: Iterable[tuple[int, HistoryRow]]) -> Iterator[bytes]:
    for stamp, row in pairs:
        line = _Line(stamp=stamp, summary=row.summary, marks=row.marks)
        yield msgspec.json.encode(line) + b"\n"


def _append(path: Path, lines: bytes) -> None:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
    fd = os.open(path, flags, 0o600)
    try:
        while lines:
            lines = lines[os.write(fd, lines) :]
    finally:
        os.close(fd)


def _sketch(record: RunRecord, folder: Path) -> RunSummary:
    """Return what can be told of a run from the first and the last line of its log."""
    state = RunState()
    first, last = first_event(folder), last_event(folder)
    if isinstance(first, Started):
        state.apply(first)
    if isinstance(last, Ended):
        state.apply(last)
    if first is None and has_job(folder):
        state.queued = IN_QUEUE
    summary = summarise(record, state)
    is_lost = not is_alive(first) if isinstance(first, Started) else is_abandoned(record, folder)
    if state.ended is None and is_lost:
        return msgspec.structs.replace(summary, status="lost")
    return summary
