"""Following the runs of a sweep by their logs alone: those that no executor here looks after."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.sweeps.run import SweepRun
from tflab.targets.live_run import LiveRun

_READ_SECONDS = 0.015
"""How long one call, or one turn on the disk, may take."""

_READ_AT_ONCE = 8
_OPEN_AT_ONCE = 64

_Opened = list[tuple[str, LiveRun | Problem]]


class RunFollower:
    """Reads a few logs at each call, so that none waits for the ones before it to end.

    Args:
        store: Where the runs are.
        disk: Where the logs are read.
    """

    def __init__(self, store: RunStore, disk: DiskQueue) -> None:
        self._store = store
        self._disk = disk
        self._opening: Future[_Opened] | None = None
        self._turn = 0

    def follow_some(self, runs: Sequence[SweepRun]) -> bool:
        """Bring some of these runs up to date; True when anything changed."""
        deadline = time.monotonic() + _READ_SECONDS
        changed = self._open_some([run for run in runs if run.live is None and not run.over])
        opened = [run for run in runs if run.live is not None]
        start = self._turn % len(opened) if opened else 0
        for run in [*opened[start:], *opened[:start]][:_READ_AT_ONCE]:
            left = max(0.0, deadline - time.monotonic())
            changed = self._advance(run, left) or changed
            self._turn += not run.over
            if not left:
                break
        return changed

    def follow(self, run: SweepRun) -> bool:
        """Read one run here and now, as far as its log goes; True when anything changed."""
        if run.live is None:
            [(_, found)] = _open(self._store, [run.id])
            return self._take(run, found)
        return self._advance(run, 0.0)

    def _open_some(self, runs: Sequence[SweepRun]) -> bool:
        if self._opening is None and runs:
            ids = [run.id for run in runs[:_OPEN_AT_ONCE]]
            self._opening = self._disk.do(partial(_open, self._store, ids))
        if self._opening is None or not self._opening.done():
            return False
        opened, self._opening = self._opening.result(), None
        waiting = {run.id: run for run in runs}
        for run_id, found in opened:
            if run_id in waiting:
                self._take(waiting[run_id], found)
        return bool(opened)

    def _take(self, run: SweepRun, found: LiveRun | Problem) -> bool:
        if isinstance(found, Problem):
            run.give_up("lost", found.cause)
        else:
            run.live = found
            self._note(run, found)
        return True

    def _advance(self, run: SweepRun, seconds: float) -> bool:
        live, before = run.live, run.status
        assert live is not None
        changed = live.advance(seconds, self._disk)
        self._note(run, live)
        return changed or run.status != before

    def _note(self, run: SweepRun, live: LiveRun) -> None:
        if live.over:
            run.settle(live)
        else:
            run.follow(live)


def _open(store: RunStore, runs: Sequence[str]) -> _Opened:
    """Open runs and read their logs as far as they go: at least one, the others in good time."""
    found: _Opened = []
    deadline = time.monotonic() + _READ_SECONDS
    for run in runs:
        try:
            live = LiveRun(store.record(run), store.folder(run))
        except Problem as problem:
            found.append((run, problem))
        else:
            found.append((run, live))
            while live.advance() and time.monotonic() < deadline:
                pass
        if time.monotonic() >= deadline:
            break
    return found
