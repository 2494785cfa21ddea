"""A run that a queue has: where it stands before it begins, and what became of it in silence.

The run's log is what is true of it. The queue is believed only where the log says nothing: of a
run that waits, and of one that the queue has no more and whose log has no end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tflab.runs.disk_queue import DiskQueue, Inline
from tflab.runs.events import Ended
from tflab.runs.job import LOG, Job, read_job
from tflab.runs.log_writer import STOP
from tflab.runs.lost import as_asked, last_word
from tflab.runs.queue_words import ended_in_queue
from tflab.runs.state import RunState
from tflab.runs.text import plain_line
from tflab.targets.engine import JobState
from tflab.targets.job_watch import JobWatch, watch_of
from tflab.targets.run_process import StopMark, settle

_QUIET_SECONDS = 6.0
"""How long a log must be quiet, once the queue has its run no more, before its end is written: a
shared home may show late what was written on another machine."""

_LOOK_SECONDS = 0.3
_STOP_AGAIN_SECONDS = 10.0


class _News(NamedTuple):
    queued: str = ""
    ended: Ended | None = None


class JobFollower:
    """Follows one run through its queue; never blocks.

    Args:
        folder: The run folder.
        state: The run as its log tells it, kept up to date by whoever reads that.
        clock: Monotonic seconds; injected by tests.
        full: Says why the run is not handed over yet, where it is known here.
        watch: Gives the watch over the engine of a job; injected by tests.
    """

    def __init__(
        self,
        folder: Path,
        state: RunState,
        clock: Callable[[], float] = time.monotonic,
        full: Callable[[], str] = lambda: "",
        watch: Callable[[Job], JobWatch] = watch_of,
    ) -> None:
        self._folder = folder
        self._state = state
        self._clock = clock
        self._full = full
        self._watch_of = watch
        self._job: Job | None = None
        self._watch: JobWatch | None = None
        self._next_look = 0.0
        self._looking: Future[_News] | None = None
        self._began: float | None = None
        self._gone_since: float | None = None
        self._points = -1
        self._mark = StopMark(folder, clock)
        self._next_stop = 0.0

    def check_stop(self) -> None:
        """Do nothing: a mark on the shared home reaches a run wherever it is."""

    def carry_stop_on(self, disk: DiskQueue | None, reason: str) -> None:
        """Leave the mark, take the run out of the queue, or have it look at the mark now."""
        if not self._mark.leave(disk, reason):
            return
        self._find(disk)
        now = self._clock()
        if self._job is not None and self._watch is not None and now >= self._next_stop:
            self._next_stop = now + _STOP_AGAIN_SECONDS
            self._watch.stop(self._job.id, hard=False)

    def kill(self) -> None:
        """Have the queue end the job whatever it does."""
        if self._job is not None and self._watch is not None:
            self._watch.stop(self._job.id, hard=True)

    def look(self, disk: DiskQueue | None) -> bool:
        """Take in where the run stands in its queue; True when anything changed."""
        if self._looking is None:
            if self._clock() < self._next_look:
                return False
            self._next_look = self._clock() + _LOOK_SECONDS
            look = partial(self._look, self._state.started is not None, self._state.points)
            self._looking = (disk or Inline()).do(look)
        if not self._looking.done():
            return False
        news, self._looking = self._looking.result(), None
        if news.ended is not None:
            if self._job is not None and self._watch is not None:
                self._watch.forget(self._job.id)
            self._state.apply(news.ended)
            return True
        changed = news.queued != self._state.queued
        self._state.queued = news.queued
        return changed

    def _look(self, started: bool, points: int) -> _News:
        """Return where the run stands. Touches the disk."""
        self._read()
        if self._job is None or self._watch is None:
            return _News("" if started else self._full())
        found = self._watch.state(self._job.id)
        if started and self._began is None:
            self._began = self._clock()
        since = self._began
        if found is not None and found.phase == "queued" and since and self._watch.heard > since:
            # It waits again: the node that it had has failed, or was taken away.
            found = JobState("gone", end=ended_in_queue("REQUEUED", last_word(self._folder)))
        if found is None or found.phase != "gone":
            self._gone_since = None
            place = found.words if found is not None and found.phase == "queued" else ""
            return _News("" if started else self._words(place, self._job, self._watch))
        now = self._clock()
        if self._gone_since is None or self._points != points:
            self._gone_since, self._points = now, points
        if now - self._gone_since < _QUIET_SECONDS:
            return _News()
        ended = _without_word(self._folder, started, found.end)
        settle(self._folder, ended)
        return _News(ended=ended)

    def _find(self, disk: DiskQueue | None) -> None:
        if self._job is None:
            (disk or Inline()).do(self._read)

    def _read(self) -> None:
        if self._job is None and (job := read_job(self._folder)) is not None:
            self._watch = self._watch_of(job)
            self._job = job

    def _words(self, place: str, job: Job, watch: JobWatch) -> str:
        trouble = watch.trouble
        if trouble is not None:
            return f"{trouble.title}. {trouble.cause}"
        return place or f"handed to {job.target}"


def _without_word(folder: Path, started: bool, end: Ended | None) -> Ended:
    """Return the end of a run of which the queue alone still tells."""
    when = last_word(folder)
    if (folder / STOP).exists():
        cause = "Stopped with its job." if started else "Stopped before it had begun."
        ended = Ended(state="cancelled", time=when, cause=cause, writer="server")
        return as_asked(folder, ended)
    if end is not None:
        return end
    if started:
        return ended_in_queue("", when)
    said = _said(folder)
    cause = "Its job ended before the run began"
    cause += f". It said: {said}" if said else ": its machine may not see the data folder."
    step = "`tflab targets NAME` tries the target and says what is wrong."
    return Ended(state="failed", time=when, cause=cause, next_step=step, writer="server")


def _said(folder: Path) -> str:
    try:
        text = (folder / LOG).read_text("utf-8", "replace")
    except OSError:
        return ""
    return plain_line(" ".join(line.strip() for line in text.splitlines() if line.strip())[-400:])
