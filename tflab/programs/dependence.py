"""Which parameters an expression of a program depends on, told from the code alone.

Each statement counts whole, and what it may change with all that it reads, so that rather too much
is said to matter than too little.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class _Step(NamedTuple):
    """A statement at the top level: the names it may set or change, and those it reads."""

    line: int
    changes: frozenset[str]
    reads: frozenset[str]


class Dependence:
    """What the names of a program depend on.

    Args:
        trees: The syntax trees of its code cells, with the lines of its source.
        parameters: The name of each parameter, by its name in the code.
    """

    def __init__(self, trees: Iterable[ast.Module], parameters: Mapping[str, str]) -> None:
        self._parameters = parameters
        statements = [statement for tree in trees for statement in tree.body]
        self._steps = [_step(statement) for statement in statements]

    def parameters_behind(self, expressions: Sequence[ast.expr]) -> tuple[str, ...]:
        """Return the parameters that some expressions may depend on."""
        needed = {name for node in expressions for name in _names(node)}
        line = max((node.lineno for node in expressions), default=0)
        before = None
        # A function may be defined after what it reads is set, so once is not enough.
        while before != needed:
            before = set(needed)
            for step in reversed(self._steps):
                if step.line <= line and step.changes & needed:
                    needed |= step.reads
        return tuple(name for code, name in self._parameters.items() if code in needed)


def _names(node: ast.AST) -> set[str]:
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}


def _step(statement: ast.stmt) -> _Step:
    changes: set[str] = set()
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        for node in ast.walk(statement):
            changes |= _changed_by(node)
    return _Step(statement.lineno, frozenset(changes), frozenset(_names(statement)))


def _changed_by(node: ast.AST) -> set[str]:
    """Return the names that a piece of code sets, or whose values it may change."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return {name}
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Call(func=ast.Attribute(value=owner)) if not _only_tells(owner, node):
            # `w.assign_sub(step)`, `losses.append(loss)`.
            return {_root(owner)} - {""}
        case ast.Subscript(value=owner, ctx=ast.Store()):
            return {_root(owner)} - {""}
        case ast.Attribute(value=owner, ctx=ast.Store()):
            return {_root(owner)} - {""}
    return set()


_READS = frozenset({"numpy", "item", "tolist", "format", "join"})
"""Methods that change nothing of what they are called on."""


def _only_tells(owner: ast.expr, call: ast.Call) -> bool:
    reads = isinstance(call.func, ast.Attribute) and call.func.attr in _READS
    return reads or (isinstance(owner, ast.Name) and owner.id == "lab")


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
