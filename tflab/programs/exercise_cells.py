"""Which cells of a program are exercises, which cells check them, and what each is known by."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

import msgspec

from tflab.programs.check import Findings, Level
from tflab.programs.exercise_marks import (
    Parts,
    has_solution,
    is_released,
    split_exercise,
    whole_solution,
)
from tflab.programs.exercises import SECONDS, Exercise
from tflab.programs.program import Cell
from tflab.runs.text import plain_line

_NAMED = re.compile(r"^(?:(?:async )?def|class)\s+(\w+)|^(\w+)\s*(?::[^=]+)?=[^=]", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}[ \t]+(\S.*?)[ \t]*#*$", re.MULTILINE)
_MADE_BY_NBGRADER = re.compile(r"(cell-)?[0-9a-f]{8,}")


def with_exercises(
    cells: Sequence[Cell],
    trees: Mapping[int, ast.Module],
    findings: Findings,
    is_lesson: bool,
) -> tuple[Cell, ...]:
    """Return a program's cells, those marked that a learner writes and those that check them.

    Args:
        cells: The cells.
        trees: The syntax tree of each code cell that Python can read, by its index.
        findings: Takes what is wrong with their marks.
        is_lesson: Whether the author wrote for tflab; faults are errors then.
    """
    code = [cell for cell in cells if cell.kind == "code"]
    is_source = any(has_solution(cell.source) for cell in code)
    made: dict[int, Cell] = {}
    names = _Names(findings, is_lesson)
    exercise: Exercise | None = None
    for cell in code:
        if _is_exercise(cell):
            exercise = _exercise(cell, cells, is_source, names)
            made[cell.index] = msgspec.structs.replace(cell, exercise=exercise)
        elif exercise is not None and (
            _is_check(cell, trees.get(cell.index))
            or _only_asserts(cell, made[exercise.cell], trees.get(cell.index))
        ):
            checked = _checked_by(cell, [one.exercise for one in made.values() if one.exercise])
            points = checked.points + (cell.grading.points if cell.grading else 0.0)
            tests = (*checked.tests, cell.index)
            checked = msgspec.structs.replace(checked, tests=tests, points=points)
            home = made[checked.cell]
            made[checked.cell] = msgspec.structs.replace(home, exercise=checked)
            made[cell.index] = msgspec.structs.replace(cell, checks=checked.id)
    if not made:
        return tuple(cells)
    names.tell_unchecked(list(made.values()))
    return tuple(made.get(cell.index, cell) for cell in cells)


def _checked_by(cell: Cell, exercises: Sequence[Exercise]) -> Exercise:
    """Return the exercise that a cell checks: the one right above it.

    nbgrader lets tests stand anywhere: there, it is the last one whose names the cell mentions,
    where those of the one right above are not among them.
    """
    if cell.grading is None or not cell.grading.grade or not _names_of(exercises[-1]):
        return exercises[-1]
    mentioned = set(re.findall(r"\w+", cell.source))
    named = (one for one in reversed(exercises) if not mentioned.isdisjoint(_names_of(one)))
    return next(named, exercises[-1])


def _names_of(exercise: Exercise) -> set[str]:
    """Return the names that an exercise gives a value, as far as its text tells."""
    found = _NAMED.findall(f"{exercise.starter}\n{exercise.solution}")
    return {name for pair in found for name in pair if name}


def _is_exercise(cell: Cell) -> bool:
    by_nbgrader = cell.grading is not None and cell.grading.solution
    return by_nbgrader or "exercise" in cell.tags or has_solution(cell.source)


def _is_check(cell: Cell, tree: ast.Module | None) -> bool:
    if "check" in cell.tags or (cell.grading is not None and cell.grading.grade):
        return True
    return "lab.check(" in cell.source and tree is not None and _calls_check(tree)


def _only_asserts(cell: Cell, exercise: Cell, tree: ast.Module | None) -> bool:
    """Whether a cell does nothing but assert, where no graded notebook says which cells check."""
    if tree is None or cell.grading is not None or exercise.grading is not None:
        return False
    asserts = [one for one in tree.body if not isinstance(one, ast.Import | ast.ImportFrom)]
    return bool(asserts) and all(isinstance(one, ast.Assert) or _calls_assert(one)
                                 for one in asserts)  # fmt: skip


def _calls_assert(statement: ast.stmt) -> bool:
    """Whether a statement is a call such as `np.testing.assert_allclose(…)`."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    called = statement.value.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name.startswith("assert")


