"""Runs of the shipped lessons, for the tests: real ones, by the same way as the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tflab.programs.code_cells import code_cells
from tflab.programs.library import course_folder
from tflab.programs.parameters import check_values
from tflab.programs.program import Program
from tflab.programs.reader import read_program
from tflab.runs.record import RunRequest
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.targets.fork_server import ForkServer
from tflab.targets.runner import begin, follow

LESSONS: dict[str, Program] = {
    lesson.id: lesson for lesson in map(read_program, sorted(course_folder().glob("*.py")))
}


class Outcome:
    """One finished run of a lesson.

    Attributes:
        results: What it reported, by name; tensors as arrays, non-finite numbers as floats.
        goals: Whether each goal was reached, by text.
        state: All of the run.
    """

    def __init__(self, state: RunState, folder: Path) -> None:
        self.state = state
        self.folder = folder
        self.goals = {goal.text: goal.passed for goal in state.goals.values()}
        self.answers = {said.question: said.answer for said in state.predictions.values()}
        self.results: dict[str, Any] = {
            name: _number(result.value)
            if result.tensor is None
            else np.array(result.tensor.values, dtype=result.tensor.dtype)
            for name, result in state.results.items()
        }

    @property
    def output(self) -> str:
        """Everything that the lesson printed."""
        return (self.folder / "output.log").read_text(encoding="utf-8")


class Course:
    """Runs lessons; the same run twice is made once.

    A lesson takes seconds, so that no run is made for one claim alone: those at the defaults show
    that it runs beside the workbench, all others that it needs no more than TensorFlow.

    Args:
        server: The fork server that runs lessons at their defaults.
        root: Where the runs are kept.
        bare: The one for all other runs, whose interpreter has nothing of ours; by default
            `server` too.
    """

    def __init__(self, server: ForkServer, root: Path, bare: ForkServer | None = None) -> None:
        self._server = server
        self._bare = bare or server
        self._store = RunStore(root)
        self._made: dict[tuple[Any, ...], Outcome] = {}

    def run(self, lesson_id: str, *, seed: int = 0, **values: Any) -> Outcome:
        """Run a lesson with these parameters and the defaults of the rest; it must finish."""
        key = (lesson_id, seed, *sorted(values.items()))
        if key not in self._made:
            self._made[key] = self._run(LESSONS[lesson_id], seed, values)
        return self._made[key]

    def _run(self, lesson: Program, seed: int, values: dict[str, Any]) -> Outcome:
        request = RunRequest(
            lesson=lesson.id,
            title=lesson.title,
            path=str(lesson.path),
            source=lesson.source,
            parameters=check_values(lesson, values),
            cells=code_cells(lesson),
            seed=seed,
        )
        server = self._bare if seed or values else self._server
        run = begin(server, self._store, request)
        follow(server, run)
        assert run.state.status == "finished", (lesson.id, values, run.state.error)
        return Outcome(run.state, run.folder)


def _number(value: Any) -> Any:
    return float(value) if value in ("nan", "inf", "-inf") else value
