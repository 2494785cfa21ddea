"""Collecting what is wrong with a lesson file, so that all of it is told at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tflab.programs.program import LessonProblem
from tflab.runs.record import Problem
from tflab.runs.text import plain_line


class ProgramError(Problem):
    """A lesson file that cannot be used. `problems` has every reason, in the file's order."""

    def __init__(self, path: Path, problems: Sequence[LessonProblem]) -> None:
        first, *others = problems
        where = f"Line {first.line}: " if first.line else ""
        more = f" ({len(others)} more: see `tflab check {path}`.)" if others else ""
        super().__init__(
            f"{plain_line(path.name)} is not a good lesson",
            f"{where}{first.message}{more}",
            first.next_step,
        )
        self.path = path
        self.problems = tuple(problems)


class Findings:
    """The problems found so far in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._problems: list[LessonProblem] = []

    def add(self, line: int, message: str, next_step: str) -> None:
        """Note a problem. `line` is from 1, or 0 for the whole file."""
        self._problems.append(
            LessonProblem(
                path=self.path,
                line=line,
                message=plain_line(message),
                next_step=plain_line(next_step),
            )
        )

    @property
    def problems(self) -> list[LessonProblem]:
        """Every problem, by line; those of the whole file first."""
        return sorted(self._problems, key=lambda problem: problem.line)

    def error(self) -> ProgramError:
        """Return the problems as an error to raise; there must be one at least."""
        return ProgramError(self.path, self.problems)
