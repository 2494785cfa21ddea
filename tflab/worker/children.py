"""The run processes of the fork server: starting one, and seeing it off."""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from tflab.recording.journal import SIZE, Journal
from tflab.recording.writing import rescued
from tflab.runs.answers import forget_answers
from tflab.runs.log_writer import EVENTS, RECORD, append, has_ended
from tflab.runs.record import needs_fresh_process, read_record
from tflab.worker.endings import close_log
from tflab.worker.imports import runtime_is_up
from tflab.worker.memory import MemoryKills, memory_kills
from tflab.worker.native_output import forward_rest
from tflab.worker.scratch import remove_scratch


class Child(NamedTuple):
    """A run process: its folder, the memory kills counted before it, and the points that wait."""

    folder: Path
    pid: int
    kills_before: MemoryKills
    journal: Journal


def start_child(folder: Path) -> Child | Journal:
    """Start the run of `folder` in a process of its own.

    A fork where that is safe and comes in time. Otherwise a fresh interpreter, which imports
    nothing before the program does: slower, the same behaviour.

    Args:
        folder: The run folder.

    Returns:
        The child; in the child itself, when it was forked, the run's journal.

    Raises:
        OSError: When the system has no room for another process.
    """
    kills = memory_kills()
    fork = getattr(os, "fork", None)
    if fork is None or runtime_is_up() or _would_come_too_late(folder):
        return _spawn(folder, kills)
    journal = Journal()
    pid = fork()
    return Child(folder, pid, kills, journal) if pid else journal


def reap(child: Child, close: Callable[[Path, int, MemoryKills], object] = close_log) -> bool:
    """See a child off if it has ended: end its group, reap it, clear up, complete its log.

    Args:
        child: The run process.
        close: Completes the log; see `close_log`.

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
    forget_answers(child.folder)
    _keep_what_it_left(child)
    close(child.folder, status, child.kills_before)
    return True


def _keep_what_it_left(child: Child) -> None:
    """Write what the process had logged and printed and could not write itself any more."""
    try:
        forward_rest(child.folder, child.journal)
        points = rescued(child.journal, child.folder / EVENTS, time.time())
        if points and not has_ended(child.folder):
            append(child.folder, *points)
    finally:
        child.journal.close()


def _would_come_too_late(folder: Path) -> bool:
    """Whether the program sets what decides how the libraries are loaded that are loaded here."""
    try:
        return bool(needs_fresh_process(read_record(folder / RECORD).request))
    except (OSError, ValueError):
        # Its own process finds the same, and says so in its log.
        return False


def _spawn(folder: Path, kills: MemoryKills) -> Child:
    with _nameless_file() as file:
        file.truncate(SIZE)
        journal = Journal(mmap.mmap(file.fileno(), SIZE))
        # As this process was started, but for its last two words, which name the socket.
        command = [sys.executable, *sys.orig_argv[1:-2]]
        process = subprocess.Popen(
            [*command, "--journal", str(file.fileno()), "--run", str(folder)],
            start_new_session=True,
            pass_fds=[file.fileno()],
        )
    # The server waits for it by its number, like for a fork.
    process.returncode = 0
    return Child(folder, process.pid, kills, journal)


def _nameless_file() -> IO[bytes]:
    """Open a file that two processes can map: in memory where the system can, so never too full."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("tflab-journal"), "w+b")
    return tempfile.TemporaryFile()
