"""`--python`, and the fork server of the environment that a program runs in."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tflab.programs.imported import imported_packages
from tflab.programs.program import Program
from tflab.runs.record import Problem, RunRequest
from tflab.runs.state import RunState
from tflab.runs.text import plain_line
from tflab.session.environments import (
    EnvironmentStore,
    missing_module,
    wanted_by,
    who_has_words,
)
from tflab.sweeps.placing import place_runs
from tflab.sweeps.plan import SweepPlan
from tflab.targets.environment_probe import EnvironmentProbe
from tflab.targets.environment_search import (
    Choice,
    Wanted,
    candidates,
    choose,
    list_environments,
    named_interpreter,
)
from tflab.targets.environments import Environment, Source, with_the_others
from tflab.targets.host import Host
from tflab.targets.placement import Slot
from tflab.targets.server_pool import OWN, make_server, place_of
from tflab.targets.target import device_on, entry_of, make_sure, open_host
from tflab.targets.target_file import Target, find_target

NO_CHOICE = "auto"
"""Given in place of a path: forget what was chosen."""


def keep_python(program: Path, text: str) -> None:
    """Keep what `--python` names for a program, once it was seen to serve.

    Raises:
        Problem: When it names nothing, or what does not serve.
    """
    if not text:
        return
    store = EnvironmentStore()
    named = "" if text == NO_CHOICE else named_interpreter(text)
    if named:
        choose(Wanted(program, named=named), EnvironmentProbe())
    try:
        store.choose(program, named)
    except OSError as error:
        print(f"The choice of Python cannot be kept: {error.strerror}.", file=sys.stderr)


class ServerStarter:
    """Starts the fork server of a program's environment as early as it may.

    Args:
        python: What `--python` says.
        quiet: Whether nothing is said of the environment.
        piped: Whether the program reads what is piped into the command line.
        on: The name of the target that runs go to; empty for this machine.

    Attributes:
        environment: The environment of the program, once it is known.
        target: The target that runs go to; None for this machine.

    Raises:
        Problem: When there is no such target.
    """

    def __init__(
        self, python: str = "", quiet: bool = False, piped: bool = False, on: str = ""
    ) -> None:
        self._python = python
        self._quiet = quiet
        self._stdin = None if piped else subprocess.DEVNULL
        self._probe = EnvironmentProbe()
        self._server: Host | None = None
        self._sure = False
        self.at_once = 0
        self.target: Target | None = find_target(on) if on else None
        self.environment: Environment | None = None

    @property
    def python(self) -> str:
        """The interpreter for the request of a run; empty for our own."""
        return self.environment.request_python if self.environment is not None else ""

    def begin(self, program: Program, trusted: bool = False) -> None:
        """Start the server, unless that must wait until the program is trusted.

        Raises:
            Problem: When no environment serves, or the server cannot be started.
        """
        keep_python(program.path, self._python)
        wanted = wanted_by(program)
        trusted = trusted or wanted.trusted
        beside = any(found.source is Source.VENV for found in candidates(wanted))
        if trusted or not beside:
            self._start(program)

    def ready(self, program: Program) -> Host:
        """Return what takes the runs of a program that is trusted by now, started.

        Raises:
            Problem: When no environment serves, the server cannot be started, or the target does
                not serve.
        """
        server = self._server or self._start(program)
        self.make_sure()
        return server

    def make(self) -> Host:
        """Return another server of the same environment, or of the target, not started."""
        place = place_of(self.environment) if self.environment is not None else OWN
        if self.target is not None:
            return open_host(self.target, place, self.at_once)
        return make_server(place, self._stdin)

    def make_sure(self) -> None:
        """Have the target tried, once, and say what is to be known of it.

        Raises:
            Problem: When it does not serve.
        """
        if self.target is None or self._sure:
            return
        self._sure = True
        place = place_of(self.environment) if self.environment is not None else OWN
        make_sure(self.target, place, lambda text: print(text, file=sys.stderr))

    def placed(self, request: RunRequest) -> RunRequest:
        """Return a request with its target, and the device that the target gives."""
        if self.target is None:
            return request
        device = device_on(self.target)
        return replace(request, target=self.target.name, device=device, device_uuid="")

    def placed_sweep(
        self, plan: SweepPlan, slots: tuple[Slot, ...], jobs: int | None
    ) -> tuple[SweepPlan, tuple[Slot, ...]]:
        """Return a plan with its runs on the target, and their slots; as they are without one.

        Raises:
            Problem: When the target does not serve.
        """
        if self.target is None:
            return plan, slots
        self.at_once = jobs or 0
        self.make_sure()
        # All are handed over at once, and the queue keeps to the number: they outlive this tflab.
        return place_runs(plan, [entry_of(self.target)], jobs if plan.search else None)

    def close(self) -> None:
        """Let go of the server."""
        if self._server is not None:
            self._server.close()

    def choose(self, program: Program, trusted: bool = True) -> Environment:
        """Return the environment of a program, and say which it is.

        Args:
            program: The program.
            trusted: Whether what lies beside it may be started, even if nobody was asked before.

        Raises:
            Problem: When none serves.
        """
        wanted = wanted_by(program)
        wanted = replace(wanted, trusted=trusted or wanted.trusted)
        try:
            found = choose(wanted, self._probe)
        except Problem as problem:
            raise with_the_others(problem, list_environments(wanted, self._probe)) from problem
        self.environment = found.environment
        if not self._quiet:
            _tell(found)
        return found.environment

    def who_has(self, program: Program, module: str) -> str:
        """Say which environments have a package."""
        return who_has_words(module, list_environments(wanted_by(program), self._probe))

    def _start(self, program: Program) -> Host:
        self.choose(program)
        self._server = self.make()
        self._server.start()
        return self._server


def tell_who_has(state: RunState, program: Program, starter: ServerStarter) -> None:
    """Where a run failed for want of a package, say which environments have it."""
    module = missing_module(state.error)
    if module:
        print(starter.who_has(program, module), file=sys.stderr)


def tell_missing_packages(program: Program, python: str) -> bool:
    """Say in which environment a program would run, and what it lacks there; True if anything."""
    keep_python(program.path, python)
    starter = ServerStarter(quiet=True)
    installed = starter.choose(program, trusted=False).installed
    name = plain_line(str(program.path))
    assert starter.environment is not None
    print(f"{name}: it would run in {starter.environment.words}")
    imported = imported_packages(program).items()
    missing = [found for found in imported if installed is not None and not installed.has(found[0])]
    for package, line in missing:
        who = starter.who_has(program, package)
        print(f"{name}:{line}: It imports {package}, which is not there. {who}")
    return bool(missing)


def _tell(found: Choice) -> None:
    for environment in found.passed_over:
        problem = environment.problem
        if problem is not None:
            words = f"{environment.candidate.name} is passed over: {problem.title}."
            print(words, file=sys.stderr)
    if not found.environment.own:
        print(f"In {found.environment.words}.", file=sys.stderr)
