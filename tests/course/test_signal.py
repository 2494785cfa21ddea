"""Most of the code that a lesson shows is TensorFlow, Keras or mathematics, not plumbing.

`python -m tests.course.test_signal` prints the table.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from tests.course.course import LESSONS
from tflab.programs.program import Program

LEAST = 0.5
"""The share of lines that a lesson must spend on its subject."""

LIBRARIES = {"tf", "keras", "np", "math", "tensorflow", "numpy"}
PLUMBING = {"lab", "print", "zipfile", "inspect", "perf_counter", "os"}
"""Names whose calls report, draw, time or look into files; imports count as plumbing too."""

METHODS = {"assign", "assign_add", "assign_sub", "gradient", "watch"}
"""Methods that only variables and tapes have, of whatever name."""


@dataclass
class Tally:
    """Lines of code of a lesson, by what they are for."""

    subject: int = 0
    plumbing: int = 0

    @property
    def share(self) -> float:
        """The part of them that is about the subject."""
        return self.subject / (self.subject + self.plumbing)


def tally(lesson: Program) -> Tally:
    """Count the lines of a lesson that are shown unfolded: no parameters, goals or checks.

    An exercise counts as it is solved. Blank lines, comments and docstrings count as nothing. Each
    line belongs to the innermost statement on it; the head of a compound statement goes with its
    body.
    """
    goals = {goal.cell for goal in lesson.goals}
    cells = [
        cell
        for cell in lesson.cells
        if cell.kind == "code" and not (cell.is_parameters or cell.checks or cell.index in goals)
    ]
    count = Tally()
    known = set(LIBRARIES)
    for cell in cells:
        text = cell.exercise.solution if cell.exercise else cell.shown
        _count(ast.parse(text).body, known, count)
    return count


def _count(body: list[ast.stmt], known: set[str], count: Tally) -> bool:
    """Count the lines of these statements; return whether any is about the subject."""
    found = False
    for statement in body:
        if isinstance(statement, ast.ClassDef) and _about(statement.bases, known):
            known.add("self")
        inner = _inner(statement)
        lines = (statement.end_lineno or 0) - statement.lineno + 1
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if inner:
            head = _about(_head(statement), known)
            if head and isinstance(statement, ast.With):
                known |= _bound(statement)
            about = _count(inner, known, count) or (head and not isinstance(statement, ast.For))
            lines = max(1, inner[0].lineno - statement.lineno)
        else:
            about = _about([statement], known)
        if about:
            known |= _bound(statement)
            count.subject += lines
        else:
            computed = 0 if inner else len(_library_lines(statement))
            count.subject += computed
            count.plumbing += lines - computed
        found = found or about
    return found


def _inner(statement: ast.stmt) -> list[ast.stmt]:
    """Return the statements within a compound one."""
    found: list[ast.stmt] = []
    for node in ast.iter_child_nodes(statement):
        if isinstance(node, ast.stmt):
            found.append(node)
        elif isinstance(node, ast.ExceptHandler):
            found += node.body
    return found


def _head(statement: ast.stmt) -> list[ast.AST]:
    return [n for n in ast.iter_child_nodes(statement) if isinstance(n, ast.expr | ast.withitem)]


def _about(nodes: Sequence[ast.AST], known: set[str]) -> bool:
    """Whether code computes: with a library, with what came from one, or with arithmetic."""
    if any(isinstance(node, ast.Import | ast.ImportFrom) or _reports(node) for node in nodes):
        return False
    return any(
        (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in known)
        or (isinstance(node, ast.Attribute) and node.attr in METHODS)
        or isinstance(node, ast.BinOp | ast.AugAssign)
        for start in nodes
        for node in ast.walk(start)
    )


def _reports(node: ast.AST) -> bool:
    """Whether a statement is a call, or takes the answer of one, that is plumbing."""
    value = getattr(node, "value", None)
    while isinstance(value, ast.Call | ast.Attribute | ast.Subscript):
        value = value.func if isinstance(value, ast.Call) else value.value
    return isinstance(value, ast.Name) and value.id in PLUMBING


def _library_lines(statement: ast.stmt) -> set[int]:
    """Return the lines of a report on which it names a library: `print(tf.square(x))`."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return set()
    return {
        node.lineno
        for node in ast.walk(statement)
        if (isinstance(node, ast.Name) and node.id in LIBRARIES)
    }


def _bound(statement: ast.stmt) -> set[str]:
    """Return the names that a statement about the subject gives."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_at_least_half_of_a_lesson_is_about_its_subject(lesson_id: str) -> None:
    count = tally(LESSONS[lesson_id])
    assert count.share >= LEAST, count


if __name__ == "__main__":
    for name, lesson in LESSONS.items():
        found = tally(lesson)
        print(f"{name:22} {found.subject:4} {found.plumbing:4} {found.share:6.0%}")
