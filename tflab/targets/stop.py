"""Stopping a run: an interrupt, then a request, then force, on everything in its process group."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tflab.runs.atomic_files import write_atomically
from tflab.runs.events import Ended, Started
from tflab.runs.log_reader import LogReader, last_event
from tflab.runs.log_writer import STOP
from tflab.runs.lost import as_asked, stopped
from tflab.runs.processes import RUNG_SECONDS, SAME_SECONDS, STOP_SIGNALS, start_of
from tflab.runs.record import Problem
from tflab.runs.reserve import append_last
from tflab.runs.store import elsewhere

if TYPE_CHECKING:
    import psutil

Stage = Literal["interrupting", "terminating", "killing", "done"]

_STAGES: tuple[Stage, ...] = ("interrupting", "terminating", "killing")
_LOOK_SECONDS = 0.02
_WORD_SECONDS = 3.0


class StopLadder:
    """Ends a process group: SIGINT, then SIGTERM, then SIGKILL, two seconds apart.

    The lesson sees the first as KeyboardInterrupt, so that its partial history is kept. A group
    whose leader is gone is ended too, and so are programs of the run that made sessions of their
    own. Never signals another process that got the same number.

    Args:
        pid: The run's process, which leads its group.
        clock: Monotonic seconds; injected by tests.
        folder: The run folder. A mark there lets the fork server tell this kill from any other.
        process_start: When that process started; by default, what is found now.

    Attributes:
        stages: The stages so far, in order.
    """

    def __init__(
        self,
        pid: int,
        clock: Callable[[], float] = time.monotonic,
        folder: Path | None = None,
        process_start: float = 0.0,
    ) -> None:
        self._pid = pid
        self._clock = clock
        self._folder = folder
        self._began = process_start or start_of(pid) or 0.0
        self._due = 0.0
        self._strays: set[psutil.Process] = set()
        self.stages: list[Stage] = []

    def begin(self) -> None:
        """Send the first signal. Beginning again does nothing."""
        if self.stages:
            return
        if self._folder is not None:
            mark_stop(self._folder)
        self._climb()

    def tick(self) -> Stage:
        """Send the next signal if it is due, and return where the ladder stands."""
        if not self.stages:
            self.begin()
        elif self.stages[-1] != "done" and (self._gone() or self._clock() >= self._due):
            self._climb()
        return self.stages[-1]

    def _climb(self) -> None:
        if self._gone():
            self._end_strays()
            self.stages.append("done")
            return
        self._strays |= _outside(self._pid)
        rung = min(len(self.stages), len(_STAGES) - 1)
        stage, number = _STAGES[rung], STOP_SIGNALS[rung]
        if self.stages[-1:] != [stage]:
            self.stages.append(stage)
        self._due = self._clock() + RUNG_SECONDS
        with suppress(ProcessLookupError):
            os.killpg(self._pid, number)

    def _gone(self) -> bool:
        now = start_of(self._pid)
        if now is not None:
            # Another start: the number went to a process that is none of ours.
            return abs(now - self._began) > SAME_SECONDS
        return not _group_lives(self._pid)

    def _end_strays(self) -> None:
        import psutil

        for process in self._strays:
            with suppress(psutil.Error):
                process.kill()


def mark_stop(folder: Path, reason: str = "") -> None:
    """Leave the mark in a run folder that somebody asked the run to stop.

    Args:
        folder: The run folder.
        reason: Why a search stops it early; its run is then pruned. Empty for a stop by a person.
    """
    # Without it a kill is only named less exactly, so a full disk may forbid it.
    with suppress(OSError):
        if not reason:
            (folder / STOP).touch(mode=0o600)
        elif not os.path.lexists(folder / STOP):
            write_atomically(folder / STOP, reason.encode())


def end_group(pid: int | None, kill: bool = False) -> None:
    """Ask all of a process group to end; with `kill`, end it."""
    if pid:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL if kill else signal.SIGTERM)


def stop_run(folder: Path) -> None:
    """Stop the run of `folder` and wait until it is gone and its log says so.

    Raises:
        Problem: When it has not begun, has ended already, or is on another machine.
        OSError: When its end cannot be written.
    """
    if isinstance(last_event(folder), Ended):
        raise Problem("The run has ended already", f"{folder.name} is over.", "See `tflab runs`.")
    started = _started(folder)
    check_here(started)
    ladder = StopLadder(started.pid, folder=folder, process_start=started.process_start)
    ladder.begin()
    while ladder.tick() != "done":
        time.sleep(_LOOK_SECONDS)
    # The fork server still has to see the process off; it may be gone itself.
    patience = time.monotonic() + _WORD_SECONDS
    while not isinstance(last_event(folder), Ended):
        if time.monotonic() >= patience:
            append_last(folder, as_asked(folder, stopped(time.time())))
            return
        time.sleep(_LOOK_SECONDS)


def check_here(started: Started) -> None:
    """Make sure that a run is on this machine, where it can be signalled.

    Raises:
        Problem: When it is on another one.
    """
    if host := elsewhere(started):
        raise Problem(
            "The run is on another machine",
            f"It was started on {host}, whose processes cannot be reached from here.",
            f"Stop it there: `tflab stop` on {host}.",
        )


def _started(folder: Path) -> Started:
    reader = LogReader(folder)
    patience = time.monotonic() + _WORD_SECONDS
    while True:
        for event in reader.poll():
            if isinstance(event, Started):
                return event
        if time.monotonic() >= patience:
            raise Problem(
                "The run has not begun",
                f"{folder.name} has no process yet, or never got one.",
                "Wait until it runs; `tflab delete` removes one that never will.",
            )
        time.sleep(_LOOK_SECONDS)


def _outside(pid: int) -> set[psutil.Process]:
    """Everything that a run has started and that left its process group."""
    import psutil

    found = set()
    with suppress(psutil.Error):
        for process in psutil.Process(pid).children(recursive=True):
            with suppress(ProcessLookupError, PermissionError):
                if os.getpgid(process.pid) != pid:
                    found.add(process)
    return found


def _group_lives(group: int) -> bool:
    """Whether any process of a run's group lives; its dead but unreaped leader does not count.

    A run leads its session too. A group of the same number in another session, as a shell makes
    them for its jobs, is of somebody who got the number later.
    """
    import psutil

    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    for pid in psutil.pids():
        with suppress(ProcessLookupError, PermissionError):
            ours = os.getpgid(pid) == os.getsid(pid) == group
            if ours and start_of(pid) is not None:
                return True
    return False
