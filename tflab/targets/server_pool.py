"""Fork servers, one an environment: started when first needed, and the ones last used kept warm."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from tflab.runs.paths import data_folder
from tflab.targets.environments import Environment
from tflab.targets.fork_server import ForkServer
from tflab.targets.server_keeper import ServerKeeper

MOST_WARM = 2
"""Environments whose servers stay without runs: each holds half a gigabyte of TensorFlow."""


@dataclass(frozen=True)
class ServerPlace:
    """What a fork server is started with.

    Attributes:
        interpreter: The Python that it runs in; empty for our own.
        variables: What is set in its environment on top of ours.
    """

    interpreter: str = ""
    variables: tuple[tuple[str, str], ...] = ()


OWN = ServerPlace()


def place_of(environment: Environment) -> ServerPlace:
    """Return what the fork server of an environment is started with."""
    variables = tuple(sorted(environment.variables.items()))
    return ServerPlace(environment.request_python, variables)


def make_server(place: ServerPlace, stdin: int | None = subprocess.DEVNULL) -> ForkServer:
    """Return the fork server of an environment, not started. Each has a log of its own.

    Args:
        place: The environment.
        stdin: What it hands on to runs that read what is piped in.
    """
    log = None
    if place != OWN:
        key = hashlib.sha256(repr(place).encode("utf-8", "surrogateescape")).hexdigest()[:12]
        log = data_folder() / f"server-{key}.log"
    variables = dict(place.variables)
    return ForkServer(log, interpreter=place.interpreter, variables=variables, stdin=stdin)


class ServerPool:
    """Keeps a fork server for each environment that was used lately. Never blocks but in `close`.

    Args:
        make: Makes the server of an environment; injected by tests.
        most: How many are kept without runs.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        place: The environment of the program on show.
    """

    def __init__(
        self,
        make: Callable[[ServerPlace], ForkServer] = make_server,
        most: int = MOST_WARM,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make = make
        self._most = most
        self._clock = clock
        # Least recently used first.
        self._keepers: dict[ServerPlace, ServerKeeper] = {}
        self.place = OWN

    @property
    def current(self) -> ServerKeeper:
        """The keeper for the program on show; its server may be off."""
        return self.keeper(self.place)

    @property
    def pids(self) -> set[int]:
        """The processes of all its servers."""
        found = (keeper.server.pid for keeper in self._keepers.values())
        return {pid for pid in found if pid is not None}

    def keeper(self, place: ServerPlace) -> ServerKeeper:
        """Return the keeper of an environment's server, which is not started by this."""
        found = self._keepers.pop(place, None)
        if found is None:
            found = ServerKeeper(lambda: self._make(place), self._clock)
        self._keepers[place] = found
        return found

    def use(self, place: ServerPlace) -> ServerKeeper:
        """Make an environment that of the program on show, and return its keeper."""
        self.place = place
        return self.keeper(place)

    def tidy(self) -> None:
        """Hear the servers that are not on show, and let those go that nobody needs any more.

        One that is gone is not started again before it is needed. One with runs stays for them.
        """
        others = [place for place in self._keepers if place != self.place]
        for place in others:
            server = self._keepers[place].server
            server.poll()
            if server.phase in ("broken", "gone", "off") and not server.busy:
                self._keepers.pop(place).close()
        for place in [place for place in others if place in self._keepers]:
            if len(self._keepers) <= self._most:
                return
            if not self._keepers[place].server.busy:
                self._keepers.pop(place).close()

    def close(self) -> None:
        """Let go of all servers; each leaves after its last run."""
        for keeper in self._keepers.values():
            keeper.close()
        self._keepers.clear()