def _calls_check(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "check"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "lab"
        for node in ast.walk(tree)
    )


def _exercise(cell: Cell, cells: Sequence[Cell], is_source: bool, names: _Names) -> Exercise:
    grading = cell.grading
    parts = split_exercise(cell.source)
    # nbgrader takes a solution cell without marks as a whole, in the teacher's own version.
    if not parts.solution and is_source and grading and not is_released(cell.source):
        parts = whole_solution(cell.source)
    names.tell(cell, parts)
    name = names.take(cell, parts)
    return Exercise(
        id=name,
        title=_title(cell, cells, names.count),
        kind=parts.kind,
        cell=cell.index,
        starter=parts.starter,
        solution=parts.solution,
        hints=parts.hints,
        points=grading.points if grading else 0.0,
        by_hand=grading is not None and grading.grade,
        seconds=cell.seconds or SECONDS,
    )


def _title(cell: Cell, cells: Sequence[Cell], number: int) -> str:
    if cell.title:
        return cell.title
    before = cells[cell.index - 1] if cell.index else None
    if before is not None and before.kind == "prose":
        headings = _HEADING.findall(before.source)
        if headings:
            return plain_line(headings[-1])
    given = cell.grading.grade_id if cell.grading else ""
    if given and not _MADE_BY_NBGRADER.fullmatch(given):
        return given.replace("_", " ").replace("-", " ")
    return f"Exercise {number}"


class _Names:
    """Gives exercises their ids, and tells what is wrong with their marks."""

    def __init__(self, findings: Findings, is_lesson: bool) -> None:
        self._findings = findings
        self._level: Level = "error" if is_lesson else "warning"
        self._is_lesson = is_lesson
        self._taken: set[str] = set()
        self.count = 0

    def take(self, cell: Cell, parts: Parts) -> str:
        """Return what an exercise is known by."""
        self.count += 1
        given = (cell.grading.grade_id if cell.grading else "") or cell.id
        name = given or _defined(parts.solution or parts.starter) or f"exercise-{self.count}"
        if name in self._taken:
            if given:
                self._add(
                    cell.line,
                    f"Two exercises have the id `{name}`.",
                    "Give each an id of its own; progress is kept under it.",
                )
            name = f"{name}-{self.count}"
        self._taken.add(name)
        return name

    def tell(self, cell: Cell, parts: Parts) -> None:
        """Tell what is wrong with the marks of a cell."""
        for fault in parts.faults:
            self._add(cell.line + fault.line - 1, fault.message, fault.next_step)
        if self._is_lesson and not parts.solution:
            self._add(
                cell.line,
                "This exercise has no solution.",
                "Write it between `### BEGIN SOLUTION` and `### END SOLUTION`.",
            )
        if self._is_lesson and not cell.id and not cell.grading:
            self._findings.add(
                cell.line,
                "This exercise has no id, so renaming what it defines loses who has solved it.",
                'Give it one, as in `# %% A title id="mean-square" tags=["exercise"]`.',
                level="advice",
            )

    def tell_unchecked(self, cells: Sequence[Cell]) -> None:
        """Tell which exercises of a lesson nothing checks."""
        for cell in cells:
            if self._is_lesson and cell.exercise is not None and not cell.exercise.tests:
                self._add(
                    cell.line,
                    "Nothing checks this exercise.",
                    "Write a code cell after it with `lab.check(name, what, expected)`.",
                )

    def _add(self, line: int, message: str, next_step: str) -> None:
        self._findings.add(line, message, next_step, level=self._level)


def _defined(source: str) -> str:
    """Return the first name that some code defines at its top level."""
    match = _NAMED.search(source)
    return (match[1] or match[2]).replace("_", "-") if match else ""
