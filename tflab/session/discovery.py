"""Finding the runs that nobody here follows: those still going, and those that ended meanwhile.

Whoever follows a run to its end keeps its summary. A run without one is therefore going on, or
ended while nobody looked. Only the newest folders are looked at, and of each log only its first and
last line, so that this costs next to nothing even on a slow file system.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.events import Ended, Started
from tflab.runs.history import History
from tflab.runs.log_reader import first_event, last_event
from tflab.runs.lost import last_word, never_started
from tflab.runs.processes import parent_of
from tflab.runs.record import Problem, RunRecord
from tflab.runs.store import RunStore, elsewhere, is_abandoned, is_alive
from tflab.runs.summary import SUMMARY
from tflab.runs.text import plain_line
from tflab.session.events import Emit, Event, Notice
from tflab.targets.live_run import LiveRun

NEWEST = 200
"""Run folders that are looked at."""

_LOOK_SECONDS = 2.0
_MOST = 8
_YOUNG_SECONDS = 120.0
_NOTICE_SECONDS = 12.0


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


class RunDiscovered(Event, frozen=True):
    """A run goes on that was not started here: it may be followed to its end, at leisure."""

    run: LiveRun


def unseen(store: RunStore, newest: int = NEWEST) -> list[str]:
    """Return the ids of the newest runs whose end nobody has seen, newest first."""
    found = []
    for count, run in enumerate(store.ids()):
        if count >= newest:
            break
        # Not `Path.exists`, which raises for a folder that belongs to somebody else.
        if not os.path.exists(store.root / run / SUMMARY):
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
    if ended is None and started is None and is_abandoned(record, folder):
        ended = never_started(folder)
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


class Discovery:
    """Looks for runs that were not started here, at the start and whenever one is made.

    Args:
        store: Where the runs are.
        disk: Does the looking. The list of runs must be read on the same queue: reading it keeps
            the summaries that tell what nobody has seen.
        emit: Takes `RunDiscovered`, and a notice of what there is to show.
        is_own: Says of a run's id whether it was started here.
        server_pids: Gives the processes of the fork servers here; their children are no strangers.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        offer: The run that the person was told of last, until they have seen it.
    """

    def __init__(
        self,
        store: RunStore,
        disk: DiskQueue,
        emit: Emit,
        *,
        is_own: Callable[[str], bool],
        server_pids: Callable[[], Collection[int]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._disk = disk
        self._emit = emit
        self._is_own = is_own
        self._server_pids = server_pids
        self._clock = clock
        self._seen: set[str] = set()
        self._stamp = -1
        self._looking = False
        self._first = True
        self._next_look = 0.0
        self.offer: FoundRun | None = None

    def begin(self) -> None:
        """Look for everything that nobody has seen; `advance` looks again from then on."""
        self._next_look = self._clock() + _LOOK_SECONDS
        self._list(partial(unseen, self._store))

    def advance(self) -> None:
        """Look again if it is time and the folder of runs has changed. Call it often."""
        if not self._looking and self._clock() >= self._next_look:
            self._next_look = self._clock() + _LOOK_SECONDS
            self._list(partial(_changed, self._store, self._stamp))

    def take_offer(self) -> FoundRun | None:
        """Return the run that was offered; it is not offered again."""
        found, self.offer = self.offer, None
        return found

    def _list(self, work: Callable[[], list[str] | tuple[int, list[str]]]) -> None:
        self._looking = True
        self._disk.do_then(work, self._take_list)

    def _take_list(self, done: Future[list[str] | tuple[int, list[str]]]) -> None:
        try:
            found = done.result()
        except OSError:
            # The list of runs says so where it is shown; the next look may find the folder back.
            found = []
        if isinstance(found, tuple):
            self._stamp, found = found
        fresh = [run for run in found if run not in self._seen and not self._is_own(run)]
        self._seen.update(fresh)
        if fresh:
            self._disk.do_then(partial(_look_at_each, self._store, fresh), self._take)
        else:
            self._looking = self._first = False

    def _take(self, done: Future[list[FoundRun]]) -> None:
        self._looking = False
        found = [one for one in done.result() if not self._is_own(one.record.id)]
        servers = self._server_pids()
        going = [one for one in found if one.going and parent_of(one.pid) not in servers]
        for one in going[:_MOST]:
            self._emit(RunDiscovered(LiveRun(one.record, self._store.root / one.record.id)))
        over = [one for one in found if one.ended is not None]
        if self._first and going:
            self._tell(going, f"{_going(going[0])}. Ctrl+O shows it.")
        elif self._first and over:
            self._tell(over, f"{_over(over[0])} while you were away. Ctrl+O shows it.")
        self._first = False
        self._wait_for([one for one in found if not one.pid and one.ended is None])
        seen = [one.record.id for one in found if _is_to_be_kept(one)]
        if seen:
            self._disk.do(partial(_keep_summaries, self._store, seen))

    def _wait_for(self, young: list[FoundRun]) -> None:
        """Look once more at runs whose process is not up yet."""
        waiting = [one.record.id for one in young if one.began > time.time() - _YOUNG_SECONDS]
        if waiting:
            self._seen.difference_update(waiting)
            self._stamp = -1

    def _tell(self, found: list[FoundRun], text: str) -> None:
        self.offer = found[0]
        if len(found) > 1:
            text += f" And {len(found) - 1} more, under Runs and in `tflab runs`."
        self._emit(Notice(text, seconds=_NOTICE_SECONDS))


def _changed(store: RunStore, stamp: int) -> tuple[int, list[str]]:
    """Return the time of the folder of runs, and the unseen ones if it is another than `stamp`."""
    now = store.root.stat().st_mtime_ns
    return now, unseen(store, newest=2 * _MOST) if now != stamp else []


def _look_at_each(store: RunStore, runs: list[str]) -> list[FoundRun]:
    return [one for one in (look_at(store, run) for run in runs) if one is not None]


def _is_to_be_kept(found: FoundRun) -> bool:
    return not found.going and bool(found.pid or found.ended is not None)


def _keep_summaries(store: RunStore, runs: list[str]) -> None:
    """Keep the summaries of ended runs: they mark them as seen, so that each is told of once."""
    history = History(store)
    for run in runs:
        history.mend(run)


def _going(found: FoundRun) -> str:
    where = f" on {plain_line(found.host)}" if found.host else ""
    lesson = plain_line(found.record.request.lesson)
    return f"A run of {lesson} is still going{where}, started {time_ago(found.began)}"


def _over(found: FoundRun) -> str:
    endings = {
        "finished": "finished",
        "failed": "failed",
        "cancelled": "was stopped",
        "pruned": "was stopped early",
    }
    state = found.ended.state if found.ended else ""
    return f"A run of {plain_line(found.record.request.lesson)} {endings.get(state, 'was lost')}"


def time_ago(when: float) -> str:
    """Return how long ago, in words. The clock may have been set back since."""
    minutes = int(max(0.0, time.time() - when) / 60)
    if minutes < 1:
        return "just now"
    return f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} h ago"
