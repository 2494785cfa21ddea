"""The run processes of the fork server: starting one, and seeing it off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tflab.runs.log_writer import RECORD
from tflab.runs.record import needs_fresh_process, read_record
from tflab.worker.endings import close_log
from tflab.worker.imports import runtime_is_up
from tflab.worker.memory import MemoryKills, memory_kills
from tflab.worker.scratch import remove_scratch


class Child(NamedTuple):
    """A run process: its folder, and the memory kills that the kernel had counted before it."""

    folder: Path
    pid: int
    kills_before: MemoryKills


def start_child(folder: Path) -> Child | None:
    """Start the run of `folder` in a process of its own.

    A fork where that is safe and comes in time. Otherwise a fresh interpreter, which imports
    nothing before the program does: slower, the same behaviour.

    Args:
        folder: The run folder.

    Returns:
        The child; in the child itself, when it was forked, None.

    Raises:
        OSError: When the system has no room for another process.
    """
    kills = memory_kills()
    fork = getattr(os, "fork", None)
    if fork is None or runtime_is_up() or _would_come_too_late(folder):
        return Child(folder, _spawn(folder), kills)
    pid = fork()
    return Child(folder, pid, kills) if pid else None


def reap(child: Child) -> bool:
    """See a child off if it has ended: end its group, reap it, clear up, complete its log.

    Returns:
        Whether it had ended.

    Raises:
        OSError: When the log cannot be completed; the child is reaped all the same.
    """
    # Looking before reaping keeps the number of the group from being given to another.
    if os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return False
    # No group: it ended before it led one. No permission: macOS, when only the dead leader is left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    _, status = os.waitpid(child.pid, 0)
    remove_scratch(child.folder.name)
    close_log(child.folder, status, child.kills_before)
    return True


def _would_come_too_late(folder: Path) -> bool:
    """Whether the program sets what decides how the libraries are loaded that are loaded here."""
    try:
        return bool(needs_fresh_process(read_record(folder / RECORD).request))
    except (OSError, ValueError):
        # Its own process finds the same, and says so in its log.
        return False


def _spawn(folder: Path) -> int:
    # As this process was started, but for its last two words, which name the socket.
    command = [sys.executable, *sys.orig_argv[1:-2], "--run", str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    # The server waits for it by its number, like for a fork.
    process.returncode = 0
    return process.pid
