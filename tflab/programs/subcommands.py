"""Subcommands of `argparse`: which there are, and which of them an option belongs to."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tflab.programs.option_arguments import (
    checked_parameter,
    help_text,
    is_true,
    keyword_argument,
    method_name,
)
from tflab.programs.program import Option, Parameter

_GROUPS = ("add_argument_group", "add_mutually_exclusive_group")
_DEPTH = 8


class _Bound(NamedTuple):
    """A name that holds a parser from a line on: what it is bound to, and where it is known."""

    name: str
    line: int
    values: tuple[ast.expr, ...]
    scope: tuple[int, int] | None = None


class Subcommands:
    """The subcommands of a program.

    Args:
        trees: Its syntax trees.
        calls: Every call in them, in order.

    Attributes:
        names: What they are called; empty where there is none, or where they cannot be told.
    """

    def __init__(self, trees: Sequence[ast.Module], calls: Sequence[ast.Call]) -> None:
        self._makers = [call for call in calls if method_name(call) == "add_subparsers"]
        added = [call for call in calls if method_name(call) == "add_parser"]
        named = [name for call in added if (name := _literal_name(call))]
        whole = len(self._makers) == 1 and len(named) == len(added)
        self.names = tuple(dict.fromkeys(named)) if whole else ()
        nodes = [node for tree in trees for node in ast.walk(tree)]
        self._bound = sorted(_bindings(nodes, calls), key=lambda bound: bound.line)
        self._parents = [
            (parent.id, call)
            for call in calls
            if isinstance(parents := keyword_argument(call, "parents"), ast.List | ast.Tuple)
            for parent in parents.elts
            if isinstance(parent, ast.Name)
        ]

    def chooser(self) -> Parameter | None:
        """Return the parameter that chooses among them; None where that cannot be done."""
        if not self.names:
            return None
        (call,) = self._makers
        required = is_true(keyword_argument(call, "required"))
        return checked_parameter(
            name=_text(keyword_argument(call, "dest")) or "command",
            type="choice",
            default="",
            choices=("", *self.names),
            help=help_text(keyword_argument(call, "help")),
            line=call.lineno,
            note="required" if required else "a subcommand; empty: none",
            option=Option(flag="", style="command"),
        )

    def of(self, call: ast.Call) -> tuple[str, ...]:
        """Return the subcommands that an `add_argument` belongs to; empty for the program's own."""
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        found = self._owners(owner, call.lineno, _DEPTH) if owner is not None else frozenset()
        return tuple(name for name in self.names or sorted(found) if name in found)

    def _owners(self, node: ast.expr, line: int, depth: int) -> frozenset[str]:
        if depth == 0:
            return frozenset()
        if isinstance(node, ast.Call):
            if method_name(node) == "add_parser":
                return frozenset([_literal_name(node) or "?"])
            if method_name(node) in _GROUPS and isinstance(node.func, ast.Attribute):
                return self._owners(node.func.value, line, depth - 1)
        if isinstance(node, ast.Name):
            return self._owners_of_name(node.id, line, depth)
        return frozenset()

    def _owners_of_name(self, name: str, line: int, depth: int) -> frozenset[str]:
        takers = [call for parent, call in self._parents if parent == name]
        if takers:
            found = [self._owners(call, call.lineno, depth - 1) for call in takers]
            # What the program itself takes too is its own.
            return frozenset().union(*found) if all(found) else frozenset()
        known = [
            b for b in self._bound if b.name == name and b.line <= line and _within(b.scope, line)
        ]
        inner = [b for b in known if b.scope is not None]
        if not known:
            return frozenset()
        bound = (inner or known)[-1]
        owners = [self._owners(value, value.lineno, depth - 1) for value in bound.values]
        return frozenset().union(*owners) if all(owners) else frozenset()


def _within(scope: tuple[int, int] | None, line: int) -> bool:
    return scope is None or scope[0] <= line <= scope[1]


def _bindings(nodes: Sequence[ast.AST], calls: Sequence[ast.Call]) -> Iterator[_Bound]:
    """Yield what names are bound to: by assignment, by a loop, and as a function's argument."""
    for node in nodes:
        match node:
            case ast.Assign(value=value):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        yield _Bound(target.id, node.lineno, (value,))
            case ast.For(target=ast.Name(id=name), iter=ast.List(elts=items)):
                yield _Bound(name, node.lineno, tuple(items), _lines(node))
            case ast.For(target=ast.Name(id=name), iter=ast.Tuple(elts=items)):
                yield _Bound(name, node.lineno, tuple(items), _lines(node))
            case ast.FunctionDef():
                yield from _arguments(node, calls)
            case _:
                pass


def _arguments(function: ast.FunctionDef, calls: Sequence[ast.Call]) -> Iterator[_Bound]:
    arguments = function.args.args
    given = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == function.name]
    if not given:
        # A method, called on its object, which is its first argument.
        given, arguments = [c for c in calls if method_name(c) == function.name], arguments[1:]
    for place, argument in enumerate(arguments):
        values = [
            call.args[place] if place < len(call.args) else keyword_argument(call, argument.arg)
            for call in given
        ]
        found = tuple(value for value in values if value is not None)
        if found:
            yield _Bound(argument.arg, function.lineno, found, _lines(function))


def _lines(node: ast.stmt) -> tuple[int, int]:
    return node.lineno, node.end_lineno or node.lineno


def _literal_name(call: ast.Call) -> str:
    return _text(call.args[0] if call.args else keyword_argument(call, "name"))


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
