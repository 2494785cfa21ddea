"""The session's fork server: kept at hand, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable

from tflab.runs.record import Problem
from tflab.runs.text import plain
from tflab.session.events import Emit, Notice, ProblemRaised, ServerChanged
from tflab.targets.fork_server import ForkServer, Phase
from tflab.targets.server_keeper import ServerKeeper


class Server:
    """Keeps a fork server at hand, and tells what became of one: in passing while another starts,
    else until it is read.

    Args:
        emit: Is told.
        keeper: Has the server.
    """

    def __init__(self, emit: Emit, keeper: ServerKeeper) -> None:
        self._emit = emit
        self._keeper = keeper
        self._announced: Phase | None = None
        self._told: tuple[str, str] | None = None

    @property
    def phase(self) -> Phase:
        """Where the server stands."""
        return self._keeper.server.phase

    @property
    def pid(self) -> int | None:
        """The server's process id."""
        return self._keeper.server.pid

    def warm_up(self) -> None:
        """Start the server: TensorFlow loads meanwhile."""
        self._try(self._keeper.start)

    def ready(self) -> ForkServer:
        """Return the fork server that takes runs; a new one where the last is broken or gone.

        Raises:
            Problem: When it cannot be started.
        """
        self._keeper.wake()
        self._told = None
        return self._keeper.server

    def advance(self) -> None:
        """Hear what the server says, and start another one when its time has come."""
        self._try(self._keeper.poll)
        if self.phase != self._announced:
            self._announced = self.phase
            self._announce()

    def close(self) -> None:
        """Let go of the server; it leaves after its last run."""
        self._keeper.close()

    def _try(self, act: Callable[[], object]) -> None:
        """Do what may fail for want of a process or of a log; reading goes on all the same."""
        try:
            act()
        except Problem as problem:
            self._announce(problem)

    def _announce(self, problem: Problem | None = None) -> None:
        """Tell of the server's phase, and of what is wrong with it once."""
        problem = problem or self._keeper.server.problem
        words = (problem.title, problem.cause) if problem is not None else None
        new = words != self._told or self._keeper.given_up
        self._told = words or self._told
        self._emit(ServerChanged(self.phase))
        if problem is not None and new:
            self._tell(problem)

    def _tell(self, problem: Problem) -> None:
        final = self._keeper.given_up
        if final and self.phase == "broken":
            # It was shown in full the first time.
            text = "Run tries again; reading and history go on without."
            self._emit(Notice(text, problem.title, "warning"))
        elif final:
            steps = f"{problem.next_step} Run tries again; reading and history go on without."
            self._emit(ProblemRaised(Problem(problem.title, problem.cause, steps)))
        elif self.phase == "gone":
            text = f"{plain(problem.cause)} Another one is being started."
            self._emit(Notice(text, problem.title, "warning"))
        else:
            self._emit(ProblemRaised(problem))
