"""Collecting what is found in a program's file, so that all of it is told at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from tflab.programs.program import Cell, Finding
from tflab.runs.record import Problem
from tflab.runs.text import plain_line

Level = Literal["error", "warning", "advice"]


def in_notebook(cells: Sequence[Cell], line: int) -> tuple[str, int]:
    """Return what the cell of a line is called and the line in it, or no name and the line.

    Only cells of notebooks, and of edited programs, have names: nobody sees the lines of their
    listing.
    """
    cell = next((c for c in reversed(cells) if 0 < c.line <= line), None)
    return (cell.label, line - cell.line + 1) if cell and cell.label else ("", line)


def place_words(cells: Sequence[Cell], line: int) -> str:
    """Return where a line is, such as `line 7` or `cell 3 (In [2]), line 1`."""
    label, line = in_notebook(cells, line)
    return f"{label}, line {line}" if label else f"line {line}"


def with_places(cells: Sequence[Cell], text: str) -> str:
    """Return a text whose `on line 7` is `in cell 3 (In [2]), line 1` where cells have names."""

    def told(match: re.Match[str]) -> str:
        label, line = in_notebook(cells, int(match[1]))
        return f"in {label}, line {line}" if label else match[0]

    return re.sub(r"\bon line (\d+)", told, text)


class ProgramError(Problem):
    """A program's file that cannot be used. `problems` has every reason, in the file's order.

    Args:
        path: The file.
        problems: The reasons; there is one at least.
        lesson: Whether it is written as a lesson, which has to be good and not only to run.
    """

    def __init__(self, path: Path, problems: Sequence[Finding], lesson: bool = False) -> None:
        first, *others = problems
        where = f"{first.cell}, line {first.line}: " if first.cell else f"Line {first.line}: "
        where = (where[:1].upper() + where[1:]) if first.line else ""
        more = f" ({len(others)} more: see `tflab check {path}`.)" if others else ""
        super().__init__(
            f"{plain_line(path.name)} {'is not a good lesson' if lesson else 'cannot be opened'}",
            f"{where}{first.message}{more}",
            first.next_step,
        )
        self.path = path
        self.problems = tuple(problems)


class Findings:
    """What has been found so far in one file.

    Attributes:
        cells: The cells of a notebook: a finding then names its cell, and the line in that.
        lesson: Whether the file is written as a lesson.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cells: Sequence[Cell] = ()
        self.lesson = False
        self._found: list[Finding] = []

    def add(
        self, line: int, message: str, next_step: str, level: Level = "error", column: int = 0
    ) -> None:
        """Note a finding. `line` and `column` are from 1, or 0 for the whole file or line."""
        label, line = in_notebook(self.cells, line)
        self._found.append(
            Finding(
                path=self.path,
                line=line,
                column=column,
                message=plain_line(message),
                next_step=plain_line(next_step),
                level=level,
                cell=label,
            )
        )

    def take(self, other: Findings) -> None:
        """Note what another collection has found in the same file."""
        self._found += other._found

    @property
    def problems(self) -> list[Finding]:
        """Every error, by line; those of the whole file first."""
        return sorted((f for f in self._found if f.level == "error"), key=_place)

    @property
    def remarks(self) -> list[Finding]:
        """Every warning and every advice, by line."""
        return sorted((f for f in self._found if f.level != "error"), key=_place)

    def error(self) -> ProgramError:
        """Return the problems as an error to raise; there must be one at least."""
        return ProgramError(self.path, self.problems, self.lesson)


def _place(finding: Finding) -> tuple[int, int]:
    return finding.line, finding.column
