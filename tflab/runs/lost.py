"""The end of a run that its own process could not write: what can still be said of it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from tflab.runs.atomic_files import read_file
from tflab.runs.events import Ended
from tflab.runs.log_writer import EVENTS, STOP
from tflab.runs.record import Problem

_FULL = 64 << 10
_LONGEST_REASON = 1000
_AGAIN = "Run it again."


def lost(folder: Path) -> Ended:
    """Return the end of a run whose process is gone without a word.

    It ended some time after its last word, which is the best that is known. A run that was asked to
    stop is cancelled, or pruned; any other is lost.
    """
    last = last_word(folder)
    next_step = _AGAIN
    if os.path.exists(folder / STOP):
        return as_asked(folder, stopped(last))
    if not os.path.isdir(folder):
        cause = "Its folder was deleted while it was going on, and what it logged with it."
    elif last < _boot_time():
        cause = "The machine restarted while it was going on."
    elif _is_full(folder):
        cause = "Its process is gone and left no reason. The disk is full, which may be why."
        next_step = "Make room, then run it again."
    else:
        cause = (
            "Its process is gone and left no reason: it was killed when no fork server was there "
            "to see it."
        )
    return Ended(state="lost", time=last, cause=cause, next_step=next_step, writer="server")


def never_started(folder: Path) -> Ended:
    """Return the end of a run whose workbench was gone before the run had a process."""
    cause = "The workbench that asked for it was gone before it had a process."
    return Ended(
        state="lost", time=last_word(folder), cause=cause, next_step=_AGAIN, writer="server"
    )


def stopped(when: float) -> Ended:
    """Return the end of a run that was asked to stop, and of which nobody saw how it did."""
    cause = "Stopped; no fork server was there to say how."
    return Ended(state="cancelled", time=when, cause=cause, writer="server")


def as_asked(folder: Path, ended: Ended) -> Ended:
    """Return the end of a run as whoever stopped it meant it.

    A search leaves its reason in the mark: such a run is pruned. Any other stop is a cancelled run.
    """
    reason = _stop_reason(folder) if ended.state == "cancelled" else ""
    return replace(ended, state="pruned", cause=reason) if reason else ended


def never_began(problem: Problem) -> Ended:
    """Return the end of a run that got no process, and why."""
    return Ended(
        state="failed",
        time=time.time(),
        cause=f"{problem.title}. {problem.cause}",
        next_step=problem.next_step,
        writer="server",
    )


def last_word(folder: Path) -> float:
    """Return when a log was last written, in seconds since the epoch; now where there is none."""
    try:
        return (folder / EVENTS).stat().st_mtime
    except OSError:
        return time.time()


def _stop_reason(folder: Path) -> str:
    try:
        return read_file(folder / STOP, _LONGEST_REASON).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _is_full(folder: Path) -> bool:
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _FULL or (found.f_files > 0 and not found.f_favail)


def _boot_time() -> float:
    """When the machine started, in seconds since the epoch; 0.0 where nothing says so."""
    try:
        for line in Path("/proc/stat").read_text().splitlines():
            if line.startswith("btime "):
                return float(line.split()[1])
    except (OSError, ValueError):
        return 0.0
    return 0.0
