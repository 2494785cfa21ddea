"""Reading literals from a syntax tree."""

from __future__ import annotations

import ast

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
