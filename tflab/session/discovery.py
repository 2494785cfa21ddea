"""Finding the runs that nobody here follows: those still going, and those that ended meanwhile.

Whoever follows a run to its end keeps its summary. A run without one is therefore going on, or
ended while nobody looked. Only the newest folders are looked at, and of each log only its first and
last line, so that this costs next to nothing even on a slow file system.
"""

from __future__ import annotations

from dataclasses import dataclass

from tflab.runs.events import Ended, Started
from tflab.runs.log_reader import first_event, last_event
from tflab.runs.lost import last_word
from tflab.runs.record import Problem, RunRecord
from tflab.runs.store import RunStore, elsewhere, is_alive
from tflab.runs.summary import SUMMARY

NEWEST = 200
"""Run folders that are looked at."""


@dataclass(frozen=True)
class FoundRun:
    """A run that was found by its log.

    Attributes:
        record: What was asked of it.
        going: Whether it is still going.
        pid: Its process; 0 when it has none yet.
        began: When it started, in seconds since the epoch.
        ended: How it ended; None while it goes on, or when it ended without a word.
        last_word: When its log last grew, in seconds since the epoch.
        host: The machine that it is on; empty when it is this one.
    """

    record: RunRecord
    going: bool
    pid: int
    began: float
    ended: Ended | None
    last_word: float
    host: str


def unseen(store: RunStore, newest: int = NEWEST) -> list[str]:
    """Return the ids of the newest runs whose end nobody has seen, newest first."""
    found = []
    for count, run in enumerate(store.ids()):
        if count >= newest:
            break
        if not (store.root / run / SUMMARY).exists():
            found.append(run)
    return found


def look_at(store: RunStore, run: str) -> FoundRun | None:
    """Look at the first and the last line of a log; None when it has no readable record."""
    try:
        record, folder = store.record(run), store.folder(run)
    except Problem:
        return None
    first, last = first_event(folder), last_event(folder)
    ended = last if isinstance(last, Ended) else None
    started = first if isinstance(first, Started) else None
    return FoundRun(
        record=record,
        going=ended is None and started is not None and is_alive(started),
        pid=started.pid if started else 0,
        began=started.time if started else record.created,
        ended=ended,
        last_word=last_word(folder),
        host=elsewhere(started) if started else "",
    )


def machine_of(store: RunStore, run: str) -> str:
    """Return the name of the machine that a run is or was on; empty when it is this one."""
    first = first_event(store.root / run)
    return elsewhere(first) if isinstance(first, Started) else ""
