"""Asking an engine where its jobs stand, for everybody in this process who wants to know.

Slurm's administrators ask that its queue is not asked often: one question serves all runs that are
followed here, and the log, not the queue, tells what a run does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

from tflab.runs.job import Job
from tflab.runs.record import Problem
from tflab.targets.engine import Engine, JobState
from tflab.targets.engines import engine_of_job

_SECONDS = 2.0
_LATER_SECONDS = 10.0
_OFTEN = 30
_IDLE_SECONDS = 30.0


class JobWatch:
    """What is known of the jobs of one engine; never blocks.

    Args:
        engine: Makes the engine; it may raise a `Problem`.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        trouble: Why the engine does not answer; None while it does.
        heard: When it was asked what is known now; by the clock.
    """

    def __init__(
        self, engine: Callable[[], Engine], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._make = engine
        self._engine: Engine | None = None
        self._clock = clock
        self._states: dict[str, JobState] = {}
        self._wanted: dict[str, float] = {}
        self._asking: Future[None] | None = None
        self._next = 0.0
        self._asked = 0
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="queue")
        self.trouble: Problem | None = None
        self.heard = 0.0

    def state(self, job: str) -> JobState | None:
        """Return where a job stands as far as is known, and ask again if it is time."""
        now = self._clock()
        if job not in self._wanted:
            # A new one is not to wait for the next turn of those that wait for hours.
            self._asked, self._next = 0, min(self._next, now)
        self._wanted[job] = now
        if now >= self._next and (self._asking is None or self._asking.done()):
            self._asked += 1
            self._next = now + (_SECONDS if self._asked <= _OFTEN else _LATER_SECONDS)
            wanted = [one for one, when in self._wanted.items() if now - when < _IDLE_SECONDS]
            self._wanted = {one: self._wanted[one] for one in wanted}
            self._asking = self._pool.submit(self._ask, wanted)
        with self._lock:
            return self._states.get(job)

    def stop(self, job: str, hard: bool) -> Future[None]:
        """Have the engine end a job; see `Engine.stop`."""
        return self._pool.submit(self._stop, job, hard)

    def forget(self, job: str) -> None:
        """Ask no more about a job."""
        self._wanted.pop(job, None)

    def _stop(self, job: str, hard: bool) -> None:
        try:
            self._reach().stop(job, hard)
        except Problem as problem:
            self.trouble = problem
        self._next = 0.0

    def _ask(self, jobs: list[str]) -> None:
        now = self._clock()
        try:
            found = self._reach().states(jobs)
        except Problem as problem:
            self.trouble = problem
            return
        with self._lock:
            self._states = {**self._states, **found}
            self.heard = now
        self.trouble = None

    def _reach(self) -> Engine:
        if self._engine is None:
            self._engine = self._make()
        return self._engine


def watch_of(job: Job) -> JobWatch:
    """Return the watch over the engine of a job, the same for all jobs that it has."""
    return _watch(job.engine, job.target, tuple(sorted(job.reach.items())))


@cache
def _watch(engine: str, target: str, reach: tuple[tuple[str, str], ...]) -> JobWatch:
    job = Job(target=target, engine=engine, id="", submitted=0.0, reach=dict(reach))
    return JobWatch(lambda: engine_of_job(job))
