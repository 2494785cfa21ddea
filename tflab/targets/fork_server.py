"""The workbench's side of the fork server: starting it, asking it for runs, hearing from it."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from tflab.runs.atomic_files import make_private_folder
from tflab.runs.paths import data_folder
from tflab.runs.protocol import (
    Message,
    RunForked,
    RunReaped,
    ServerPhase,
    StartRun,
    from_line,
    to_line,
)
from tflab.runs.record import Problem
from tflab.targets.server_faults import cannot_start, does_not_answer, gone, last_words
from tflab.targets.worker_command import worker_command

Phase = Literal["off", "importing", "ready", "broken", "gone"]

_LEAVE_SECONDS = 2.0
_LOG_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK
"""A pipe of that name is not waited for."""
_ANSWER_SECONDS = 10.0
_LOG_LIMIT = 1 << 20

# Servers that stay for their last runs. Kept so that nobody waits for them, and nobody complains.
_left_behind: list[subprocess.Popen[bytes]] = []


class ForkServer:
    """Starts one fork server and speaks with it; never blocks but in `close`.

    Args:
        log_path: Where the server's own words go; by default `server.log` in the data folder.
        clock: Monotonic seconds; injected by tests.
        interpreter: The Python that it runs in; empty for our own.
        variables: What is set in its environment on top of ours.
        stdin: What it hands on to runs that read what is piped in; None for what we have.

    Attributes:
        phase: Where the server stands, as far as `poll` has heard.
        problem: Why it is `broken` or `gone`.
        full: Always empty: it takes every run.
        tensorflow: Version of the TensorFlow that it imported; empty until it is `ready`.
    """

    def __init__(
        self,
        log_path: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
        interpreter: str = "",
        variables: Mapping[str, str] | None = None,
        stdin: int | None = subprocess.DEVNULL,
    ) -> None:
        self.interpreter = interpreter
        self._stdin = stdin
        self._variables = dict(variables or {})
        self.phase: Phase = "off"
        self.full = ""
        self.problem: Problem | None = None
        self.tensorflow = ""
        self._log_path = log_path or data_folder() / "server.log"
        self._log_begins = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._end: socket.socket | None = None
        self._unread = b""
        self._unsent = b""
        self._outstanding = 0
        self._clock = clock
        self._unanswered: dict[str, float] = {}

    @property
    def pid(self) -> int | None:
        """The server's process id; None before `start`."""
        return self._process.pid if self._process else None

    @property
    def busy(self) -> bool:
        """Whether it was asked for a run that it has not seen off yet."""
        return self._outstanding > 0

    def start(self) -> None:
        """Start the server in a session of its own. Starting again does nothing.

        Raises:
            Problem: When the system gives it no process, its log cannot be written, or others could
                put their code into its way.
        """
        if self._process is not None:
            return
        mine, other = socket.socketpair()
        try:
            self._process = self._spawn(other)
        except Problem:
            mine.close()
            raise
        except OSError as error:
            mine.close()
            raise cannot_start(error, self.interpreter) from error
        finally:
            other.close()
        mine.setblocking(False)
        self._end = mine
        self.phase = "importing"

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when `poll` has something to say."""
        return self._end.fileno() if self._end else -1

    def start_run(self, folder: Path) -> None:
        """Ask for the run of `folder`; while TensorFlow is being imported, it waits its turn.

        Raises:
            Problem: When the server is off, broken or gone.
        """
        if self._end is None or self.phase not in ("importing", "ready"):
            raise self.problem or Problem(
                "The fork server is not running", "It was not started or has left.", "Start it."
            )
        self._unsent += to_line(StartRun(folder=str(folder)))
        self._outstanding += 1
        self._unanswered[str(folder)] = self._clock()
        self._send()

    def poll(self) -> list[Message]:
        """Return what the server has said since the last call, and follow its phase."""
        if self._end is None:
            return []
        self._send()
        over = self._receive()
        *lines, self._unread = self._unread.split(b"\n")
        messages: list[Message] = [from_line(line) for line in lines]
        for message in messages:
            self._follow(message)
        if over:
            self._lose(self._why_gone())
        elif self._hangs():
            self._end_hanging()
        return messages

    def close(self) -> None:
        """Let go of the server. It leaves at once if it has no runs, else after its last one."""
        if self._process is None:
            return
        self.poll()
        if self._end is not None:
            self._end.close()
            self._end = None
        if not self._outstanding:
            self._process.terminate()
        try:
            self._process.wait(0 if self._outstanding else _LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            if not self._outstanding:
                # It hangs, and there is no run that needs it.
                self._process.kill()
            _left_behind.append(self._process)
        self._process = None
        self.phase = "off"

    def _spawn(self, end: socket.socket) -> subprocess.Popen[bytes]:
        make_private_folder(self._log_path.parent)
        log = os.open(self._log_path, _LOG_FLAGS, 0o600)
        try:
            if os.fstat(log).st_size > _LOG_LIMIT:
                os.ftruncate(log, 0)
            self._log_begins = os.fstat(log).st_size
            return subprocess.Popen(
                worker_command(self.interpreter, "tflab.worker", "--socket", str(end.fileno())),
                stdin=self._stdin,
                stdout=log,
                stderr=log,
                pass_fds=[end.fileno()],
                start_new_session=True,
                env=_environment() | self._variables,
            )
        finally:
            os.close(log)

    def _send(self) -> None:
        try:
            while self._unsent and self._end is not None:
                self._unsent = self._unsent[self._end.send(self._unsent) :]
        except BlockingIOError:
            return
        except (BrokenPipeError, ConnectionResetError):
            # `poll` hears of it, after what the server still had to say.
            self._unsent = b""

    def _receive(self) -> bool:
        """Read what there is; True when the server's end is closed."""
        if self._end is None:
            return True
        try:
            while data := self._end.recv(1 << 16):
                self._unread += data
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True
        return True

    def _follow(self, message: Message) -> None:
        match message:
            case ServerPhase():
                self.phase = message.phase
                self.tensorflow = message.tensorflow
                # What was asked for while TensorFlow was imported is answered from now on.
                self._unanswered = dict.fromkeys(self._unanswered, self._clock())
                if message.phase == "broken":
                    self.problem = Problem(message.title, message.cause, message.next_step)
            case RunReaped():
                self._outstanding -= 1
                self._unanswered.pop(message.folder, None)
            case RunForked():
                self._unanswered.pop(message.folder, None)

    def _hangs(self) -> bool:
        """Whether the server, though ready, left a request lie far longer than forking takes."""
        if self.phase != "ready" or not self._unanswered:
            return False
        return self._clock() - min(self._unanswered.values()) > _ANSWER_SECONDS

    def _end_hanging(self) -> None:
        """Kill a server that does not answer. Its runs have sessions of their own and go on."""
        if self._process is not None:
            self._process.kill()
            # Not waited for: one that hangs in the kernel may take its time.
            _left_behind.append(self._process)
        self._lose(does_not_answer(_ANSWER_SECONDS))

    def _lose(self, problem: Problem | None) -> None:
        if self._end is not None:
            self._end.close()
            self._end = None
        self._outstanding = 0
        self._unanswered.clear()
        if self.phase != "broken":
            self.problem = problem
            self.phase = "gone"

    def _why_gone(self) -> Problem | None:
        if self.phase == "broken":
            return self.problem
        code = None
        if self._process is not None:
            # Its socket closes a moment before the process can be waited for.
            try:
                code = self._process.wait(_LEAVE_SECONDS)
            except subprocess.TimeoutExpired:
                code = None
        return gone(code, last_words(self._log_path, self._log_begins))


def _environment() -> dict[str, str]:
    """The user's environment, without what slows each start of Python down."""
    environment = dict(os.environ)
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"):
        environment.pop(name, None)
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    return environment
