"""Python text to syntax trees, and the literals in them. Nothing is executed."""

from __future__ import annotations

import ast
import operator
import warnings
from typing import Any

from tflab.programs.check import Findings, Level

Literal = int | float | bool | str

_MOST_POWER = 64
_ARITHMETIC: dict[type[ast.operator], Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}


class NotLiteral(Exception):
    """The expression on `line` is no number, text, True or False as such."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def literal(node: ast.expr) -> Literal:
    """Return the number, text or truth value that `node` writes out.

    Raises:
        NotLiteral: When it is anything else, None included.
    """
    match node:
        case ast.Constant(value=bool() | int() | float() | str() as value):
            return value
        case ast.UnaryOp(
            op=ast.USub() | ast.UAdd() as sign, operand=ast.Constant(value=int() | float() as size)
        ) if not isinstance(size, bool):
            return -size if isinstance(sign, ast.USub) else size
    raise NotLiteral(node.lineno)


def folded(node: ast.expr, deepest: int = 20) -> Literal:
    """Return a literal, or the number that arithmetic on literal numbers gives, such as `64 * 8`.

    Raises:
        NotLiteral: When it is anything else.
    """
    if not isinstance(node, ast.BinOp) or not deepest:
        return literal(node)
    left, right = folded(node.left, deepest - 1), folded(node.right, deepest - 1)
    operation = _ARITHMETIC.get(type(node.op))
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if operation is None or not numbers or bool in (type(left), type(right)):
        raise NotLiteral(node.lineno)
    if isinstance(node.op, ast.Pow) and not (
        abs(right) <= _MOST_POWER and abs(left) <= _MOST_POWER  # type: ignore[arg-type]
    ):
        raise NotLiteral(node.lineno)
    try:
        value: Any = operation(left, right)
    except (ArithmeticError, ValueError) as error:
        raise NotLiteral(node.lineno) from error
    if not isinstance(value, int | float):
        raise NotLiteral(node.lineno)
    return value


def literals(node: ast.expr) -> tuple[Literal, ...]:
    """Return the literals of a list or tuple.

    Raises:
        NotLiteral: When it is no list or tuple, or one of its items is no literal.
    """
    if not isinstance(node, ast.List | ast.Tuple):
        raise NotLiteral(node.lineno)
    return tuple(literal(item) for item in node.elts)


def what_it_is(node: ast.expr | None) -> str:
    """Say in a few words what an expression is that is no literal."""
    match node:
        case None:
            return "missing"
        case ast.Constant(value=None):
            return "None"
        case ast.Constant(value=bytes()):
            return "bytes"
        case ast.JoinedStr():
            return "a text that is put together when it runs"
        case ast.Call():
            return "what a call returns, so not a literal"
    kinds = {ast.List: "a list", ast.Tuple: "a tuple", ast.Dict: "a dictionary", ast.Set: "a set"}
    return kinds.get(type(node), "not a literal")


def parse_quietly(source: str, notebook: bool = False) -> ast.Module | None:
    """Return the syntax tree of some code that Python can run; None when it cannot.

    Args:
        source: The code.
        notebook: Whether `await` may stand at its top level.
    """
    try:
        return _parse(source, notebook)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None


def code_error(source: str, notebook: bool = False) -> tuple[int, int, str] | None:
    """Return why Python cannot read some code: its line and column, from 1, and the reason.

    None when it can.

    Args:
        source: The code.
        notebook: Whether `await` may stand at its top level.
    """
    try:
        _parse(source, notebook)
    except SyntaxError as error:
        last = source.count("\n") + 1
        return min(error.lineno or 1, last), max(error.offset or 1, 1), str(error.msg)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return 1, 1, str(error) or "it is too deep for Python"
    return None


def _parse(source: str, notebook: bool) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if notebook else 0
        compile(tree, "program", "exec", flags=flags, dont_inherit=True)
    return tree


def parse_code(
    source: str,
    lines_before: int,
    findings: Findings,
    lesson: bool = True,
    level: Level = "error",
    notebook: bool = False,
) -> ast.Module | None:
    """Return the syntax tree of some code; None, and a finding, when Python cannot read it.

    Args:
        source: The code.
        lines_before: How many lines of the file come before it; the tree's lines are the file's.
        findings: Takes the problem.
        lesson: Whether it is a lesson's, which has rules of its own.
        level: How bad the problem is.
        notebook: Whether `await` may stand at its top level.
    """
    try:
        tree = _parse(source, notebook)
    except SyntaxError as error:
        line = min(error.lineno or 1, source.count("\n") + 1) + lines_before
        if (error.text or "").startswith(_CONFLICT):
            findings.add(
                line,
                "It holds the marks of a merge conflict.",
                "Resolve the conflict, then try again.",
                level,
            )
            return None
        findings.add(line, f"Python cannot read this: {error.msg}.", _mend(error, lesson), level)
        return None
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        findings.add(
            lines_before + 1, f"Python cannot read this: {error}.", "Make its code simpler.", level
        )
        return None
    return ast.increment_lineno(tree, lines_before)


_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")


def _mend(error: SyntaxError, lesson: bool) -> str:
    if not lesson:
        return "Mend the line; it stops any Python there."
    line = (error.text or "").strip()
    if line.startswith(("%", "!")):
        return "Remove the notebook magic: a lesson is plain Python."
    return "Mend the line; every prose line begins with `# `, and every cell is whole by itself."
