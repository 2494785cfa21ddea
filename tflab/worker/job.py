"""A run as the job of a queue, such as Slurm's: the process that the queue starts on a node.

It forks the run and sees it to its end, as a fork server does for the runs of a workbench. Nobody
speaks with it: that the run is to stop is a mark in its folder, which a home that both machines
share brings here. A signal only has it look sooner; the queue's own signals end the run with a
reason.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from tflab.recording.journal import Journal
from tflab.runs.events import Notice
from tflab.runs.log_writer import EVENTS, RECORD, STOP, append, has_ended
from tflab.runs.lost import as_asked, last_word, never_began, stopped
from tflab.runs.processes import RUNG_SECONDS, STOP_SIGNALS
from tflab.runs.queue_words import QUEUE_LOG, ended_in_queue
from tflab.runs.record import Problem
from tflab.runs.reserve import append_last
from tflab.worker.children import Child, reap, start_child
from tflab.worker.endings import close_log
from tflab.worker.exit_codes import NOT_SHARED
from tflab.worker.memory import MemoryKills
from tflab.worker.orphans import end_orphans, keep_orphans

LOOK = signal.SIGUSR1
"""Look for the mark now."""

LEAVE_SOON = signal.SIGUSR2
"""The time that the queue gave is nearly over."""

BEGUN = "job.begun"
"""The file by which a job takes a run for itself."""

QUIET_SECONDS = 6.0
"""How long a log must be quiet before a job that was begun again writes its end."""

_RESTARTS = "SLURM_RESTART_COUNT"
_LOOK_SECONDS = 0.25
_SAID = (
    ("DUE TO TIME LIMIT", "TIMEOUT"),
    ("DUE TO PREEMPTION", "PREEMPTED"),
    ("DUE TO NODE FAILURE", "NODE_FAIL"),
    ("oom-kill", "OUT_OF_MEMORY"),
    ("DUE TO JOB REQUEUE", "REQUEUED"),
    ("CANCELLED AT", "CANCELLED"),
)
_TAKEN = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, LOOK, LEAVE_SOON)


def serve(folder: Path) -> int | tuple[Path, Journal]:
    """Run the run of `folder` and see it to its end.

    Returns as often as `os.fork` does: here the exit code, and in the run's process its folder and
    its journal.
    """
    if not (folder / RECORD).is_file():
        return NOT_SHARED
    if has_ended(folder):
        return 0
    if (folder / STOP).exists():
        append_last(folder, as_asked(folder, stopped(time.time())))
        return 0
    if not _is_first(folder):
        _leave_to_first(folder)
        return 0
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    keep_orphans()
    job = _Job(folder)
    job.listen()
    try:
        child = start_child(folder)
    except OSError as error:
        problem = Problem(
            "The run cannot be started",
            f"The node gave it no process: {error.strerror}.",
            "Run it again, on another node.",
        )
        append_last(folder, never_began(problem))
        return 1
    if isinstance(child, Journal):
        job.let_go()
        return folder, child
    return job.see_off(child)


def _is_first(folder: Path) -> bool:
    """Take a run for this job; False where another has it, as a run has one life."""
    try:
        (folder / BEGUN).open("x").close()
    except FileExistsError:
        return False
    return not (folder / EVENTS).stat().st_size


def _leave_to_first(folder: Path) -> None:
    """Write the end of a run whose job was put back into the queue, unless it goes on elsewhere.

    A node that the queue has lost sight of may still have it, and its log has one writer.
    """
    if os.environ.get(_RESTARTS, "0") in ("", "0"):
        return
    size = (folder / EVENTS).stat().st_size
    time.sleep(QUIET_SECONDS)
    if (folder / EVENTS).stat().st_size == size and not has_ended(folder):
        append_last(folder, as_asked(folder, ended_in_queue("REQUEUED", last_word(folder))))


class _Job:
    """Looks after one run until its process is gone and its log has an end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parent = os.getppid()
        self._wake, self._bell = socket.socketpair()
        for end in (self._wake, self._bell):
            end.setblocking(False)
        self._ended_by_queue = False
        self._time_is_up = False
        self._rung = 0
        self._due = 0.0

    def listen(self) -> None:
        """Take signals from now on."""
        for number in _TAKEN:
            signal.signal(number, self._take)
        signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)

    def let_go(self) -> None:
        """Leave no trace of this in the run's own process."""
        signal.set_wakeup_fd(-1)
        for number in _TAKEN:
            signal.signal(number, signal.SIG_DFL)
        self._wake.close()
        self._bell.close()

    def see_off(self, child: Child) -> int:
        """Return the exit code, once the run is over."""
        while not reap(child, self._close):
            select.select([self._wake], [], [], _LOOK_SECONDS)
            with suppress(BlockingIOError):
                self._wake.recv(4096)
            self._look(child.pid)
        end_orphans(())
        _forget_queue_log()
        return 0

    def _take(self, number: int, _frame: FrameType | None) -> None:
        if number in (signal.SIGTERM, signal.SIGINT):
            self._ended_by_queue = True
        elif number == LEAVE_SOON:
            self._time_is_up = True

    def _look(self, pid: int) -> None:
        """Carry on what ends the run, if anything does."""
        marked = (self._folder / STOP).exists()
        if os.getppid() != self._parent:
            # Whoever the queue had to look after this job is gone; nobody would end it any more.
            self._ended_by_queue = True
        if marked and self._ended_by_queue and self._rung:
            # Asked to stop once more, and by force.
            self._rung, self._due = len(STOP_SIGNALS) - 1, 0.0
        if self._ended_by_queue and not marked:
            # Interrupted, it would say itself that a person had stopped it.
            self._rung = max(self._rung, 1)
        if marked or self._ended_by_queue:
            self._climb(pid)
        elif self._time_is_up and not self._rung:
            self._interrupt(pid)

    def _climb(self, pid: int) -> None:
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + RUNG_SECONDS
        # It may not lead its group yet: then once more at the next look.
        try:
            os.killpg(pid, STOP_SIGNALS[self._rung])
        except ProcessLookupError:
            self._due = 0.0
            return
        self._rung = min(self._rung + 1, len(STOP_SIGNALS) - 1)

    def _interrupt(self, pid: int) -> None:
        """Have a run leave by itself that is about to be ended: it has time to keep what it has."""
        text = "The time that the queue gave is nearly over, so the run was interrupted."
        with suppress(OSError):
            append(self._folder, Notice(text=text))
        self._rung, self._due = 1, float("inf")
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGINT)

    def _close(self, folder: Path, status: int, kills: MemoryKills) -> None:
        by_queue = self._ended_by_queue or _killed_by_queue(status)
        if by_queue and not has_ended(folder) and not (folder / STOP).exists():
            append_last(folder, ended_in_queue(_said_by_queue()))
        else:
            close_log(folder, status, kills)


def _killed_by_queue(status: int) -> bool:
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGTERM


def _said_by_queue() -> str:
    """Return what Slurm calls the end that it gives this job; empty where it does not say."""
    try:
        text = Path(os.environ.get(QUEUE_LOG, "")).read_text("utf-8", "replace")
    except OSError:
        return ""
    return next((state for words, state in _SAID if words in text), "")


def _forget_queue_log() -> None:
    """Take away what Slurm wrote of this job, if it is nothing."""
    path = Path(os.environ.get(QUEUE_LOG, ""))
    with suppress(OSError):
        if path.is_file() and not path.stat().st_size:
            path.unlink()
