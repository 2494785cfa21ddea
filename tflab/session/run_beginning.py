"""The beginning of a run: its folder is made, and it is handed to what executes it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem, RunRecord, RunRequest
from tflab.runs.store import RunStore
from tflab.targets.host import Host
from tflab.targets.live_run import LiveRun
from tflab.targets.runner import hand_over, versions

_NEW_RUN_SECONDS = 2.0
"""How long the disk may take over the folder of a new run."""

_SLOW_DISK = Problem(
    "The disk does not answer",
    "The folder of the run could not be made within two seconds.",
    "Run again when the disk is back; `tflab doctor` says where the data folder is.",
)


class _Pending(NamedTuple):
    """A run whose folder is being made."""

    record: Future[RunRecord]
    deadline: float
    stopped: bool = False


class RunBeginning:
    """Begins runs, one at a time: one that is asked for meanwhile takes the place of the last.

    Args:
        store: Where runs are kept.
        disk: Makes the folder.
        began: Takes the run, and whether it was stopped before it began.
        failed: Takes why there is none.
        clock: Monotonic seconds; injected by tests.
    """

    def __init__(
        self,
        store: RunStore,
        disk: DiskQueue,
        began: Callable[[LiveRun, bool], object],
        failed: Callable[[Problem], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._disk = disk
        self._began = began
        self._failed = failed
        self._clock = clock
        self._pending: _Pending | None = None

    @property
    def under_way(self) -> bool:
        """Whether a run is about to begin."""
        return self._pending is not None

    def begin(self, request: RunRequest, host: Host) -> None:
        """Make the folder of a run, and hand it to a host."""

        def take(made: Future[RunRecord]) -> None:
            if self._pending is None or self._pending.record is not made:
                self._unmake(made)
                return
            stopped, self._pending = self._pending.stopped, None
            try:
                record = made.result()
                run = hand_over(host, record, self._store.root / record.id)
            except Problem as problem:
                self._failed(problem)
                return
            self._began(run, stopped)

        future = self._disk.do_then(lambda: self._store.create(request, versions()), take)
        self._pending = _Pending(future, self._clock() + _NEW_RUN_SECONDS)

    def stop(self) -> bool:
        """Have the run stopped as soon as it has begun; False when none is about to."""
        if self._pending is None:
            return False
        self._pending = self._pending._replace(stopped=True)
        return True

    def advance(self) -> None:
        """Give up a run whose folder the disk makes too late; it is taken away again."""
        if self._pending is not None and self._clock() >= self._pending.deadline:
            self._pending = None
            self._failed(_SLOW_DISK)

    def _unmake(self, made: Future[RunRecord]) -> None:
        if made.exception() is None:
            folder = self._store.root / made.result().id
            self._disk.do(partial(shutil.rmtree, folder, ignore_errors=True))
