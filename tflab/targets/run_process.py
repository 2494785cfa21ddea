"""A run as a process of this machine: stopping it, and seeing that it is gone without a word."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol

from tflab.runs.disk_queue import DiskQueue, Inline
from tflab.runs.events import Ended
from tflab.runs.log_reader import last_event
from tflab.runs.lost import lost
from tflab.runs.reserve import append_last
from tflab.runs.state import RunState
from tflab.runs.store import elsewhere, is_alive
from tflab.targets.stop import StopLadder, check_here, end_group, mark_stop

_LIVENESS_SECONDS = 2.0
_MARK_SECONDS = 1.0


class RunKeeper(Protocol):
    """Whatever can be done about a run beside reading its log. Never blocks."""

    def check_stop(self) -> None:
        """Make sure that a run can be stopped from here.

        Raises:
            Problem: When it cannot.
        """

    def carry_stop_on(self, disk: DiskQueue | None, reason: str) -> None:
        """Do what is due to stop a run; called again and again.

        Args:
            disk: Where the disk is written; by default, right here.
            reason: Why a search stops it; empty for a stop by a person.
        """

    def kill(self) -> None:
        """End a run that does not stop, at once."""

    def look(self, disk: DiskQueue | None) -> bool:
        """Look whether a run is gone whose log says nothing more; True when anything changed."""


class RunProcess:
    """A run that is, or will be, a process of this machine.

    Args:
        folder: Its run folder.
        state: The run as its log tells it, kept up to date by whoever reads that.
        clock: Monotonic seconds.
    """

    def __init__(
        self, folder: Path, state: RunState, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._state = state
        self._clock = clock
        self._mark = StopMark(folder, clock)
        self._ladder: StopLadder | None = None
        self._next_look = clock() + _LIVENESS_SECONDS
        self._seen_dead = False
        self._loss: Future[Ended] | None = None

    def check_stop(self) -> None:
        """Make sure that the run is on this machine.

        Raises:
            Problem: When it is on another one.
        """
        if self._state.started is not None:
            check_here(self._state.started)

    def carry_stop_on(self, disk: DiskQueue | None, reason: str) -> None:
        """Begin the stop ladder as soon as there is a process, and climb it."""
        started = self._state.started
        if started is None or elsewhere(started):
            return
        if self._ladder is None:
            if not self._mark.leave(disk, reason):
                return
            self._ladder = StopLadder(
                started.pid, clock=self._clock, process_start=started.process_start
            )
            self._ladder.begin()
        else:
            self._ladder.tick()

    def kill(self) -> None:
        """End the run's group at once."""
        started = self._state.started
        if started is not None and not elsewhere(started) and is_alive(started):
            # It tells the fork server that this kill was asked for.
            mark_stop(self._folder)
            end_group(started.pid, kill=True)

    def look(self, disk: DiskQueue | None) -> bool:
        """End a run whose process is gone; its fork server has had time to say why."""
        if self._loss is not None:
            return self._take_loss(self._loss)
        now = self._clock()
        started = self._state.started
        if started is None or now < self._next_look:
            return False
        self._next_look = now + _LIVENESS_SECONDS
        if is_alive(started):
            return False
        # The fork server may still be writing why; it gets one more round to do so.
        if not self._seen_dead:
            self._seen_dead = True
            return False
        if disk is None:
            self._state.apply(_settle_loss(self._folder))
            return True
        self._loss = disk.do(partial(_settle_loss, self._folder))
        return False

    def _take_loss(self, loss: Future[Ended]) -> bool:
        if loss.done():
            self._state.apply(loss.result())
        return loss.done()


class StopMark:
    """The mark in a run folder that the run is to stop.

    Args:
        folder: The run folder.
        clock: Monotonic seconds.
    """

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._clock = clock
        self._marking: Future[None] | None = None
        self._by = 0.0

    def leave(self, disk: DiskQueue | None, reason: str) -> bool:
        """Leave the mark; False while a reason is not there yet for the run to read."""
        if self._marking is None:
            self._marking = (disk or Inline()).do(partial(mark_stop, self._folder, reason))
            self._by = self._clock() + _MARK_SECONDS
        # A disk that hangs must not keep the signals back.
        return not reason or self._clock() >= self._by or self._marking.done()


def settle(folder: Path, ended: Ended) -> None:
    """Write the end of a run that cannot do so itself, unless it has one by now."""
    if not isinstance(last_event(folder), Ended):
        write_end(folder, ended)


def write_end(folder: Path, ended: Ended) -> None:
    """Write the end of a run, where the disk has room for it."""
    # On a full disk whoever looks at the run still says so.
    with suppress(OSError):
        append_last(folder, ended)


def _settle_loss(folder: Path) -> Ended:
    """Say how a run ended that is gone, in its log too, so that all who read it say the same."""
    ended = lost(folder)
    settle(folder, ended)
    return ended
