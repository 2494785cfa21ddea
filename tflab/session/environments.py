"""Which environment the open program runs in: found for it, or chosen by a person and kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.events import Error
from tflab.runs.locked_record import LockedRecord
from tflab.runs.paths import data_folder
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.session.events import (
    Emit,
    EnvironmentChosen,
    EnvironmentMissing,
    EnvironmentsListed,
    Notice,
    ProblemRaised,
)
from tflab.session.trust import TrustStore, others_at
from tflab.targets.environment_probe import EnvironmentProbe
from tflab.targets.environment_search import (
    Choice,
    Wanted,
    choose,
    list_environments,
    named_interpreter,
)
from tflab.targets.environments import Environment, Source, who_has, with_the_others

if TYPE_CHECKING:
    from tflab.programs.program import Program


_MOST_NAMED = 3
_LONG_SECONDS = 20.0
_NO_MODULE = re.compile(r"No module named '(\w+)'")
_TENSORFLOW = re.compile(r"^\s*(?:import|from)\s+tensorflow\b", re.MULTILINE)


class _Kept(msgspec.Struct):
    version: int = 1
    programs: dict[str, str] = {}


class EnvironmentStore:
    """The interpreters that a person chose, by program: `environments.json` of the data folder.

    A damaged file keeps no choice. Two workbenches may use it at once.

    Args:
        path: The file; by default the one in the data folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._kept = LockedRecord(path or data_folder() / "environments.json", _Kept)

    def chosen(self, program: Path) -> str:
        """Return the interpreter that was chosen for a program; empty when none was.

        What others may write says nothing of what this person chose.
        """
        if others_at(self._kept.path):
            return ""
        return self._kept.read().programs.get(str(program), "")

    def choose(self, program: Path, interpreter: str) -> None:
        """Keep a choice; an empty one forgets it.

        Raises:
            OSError: When it cannot be kept.
        """
        if self.chosen(program) == interpreter:
            return

        def change(kept: _Kept) -> None:
            kept.programs.pop(str(program), None)
            if interpreter:
                kept.programs[str(program)] = interpreter

        self._kept.change(change)


def wanted_by(
    program: Program, store: EnvironmentStore | None = None, trust: TrustStore | None = None
) -> Wanted:
    """Return what decides the environment of a program, with what a person chose for it."""
    code = "\n".join(cell.source for cell in program.cells if cell.kind == "code")
    trust = trust or TrustStore()
    trusted = trust.trusts(program.path, program.file_source)
    at = trust.trusted_at(program.path, program.file_source) if trusted else program.path
    return Wanted(
        program=program.path,
        trusted=trusted,
        trusted_at=at if at != program.path else None,
        tensorflow=_TENSORFLOW.search(code) is not None,
        kernel=program.kernel,
        named=(store or EnvironmentStore()).chosen(program.path),
    )


def missing_module(error: Error | None) -> str:
    """Return the package that a run failed for want of; empty when it failed otherwise.

    Not where a part of a package lacks: the package itself is there.
    """
    if error is None or error.title != "ModuleNotFoundError":
        return ""
    found = _NO_MODULE.search(error.cause)
    return found[1] if found else ""


def who_has_words(module: str, known: Sequence[Environment]) -> str:
    """Say which of some environments have a package."""
    found = who_has(known, module)
    if not found:
        return f"No environment that serves has {module}; `tflab envs` lists them."
    places = "; ".join(f"{e.words}: {plain_line(e.interpreter)}" for e in found[:_MOST_NAMED])
    return f"{module} is there in {places}."


