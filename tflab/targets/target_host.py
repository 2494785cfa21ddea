"""A target as something that takes runs, as a fork server does: runs are handed to it by folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from tflab.runs.job import Job, write_job
from tflab.runs.log_writer import STOP
from tflab.runs.lost import as_asked, never_began, stopped
from tflab.runs.protocol import Message
from tflab.runs.record import Problem
from tflab.runs.reserve import append_last
from tflab.targets.engine import Engine, QueueFullError
from tflab.targets.fork_server import Phase
from tflab.targets.server_pool import OWN, ServerPlace

MOST_AT_ONCE = 500
_GATHER_SECONDS = 0.1
_FULL_SECONDS = 15.0
_LAST_SECONDS = 20.0


class TargetHost:
    """Takes runs for a target, and hands those that come together over together.

    Nothing blocks but `close`, which hands over what waits. A run that the engine refuses has its
    end written, with the reason; while the queue is full its runs wait here.

    Args:
        engine: What runs them.
        place: The environment that they run in.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        phase: Always `ready` once it was started: what is wrong is told of each run.
        problem: Always None.
        full: Why the queue takes no more now; empty while it does.
    """

    problem: Problem | None = None
    pid: int | None = None

    def __init__(
        self,
        engine: Engine,
        place: ServerPlace = OWN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._place = place
        self._clock = clock
        self._waiting: list[Path] = []
        self._sending: tuple[list[Path], Future[list[Job]]] | None = None
        self._last_came = 0.0
        self._not_before = 0.0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="target")
        self.phase: Phase = "off"
        self.full = ""

    @property
    def busy(self) -> bool:
        """Whether runs are still to be handed over."""
        return bool(self._waiting) or self._sending is not None

    def start(self) -> None:
        """Take runs from now on."""
        self.phase = "ready"

    def fileno(self) -> int:
        """Return -1: there is no descriptor to wait for."""
        return -1

    def start_run(self, folder: Path) -> None:
        """Take the run of `folder`; it is handed over with those that come about now."""
        self._waiting.append(folder.absolute())
        self._last_came = self._clock()

    def poll(self) -> list[Message]:
        """Hand over what has gathered, and hear what became of what was; there is no message."""
        self._hear(0.0)
        now = self._clock()
        gathered = len(self._waiting) >= MOST_AT_ONCE or now - self._last_came >= _GATHER_SECONDS
        if self._waiting and self._sending is None and gathered and now >= self._not_before:
            self._send()
        return []

    def close(self) -> None:
        """Hand over what waits, and let go. What the queue has taken goes on."""
        end = self._clock() + _LAST_SECONDS
        while self.busy and self._clock() < end:
            if self._sending is None:
                if self.full:
                    break
                self._send()
            self._hear(max(0.0, end - self._clock()))
        # What cannot be handed over now would wait for ever.
        words = self.full or "It did not answer in time."
        for folder in self._waiting:
            _end(folder, Problem("The queue has not taken the run", words, "Run it again."))
        self._waiting.clear()
        self._pool.shutdown(wait=False)
        self._engine.close()
        self.phase = "off"

    def _send(self) -> None:
        folders: list[Path] = []
        for folder in self._waiting[:MOST_AT_ONCE]:
            if (folder / STOP).exists():
                _cancel(folder)
            else:
                folders.append(folder)
        del self._waiting[:MOST_AT_ONCE]
        if folders:
            sent = self._pool.submit(self._engine.submit, folders, self._place)
            self._sending = folders, sent

    def _hear(self, patience: float) -> None:
        if self._sending is None:
            return
        folders, sent = self._sending
        try:
            jobs = sent.result(patience)
        except TimeoutError:
            return
        except QueueFullError as problem:
            self.full = f"{problem.title}: {problem.cause}"
            self._not_before = self._clock() + _FULL_SECONDS
            self._waiting = [*folders, *self._waiting]
        except Problem as problem:
            for folder in folders:
                _end(folder, problem)
        else:
            self.full = ""
            for folder, job in zip(folders, jobs, strict=False):
                with suppress(OSError):
                    write_job(folder, job)
            self._waiting = [*folders[len(jobs) :], *self._waiting]
        self._sending = None


def _end(folder: Path, problem: Problem) -> None:
    # Where nothing can be written, whoever looks at the run finds that it never began.
    with suppress(OSError):
        append_last(folder, never_began(problem))


def _cancel(folder: Path) -> None:
    with suppress(OSError):
        append_last(folder, as_asked(folder, stopped(time.time())))
