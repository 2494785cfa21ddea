"""The life of one run, from its request to its summary, followed by its log.

The command line, the workbench and sweeps all go through here. A run that was found from before is
followed in the same way as one that was just started: the only record of a run is its log.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from tflab.runs.answers import Answer, give_answer
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.events import Ended, Event
from tflab.runs.log_reader import LogReader
from tflab.runs.lost import never_began
from tflab.runs.record import Problem, RunRecord
from tflab.runs.state import RunState
from tflab.runs.summary import keep_summary
from tflab.targets.host import Host
from tflab.targets.job_follower import JobFollower
from tflab.targets.run_process import RunKeeper, RunProcess, write_end

SERVER_GONE = Problem(
    "The fork server is gone",
    "It ended before the run could start.",
    "Run again; a new one starts by itself.",
)

_FIRST_WORD_SECONDS = 1.0
_READING = 1 << 20


class LiveRun:
    """A run on the screen or on the command line.

    Args:
        record: What was asked of it.
        folder: Its run folder.
        clock: Monotonic seconds; injected by tests.
        server: What was asked for it: a fork server or a target; None for a run that was found.
    """

    def __init__(
        self,
        record: RunRecord,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
        server: Host | None = None,
    ) -> None:
        self.record = record
        self.folder = folder
        self.server = server
        self.state = RunState(folder)
        self.caught_up = False
        self._reader = LogReader(folder)
        self._disk: DiskQueue | None = None
        self._reading: Future[list[Event]] | None = None
        self._clock = clock
        self._stop_asked = False
        self._stop_reason = ""
        self._lost_server_at: float | None = None
        self._kept = False
        self._keeper: RunKeeper = RunProcess(folder, self.state, clock)
        if record.request.target:
            self._keeper = JobFollower(folder, self.state, clock, self._holdup)

    @property
    def over(self) -> bool:
        """Whether the run has ended and its whole log was read."""
        return self.state.ended is not None and self.caught_up

    @property
    def stopping(self) -> bool:
        """Whether a stop was asked for and the run has not ended yet."""
        return self._stop_asked and self.state.ended is None

    def advance(self, seconds: float = 0.0, disk: DiskQueue | None = None) -> bool:
        """Take in what is new for some seconds, and see the run to its end; True at any change.

        A run whose fork server is lost ends with the reason; one that is over has its summary kept.

        Args:
            seconds: How long to go on reading a log that is behind; one reading is always made.
            disk: Where the disk is read and written; by default, right here.
        """
        end = time.monotonic() + seconds
        changed = self._read_once(disk, seconds)
        found = changed
        while found and not self.caught_up and (left := end - time.monotonic()) > 0:
            found = self._read_once(disk, left)
        changed = self._look_at_server() or changed
        if self.over and not self._kept:
            self._kept = True
            self._keep_summary(disk)
        return changed

    def _read_once(self, disk: DiskQueue | None, patience: float) -> bool:
        return self.poll() if disk is None else bool(self.poll_on(disk, patience))

    def _look_at_server(self) -> bool:
        """End a run that has not started, and will not because its server is broken or gone."""
        server = self.server
        if server is None or server.phase not in ("broken", "gone", "off"):
            return False
        return self.without_server(server.problem or SERVER_GONE, certain=server.phase == "broken")

    def _holdup(self) -> str:
        """Say why a run waits that its target has not taken yet."""
        words = self.server.full if self.server is not None else ""
        return words or f"being handed to {self.record.request.target}"

    def _keep_summary(self, disk: DiskQueue | None) -> None:
        keep = partial(keep_summary, self.folder, self.record, self.state)
        if disk is None:
            keep()
        else:
            disk.do(keep)

    def poll(self, max_bytes: int = _READING) -> bool:
        """Read what is new in the log and carry a stop forward; True when anything changed."""
        return self._take(self._reader.poll(max_bytes))

    def poll_on(self, disk: DiskQueue, patience: float) -> bool | None:
        """Do as `poll`, but have the log read beside this thread.

        Args:
            disk: Where the reading is done.
            patience: Seconds to wait for it. What comes later is taken at a later call.

        Returns:
            True when anything changed, None while the reading still goes on.
        """
        self._disk = disk
        if self._reading is None:
            self._reading = disk.do(partial(self._reader.poll, _READING))
        try:
            events = self._reading.result(patience)
        except TimeoutError:
            self._carry_stop_on()
            return None
        self._reading = None
        return self._take(events)

    def _take(self, events: list[Event]) -> bool:
        for event in events:
            self.state.apply(event)
        self.caught_up = not events
        if self._reader.trouble:
            self.state.note(f"The run log cannot be read: {self._reader.trouble}.")
        if self.over:
            self.state.note_damage(self._reader.damaged)
        if self.state.ended is None:
            self._carry_stop_on()
            if not events:
                return self._keeper.look(self._disk)
        return bool(events)

    def stop(self, reason: str = "") -> None:
        """Ask the run to stop; `poll` carries the ladder on. Asking again does nothing more.

        Args:
            reason: Why a search stops it early; the run is then pruned, not cancelled.

        Raises:
            Problem: When the run is on another machine.
        """
        self._keeper.check_stop()
        self._stop_asked = True
        self._stop_reason = self._stop_reason or reason
        self._carry_stop_on()

    def kill(self) -> None:
        """End a run that was asked to stop, at once."""
        self._keeper.kill()

    def answer(self, number: int, answer: Answer) -> None:
        """Answer what the program asks for. Touches the disk; the log tells when it was taken.

        Args:
            number: The question's.
            answer: The line.

        Raises:
            Problem: When it asks that no more, or the answer cannot be written.
        """
        question = self.state.question
        if question is None or question.number != number:
            raise Problem(
                "The run asks that no more", "It has its line, or gave up waiting.", "Go on."
            )
        give_answer(self.folder, number, answer)

    def fail(self, problem: Problem) -> None:
        """End a run that could not even start."""
        self.end(never_began(problem))

    def end(self, ended: Ended) -> None:
        """End a run that has no process, in its log too, so that every list says so."""
        if self._disk is None:
            write_end(self.folder, ended)
        else:
            self._disk.do(partial(write_end, self.folder, ended))
        self.state.apply(ended)

    def without_server(self, problem: Problem, certain: bool) -> bool:
        """Tell a run that waits for its process that the fork server is lost; True when it ended.

        Args:
            problem: What became of the server.
            certain: Whether the server said so itself. Otherwise it may have forked the run in its
                last moment, and a second is left for the run's first word.
        """
        if self.state.started is not None or self.state.ended is not None:
            return False
        if self._lost_server_at is None:
            self._lost_server_at = self._clock()
        if not certain and self._clock() - self._lost_server_at < _FIRST_WORD_SECONDS:
            return False
        self.fail(problem)
        return True

    def _carry_stop_on(self) -> None:
        if self._stop_asked:
            self._keeper.carry_stop_on(self._disk, self._stop_reason)