class Environments:
    """The environment of the open program.

    Args:
        queue: Where interpreters are started and folders read. One that hangs holds up all that
            waits there, so it is no queue for anything else.
        emit: Is told which environment was chosen, and why none.
        store: What was chosen before.
        probe: Looks at environments.
        use: Has runs go to an environment.

    Attributes:
        current: The environment of the open program; None before it is found, and when none is.
        problem: Why there is none.
        choosing: Whether it is being looked for.
    """

    def __init__(
        self,
        queue: DiskQueue,
        emit: Emit,
        store: EnvironmentStore | None = None,
        probe: EnvironmentProbe | None = None,
        use: Callable[[Environment], object] = lambda _: None,
    ) -> None:
        self._use = use
        self._queue = queue
        self._emit = emit
        self._store = store or EnvironmentStore()
        self._probe = probe or EnvironmentProbe()
        self._program: Program | None = None
        self._turn = 0
        self._waiting: Callable[[Environment], object] | None = None
        self.current: Environment | None = None
        self.problem: Problem | None = None
        self.choosing = False

    def open(self, program: Program) -> None:
        """Look for the environment of a program: `EnvironmentChosen` or `…Missing` follows."""
        if self._program is None or self._program.path != program.path:
            self.current = self._waiting = None
        self._program = program
        self._look()

    def require(self, then: Callable[[Environment], object]) -> None:
        """Call `then` with an environment that was seen to start, or say why there is none.

        To be asked once a person has trusted the open program: what lies beside it is started.
        Who asks while another waits takes its place.
        """
        if self.current is not None and self.current.started:
            then(self.current)
            return
        waited, self._waiting = self._waiting, then
        if waited is None:
            # What is being looked for may be from before the program was trusted.
            self._look()

    def python_of(self, program: Path) -> str:
        """Return the interpreter for requests of a program; empty for our own."""
        if self._program is not None and self._program.path == program and self.current is not None:
            return self.current.request_python
        return self._store.chosen(program)

    def choose(self, interpreter: str) -> None:
        """Take what a person chose for the open program, and keep it; empty for none."""
        program = self._program
        if program is None:
            return

        def keep() -> str:
            named = named_interpreter(interpreter) if interpreter else ""
            if named:
                # What does not serve is refused before it is kept.
                choose(Wanted(program.path, named=named), self._probe)
            self._store.choose(program.path, named)
            return named

        def take(kept: Future[str]) -> None:
            try:
                kept.result()
            except Problem as problem:
                self._emit(ProblemRaised(problem))
                return
            except OSError as error:
                text = f"The choice is not kept: {error.strerror}."
                self._emit(Notice(text, severity="warning"))
                return
            if self._program is program:
                self._look()

        self._queue.do_then(keep, take)

    def list(self) -> None:
        """Look at every environment that is known: `EnvironmentsListed` follows."""
        program = self._program
        if program is None:
            return

        def look() -> list[Environment]:
            return list_environments(wanted_by(program, self._store), self._probe)

        def take(found: Future[list[Environment]]) -> None:
            current = self.current.choice if self.current is not None else ""
            self._emit(EnvironmentsListed(found.result(), current))

        self._queue.do_then(look, take)

    def tell_who_has(self, error: Error | None) -> None:
        """Where a run failed for want of a package, tell which environments have it."""
        program, module = self._program, missing_module(error)
        if program is None or not module:
            return

        def look() -> str:
            wanted = wanted_by(program, self._store)
            return who_has_words(module, list_environments(wanted, self._probe))

        def take(found: Future[str]) -> None:
            self._emit(Notice(found.result(), f"{module} is missing", "warning", _LONG_SECONDS))

        self._queue.do_then(look, take)

    def _look(self) -> None:
        program = self._program
        assert program is not None
        self._turn += 1
        turn, self.choosing = self._turn, True

        def look() -> Choice | Problem:
            wanted = wanted_by(program, self._store)
            try:
                return choose(wanted, self._probe)
            except Problem as problem:
                return with_the_others(problem, list_environments(wanted, self._probe))

        def take(found: Future[Choice | Problem]) -> None:
            if turn == self._turn:
                self.choosing = False
                self._take(program, found.result())

        self._queue.do_then(look, take)

    def _take(self, program: Program, found: Choice | Problem) -> None:
        waiting, self._waiting = self._waiting, None
        if isinstance(found, Problem):
            self.current, self.problem = None, found
            self._emit(EnvironmentMissing(program.path, found))
            if waiting is not None:
                self._emit(ProblemRaised(found))
            return
        self.current, self.problem = found.environment, None
        self._use(found.environment)
        self._emit(EnvironmentChosen(program.path, found.environment, found.passed_over))
        self._tell_passed_over(found)
        if waiting is not None:
            waiting(found.environment)

    def _tell_passed_over(self, found: Choice) -> None:
        """Name what the program asks for, or has beside it, and does not get."""
        for one in found.passed_over:
            expected = one.candidate.source in (Source.KERNEL, Source.VENV)
            if expected and one.problem is not None:
                text = f"{one.problem.title}. It runs in {found.environment.words}."
                self._emit(Notice(text, one.candidate.name, "warning"))
