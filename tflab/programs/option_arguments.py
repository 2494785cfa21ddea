"""Reading the arguments of a call that declares an option; those of `argparse` and absl alike."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import msgspec

from tflab.programs.bindings import GlobalNames
from tflab.programs.parameters import ValueProblem, check_value
from tflab.programs.program import RESERVED, Parameter, Refusal
from tflab.programs.syntax import Literal, NotLiteral, folded
from tflab.runs.text import plain_line

NOT_GIVEN = "empty: not given"
"""What is noted of an option whose default is None."""

COMPUTED = "empty: what the program computes"
"""What is noted of an option whose default only a run can tell."""


class Options(msgspec.Struct, kw_only=True):
    """What a program reads from its command line; `by` is empty where it reads nothing."""

    by: str = ""
    parameters: list[Parameter] = []
    refused: list[Refusal] = []


class NoOptionError(Exception):
    """Why an option is no parameter."""


class ArgumentReader:
    """Reads an argument that is a literal, or a global name that is assigned one once.

    Args:
        names: The global names of the program.
        modules: The first and the last line of each other module, and its global names.
    """

    def __init__(
        self, names: GlobalNames, modules: Sequence[tuple[int, int, GlobalNames]] = ()
    ) -> None:
        self._names = names
        self._modules = modules

    def read(self, node: ast.expr) -> Any:
        """Return the value: a literal, None, or a list of literals.

        Raises:
            NotLiteral: When it is anything else.
        """
        if isinstance(node, ast.Constant) and node.value is None:
            return None
        if isinstance(node, ast.List | ast.Tuple):
            return [self.read(item) for item in node.elts]
        if isinstance(node, ast.Name):
            return self._named(node)
        return folded(node)

    def _named(self, node: ast.Name) -> Literal:
        names = next(
            (own for first, last, own in self._modules if first < node.lineno <= last), self._names
        )
        bound = names.bound.get(node.id, [])
        if len(bound) == 1 and bound[0].how == "=" and bound[0].value is not None:
            return folded(bound[0].value)
        raise NotLiteral(node.lineno)


def checked_parameter(**fields: Any) -> Parameter:
    """Return the parameter, if its default is one that it takes."""
    name = fields["name"]
    fields["name"] = f"program_{name}" if name in RESERVED else name
    fields["help"] = plain_line(fields["help"])
    if fields["type"] == "str" and not isinstance(fields["default"], str):
        fields["default"] = str(fields["default"])
    optional = fields.get("optional", False)
    if fields["type"] in ("int", "float") and isinstance(fields["default"], str) and not optional:
        # Argparse reads a default that is a text as it reads what a person gives.
        try:
            fields["default"] = {"int": int, "float": float}[fields["type"]](fields["default"])
        except ValueError:
            fields["type"] = "str"
    default = fields["default"]
    if fields["type"] == "int" and isinstance(default, float) and default.is_integer():
        # As in `default=6e7`, which stays what it is where it is not given.
        fields["default"] = int(default)
    parameter = Parameter(**fields)
    try:
        default = check_value(parameter, parameter.default)
    except ValueProblem as problem:
        raise NoOptionError(f"its default is none that it takes: {problem.cause}") from problem
    return msgspec.structs.replace(parameter, default=default)


def read_choices(node: ast.expr | None, resolve: ArgumentReader) -> tuple[Any, ...]:
    """Return choices that are written out, none when there are none or only bounds.

    Raises:
        NoOptionError: When they are computed, or are not texts and whole numbers.
    """
    if node is None or is_range(node):
        return ()
    try:
        found = resolve.read(node)
    except NotLiteral:
        raise NoOptionError("its choices are not written out") from None
    if not isinstance(found, list) or not all(type(item) in (int, str) for item in found):
        raise NoOptionError("its choices are neither texts nor whole numbers")
    return tuple(dict.fromkeys(found))


def is_range(node: ast.expr | None) -> bool:
    """Whether an expression is a call of `range`."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "range"


def range_bounds(node: ast.expr | None) -> dict[str, int]:
    """Return the bounds that `choices=range(1, 9)` sets."""
    if not isinstance(node, ast.Call) or not is_range(node) or not 1 <= len(node.args) <= 2:
        return {}
    try:
        ends = [folded(arg) for arg in node.args]
    except NotLiteral:
        return {}
    if not all(type(end) is int for end in ends):
        return {}
    low, high = (0, ends[0]) if len(ends) == 1 else ends
    return {"ge": int(low), "le": int(high) - 1}


def read_default(node: ast.expr | None, resolve: ArgumentReader) -> Any:
    """Return a default: a literal, a list of them, or None; `NotLiteral` for anything else."""
    if node is None or ast.unparse(node).endswith("SUPPRESS"):
        return None
    try:
        return resolve.read(node)
    except NotLiteral:
        return NotLiteral


def help_text(node: ast.expr | None) -> str:
    """Return a help that is written out; empty for any other."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_true(node: ast.expr | None) -> bool:
    """Whether an expression is True."""
    return isinstance(node, ast.Constant) and node.value is True


def method_name(call: ast.Call) -> str:
    """Return the name of the method that is called; empty for a plain function."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def keyword_argument(call: ast.Call, name: str) -> ast.expr | None:
    """Return the argument of that name, or None."""
    return next((k.value for k in call.keywords if k.arg == name), None)
