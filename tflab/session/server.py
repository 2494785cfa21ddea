"""The session's fork servers: kept at hand, and what is to be said of the one in use."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec

from tflab.runs.record import Problem
from tflab.runs.text import plain
from tflab.session.events import Emit, Notice, ProblemRaised, ServerChanged
from tflab.targets.environments import Environment
from tflab.targets.fork_server import ForkServer, Phase
from tflab.targets.server_keeper import ServerKeeper
from tflab.targets.server_pool import ServerPlace, ServerPool, place_of


class Server:
    """Keeps the fork server of the open program at hand, and tells what became of one: in passing
    while another starts, else until it is read.

    Args:
        emit: Is told.
        pool: Has the servers.
    """

    def __init__(self, emit: Emit, pool: ServerPool) -> None:
        self._emit = emit
        self._pool = pool
        self._announced: Phase | None = None
        self._told: tuple[str, str] | None = None

    @property
    def _keeper(self) -> ServerKeeper:
        return self._pool.current

    @property
    def phase(self) -> Phase:
        """Where the server stands."""
        return self._keeper.server.phase

    @property
    def pids(self) -> set[int]:
        """The processes of the servers, those of other environments too."""
        return self._pool.pids

    def warm_up(self) -> None:
        """Start the server: TensorFlow loads meanwhile."""
        self._try(self._keeper.start)

    def run_in(self, environment: Environment) -> None:
        """Have the open program's runs go to the server of an environment from now on.

        It is started, unless only folders of the environment were read: what lies beside a program
        that is not trusted is foreign code too.
        """
        place = place_of(environment)
        if place != self._pool.place:
            self._pool.use(place)
            self._announced = self._told = None
        if environment.started:
            self.warm_up()

    def place_of(self, python: str) -> ServerPlace:
        """Return what the runs of an interpreter are started with; empty for our own."""
        place = self._pool.place
        return place if place.interpreter == python else ServerPlace(python)

    def ready(self, python: str = "") -> ForkServer:
        """Return the fork server that takes runs; a new one where the last is broken or gone.

        Args:
            python: The interpreter that the runs are to have; empty for our own.

        Raises:
            Problem: When it cannot be started.
        """
        keeper = self._pool.keeper(self.place_of(python))
        keeper.wake()
        self._told = None
        return keeper.server

    def advance(self) -> None:
        """Hear what the server says, and start another one when its time has come."""
        self._try(self._keeper.poll)
        self._pool.tidy()
        if self.phase != self._announced:
            self._announced = self.phase
            self._announce()

    def close(self) -> None:
        """Let go of the servers; each leaves after its last run."""
        self._pool.close()

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


def likely_our_own(environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether a program probably runs where tflab does, without looking at the disk much.

    TensorFlow takes seconds to load, so it begins before the program is known.
    """
    active = {environ.get(name) for name in ("VIRTUAL_ENV", "CONDA_PREFIX")} - {None, ""}
    return active <= {sys.prefix} and find_spec("tensorflow") is not None
