"""Python text to syntax trees, and the literals in them. Nothing is executed."""

from __future__ import annotations

import ast
import warnings

from tflab.programs.check import Findings

Literal = int | float | bool | str


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


def parse_code(source: str, lines_before: int, findings: Findings) -> ast.Module | None:
    """Return the syntax tree of some code; None, and a finding, when Python cannot read it.

    Args:
        source: The code.
        lines_before: How many lines of the file come before it; the tree's lines are the file's.
        findings: Takes the problem.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
            compile(tree, "lesson", "exec", dont_inherit=True)
    except SyntaxError as error:
        line = min(error.lineno or 1, source.count("\n") + 1) + lines_before
        findings.add(line, f"Python cannot read this: {error.msg}.", _mend(error))
        return None
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        findings.add(
            lines_before + 1, f"Python cannot read this: {error}.", "Make its code simpler."
        )
        return None
    return ast.increment_lineno(tree, lines_before)


def _mend(error: SyntaxError) -> str:
    line = (error.text or "").strip()
    if line.startswith(("%", "!")):
        return "Remove the notebook magic: a lesson is plain Python."
    return "Mend the line; every prose line begins with `# `, and every cell is whole by itself."
