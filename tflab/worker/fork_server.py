"""The fork server: imports TensorFlow once, then forks one process for each run.

It opens no device and creates no tensor. It lives in a session of its own, so that its runs outlive
the terminal; when the workbench lets go of it, it leaves after its last run.
"""

from __future__ import annotations

import gc
import selectors
import signal
import socket
import sys
import traceback
from pathlib import Path

from tflab.recording.journal import Journal
from tflab.runs.lost import never_began
from tflab.runs.protocol import (
    Message,
    Request,
    RunForked,
    RunReaped,
    ServerPhase,
    from_line,
    to_line,
)
from tflab.runs.record import Problem
from tflab.runs.reserve import append_last
from tflab.worker.imports import import_tensorflow
from tflab.worker.orphans import end_orphans, keep_orphans


def serve(descriptor: int) -> int | tuple[Path, Journal]:
    """Serve the workbench that holds the other end of a socket pair.

    Returns as often as `os.fork` does: in the server the exit code, and in each process forked
    from it the run to be run there: its folder and its journal.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = Line(socket.socket(fileno=descriptor))
    line.say(ServerPhase(phase="importing"))
    try:
        version = import_tensorflow()
    except Problem as problem:
        return _give_up(line, problem)
    server = ForkServer(line)
    line.say(ServerPhase(phase="ready", tensorflow=version))
    try:
        # Whoever already waits for a run must not wait for this too.
        server.turn(0)
        # Objects that no collection visits are pages that no run has to copy.
        gc.collect()
        gc.freeze()
        server.run()
    except _InRun as begun:
        server.let_go()
        return begun.folder, begun.journal
    return 0


class _InRun(BaseException):
    """Raised in a process forked for a run, to leave the server's frames behind.

    A run lies beneath as few frames as can be: see `tflab.worker.run_process.execute`.
    """

    def __init__(self, folder: Path, journal: Journal) -> None:
        super().__init__(folder)
        self.folder = folder
        self.journal = journal


class Line:
    """The server's end of the socket pair: whole messages in, whole messages out."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self.closed = False
        self._unread = b""
        self._unsent = b""
        end.setblocking(False)

    @property
    def waiting(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._unsent) and not self.closed

    def say(self, message: Message) -> None:
        """Send a message, now or when there is room."""
        self._unsent += to_line(message)
        self.send()

    def send(self) -> None:
        """Send what waits, as far as there is room."""
        try:
            while self.waiting:
                self._unsent = self._unsent[self.end.send(self._unsent) :]
        except BlockingIOError:
            return
        except (BrokenPipeError, ConnectionResetError):
            # The workbench is gone; what it asked for may still lie here to be read.
            self._unsent = b""

    def hear(self) -> list[Request]:
        """Return the requests that have come in; sets `closed` when there will be no more."""
        try:
            while data := self.end.recv(1 << 16):
                self._unread += data
        except BlockingIOError:
            pass
        except ConnectionResetError:
            self.closed = True
        else:
            self.closed = True
        *lines, self._unread = self._unread.split(b"\n")
        return [from_line(line) for line in lines]


class ForkServer:
    """Forks runs as they are asked for, and sees them off as they end.

    Args:
        line: The connection to the workbench.
    """

    def __init__(self, line: Line) -> None:
        # Imported here, not above: they need what `import_tensorflow` imports. No run has to import
        # its own module again.
        from tflab.worker import children, run_process  # noqa: F401

        self._children = children
        self._line = line
        self._runs: dict[int, children.Child] = {}
        keep_orphans()
        self._wake, self._bell = socket.socketpair()
        for end in (self._wake, self._bell):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # noqa: ARG005
        signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._selector.register(line.end, selectors.EVENT_READ)

    def run(self) -> None:
        """Serve until the workbench has let go and the last run has ended."""
        while not self._line.closed or self._runs:
            self.turn()

    def turn(self, patience: float | None = None) -> None:
        """Do what there is to do; wait for something at most `patience` seconds, or for ever."""
        if not self._line.closed:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._line.waiting else 0)
            self._selector.modify(self._line.end, wanted)
        ready = {key.fileobj for key, _ in self._selector.select(patience)}
        if self._wake in ready:
            self._wake.recv(4096)
        if self._line.end in ready:
            for request in self._line.hear():
                self._start(Path(request.folder))
            if self._line.closed:
                self._selector.unregister(self._line.end)
        self._see_off()
        self._line.send()

    def let_go(self) -> None:
        """Close, in a process forked for a run, what is the server's alone."""
        signal.set_wakeup_fd(-1)
        self._selector.close()
        for child in self._runs.values():
            child.journal.close()
        for end in (self._line.end, self._wake, self._bell):
            end.close()

    def _start(self, folder: Path) -> None:
        try:
            child = self._children.start_child(folder)
        except OSError as error:
            problem = Problem(
                "The run cannot be started",
                f"The system gave it no process: {error.strerror}.",
                "Stop other runs, or wait until the machine has room.",
            )
            _fail(folder, problem)
            self._line.say(RunReaped(folder=str(folder), pid=0))
            return
        if isinstance(child, Journal):
            raise _InRun(folder, child)
        self._runs[child.pid] = child
        self._line.say(RunForked(folder=str(folder), pid=child.pid))

    def _see_off(self) -> None:
        # A run keeps its orphans while it lives, so those that come here outlived theirs.
        end_orphans(self._runs)
        for child in list(self._runs.values()):
            try:
                gone = self._children.reap(child)
            except OSError:
                # The log cannot be written; readers find the process gone and call it lost.
                traceback.print_exc(file=sys.stderr)
                gone = True
            if gone:
                del self._runs[child.pid]
                self._line.say(RunReaped(folder=str(child.folder), pid=child.pid))


def _give_up(line: Line, problem: Problem) -> int:
    line.say(
        ServerPhase(
            phase="broken",
            title=problem.title,
            cause=problem.cause,
            next_step=problem.next_step,
        )
    )
    traceback.print_exception(problem)
    for request in line.hear():
        _fail(Path(request.folder), problem)
    return 1


def _fail(folder: Path, problem: Problem) -> None:
    """End a run that could not begin."""
    try:
        append_last(folder, never_began(problem))
    except OSError:
        traceback.print_exc(file=sys.stderr)
