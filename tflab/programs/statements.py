"""Finding a lesson's goals and questions in its code, without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tflab.programs.check import Findings
from tflab.programs.dependence import Dependence
from tflab.programs.program import GoalSpec, Question
from tflab.programs.syntax import NotLiteral, literal, literals
from tflab.runs.text import plain_line

_QUOTE_IT = "Write it out in quotes, so that it can be shown before the run."


def find_goals(cell: int, tree: ast.Module, findings: Findings) -> Iterator[GoalSpec]:
    """Yield the `lab.goal` calls of a cell's syntax tree, in the file's order."""
    for call in _calls(tree, "goal"):
        text = _text(call, "text", findings, "The text of a goal")
        hint = _argument(call, 2, "hint")
        hints: tuple[str, ...] = ()
        if hint is not None:
            try:
                many = isinstance(hint, ast.List | ast.Tuple)
                hints = tuple(map(str, literals(hint) if many else (literal(hint),)))
            except NotLiteral as error:
                findings.add(error.line, "The hint of a goal is not literal.", _QUOTE_IT)
        if text:
            yield GoalSpec(
                id=_id(call, text, findings),
                text=text,
                hints=tuple(h for h in hints if h),
                cell=cell,
            )


def find_questions(
    cell: int, tree: ast.Module, findings: Findings, dependence: Dependence
) -> Iterator[Question]:
    """Yield the `lab.predict` calls of a cell's syntax tree, in the file's order."""
    for call in _calls(tree, "predict"):
        text = _text(call, "question", findings, "The question of a prediction")
        listed = _argument(call, 2, "choices")
        choices: tuple[str, ...] = ()
        answers: tuple[str, ...] = ()
        if listed is not None and not _is_none(listed):
            try:
                answers, choices = _choices(listed)
            except NotLiteral as error:
                findings.add(
                    error.line,
                    "The choices of a prediction are not literal.",
                    'Write them out in a list, such as `choices=["up", "down"]`.',
                )
        if text:
            yield Question(
                id=_id(call, text, findings),
                text=text,
                choices=choices,
                answers=answers,
                depends=dependence.parameters_behind(call.args[1:2] or [call]),
                cell=cell,
            )


def _calls(tree: ast.Module, name: str) -> list[ast.Call]:
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "lab"
    ]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    if len(call.args) > place:
        return call.args[place]
    return next((k.value for k in call.keywords if k.arg == name), None)


def _text(call: ast.Call, name: str, findings: Findings, what: str) -> str:
    node = _argument(call, 0, name)
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
        return node.value
    findings.add(call.lineno, f"{what} is not a literal text.", _QUOTE_IT)
    return ""


def _id(call: ast.Call, text: str, findings: Findings) -> str:
    """Return what a goal or a question is known by."""
    node = next((k.value for k in call.keywords if k.arg == "id"), None)
    if node is None:
        return text
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value or text
    findings.add(call.lineno, "An id is not a literal text.", _QUOTE_IT)
    return text


def _choices(node: ast.expr) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what each choice is known by, and what it says.

    Raises:
        NotLiteral: When they are no literals in a list, a tuple or a dict.
    """
    if not isinstance(node, ast.Dict):
        said = tuple(map(str, literals(node)))
        return said, said
    if None in node.keys:
        raise NotLiteral(node.lineno)
    keys = tuple(str(literal(key)) for key in node.keys if key is not None)
    return keys, tuple(str(literal(value)) for value in node.values)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def heading(source: str) -> str:
    """Return the first top-level Markdown heading of a prose cell, or an empty text."""
    fence = ""
    for line in source.splitlines():
        mark = line.lstrip()[:3]
        if mark in ("```", "~~~"):
            fence = "" if mark == fence else fence or mark
        elif not fence and line.startswith(("# ", "#\t")):
            return _without_marks(plain_line(line[1:]).rstrip("#").rstrip())
    return ""


def _without_marks(text: str) -> str:
    """Return words without the marks that Markdown makes bold, code and links of."""
    return _MARKED.sub(lambda found: next(part for part in found.groups() if part), text)


_MARKED = re.compile(r"\*\*(.+?)\*\*|\*(\S(?:[^*]*\S)?)\*|`([^`]+)`|\[([^\]]+)\]\([^)]*\)")
