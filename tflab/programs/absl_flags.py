"""Parameters that a program reads from its command line by `absl.flags`."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from tflab.programs.option_arguments import (
    NOT_GIVEN,
    ArgumentReader,
    NoOptionError,
    Options,
    checked_parameter,
    help_text,
    is_true,
    method_name,
    read_choices,
    read_default,
)
from tflab.programs.program import Option, Parameter, ParameterType, Refusal
from tflab.programs.syntax import NotLiteral, what_it_is

_FLAG_TYPES: dict[str, ParameterType] = {
    "integer": "int",
    "float": "float",
    "string": "str",
    "bool": "bool",
    "boolean": "bool",
    "enum": "choice",
    "list": "str",
}


def flag_kind(call: ast.Call) -> str:
    """Return the kind of flag that a call declares, such as `integer`; empty when it does not."""
    name = call.func.id if isinstance(call.func, ast.Name) else method_name(call)
    return name.removeprefix("DEFINE_") if name.startswith("DEFINE_") else ""


def absl_flags(flags: list[ast.Call], calls: list[ast.Call], resolve: ArgumentReader) -> Options:
    """Return the flags that calls such as `DEFINE_integer` declare.

    Args:
        flags: Those calls.
        calls: Every call of the program, in order.
        resolve: Reads their arguments.
    """
    found = Options(by="absl.flags")
    required = {
        arg.value
        for call in calls
        if method_name(call) == "mark_flag_as_required"
        for arg in call.args
        if isinstance(arg, ast.Constant)
    }
    for call in flags:
        name = f"flag on line {call.lineno}"
        try:
            arguments = _flag_arguments(call)
            first = arguments.get("name")
            if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                raise NoOptionError("its name is not a literal")
            name = first.value
            found.parameters.append(_flag(call, name, arguments, resolve, name in required))
        except NoOptionError as error:
            found.refused.append(Refusal(name=name, line=call.lineno, reason=str(error)))
    return found


def _flag_arguments(call: ast.Call) -> dict[str, ast.expr]:
    order = ["name", "default", "help"]
    if flag_kind(call) == "enum":
        order = ["name", "default", "enum_values", "help"]
    given = dict(zip(order, call.args, strict=False))
    return given | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def _flag(
    call: ast.Call,
    name: str,
    arguments: Mapping[str, ast.expr],
    resolve: ArgumentReader,
    required: bool,
) -> Parameter:
    written = flag_kind(call)
    kind = _FLAG_TYPES.get(written)
    if kind is None:
        raise NoOptionError(f"DEFINE_{written} is not known here")
    default = read_default(arguments.get("default"), resolve)
    if default is NotLiteral:
        raise NoOptionError(f"its default is {what_it_is(arguments.get('default'))}")
    choices = read_choices(arguments.get("enum_values"), resolve)
    style: Any = "pair" if kind == "bool" else "value"
    note = ""
    if isinstance(default, list):
        default = ",".join(str(item) for item in default)
    if default is None:
        kind, default, note = ("choice" if choices else "str"), "", NOT_GIVEN
        choices = ("", *choices) if choices else ()
        style = "value"
    bounds: dict[str, Any] = {}
    for given, bound in (("lower_bound", "ge"), ("upper_bound", "le")):
        limit = read_default(arguments.get(given), resolve)
        if kind in ("int", "float") and isinstance(limit, int | float):
            bounds[bound] = limit
    return checked_parameter(
        name=name,
        type=kind,
        default=default,
        help=help_text(arguments.get("help")),
        choices=choices,
        line=call.lineno,
        note="required" if required or is_true(arguments.get("required")) else note,
        option=Option(
            flag=f"--{name}", style=style, negative=f"--no{name}" if style == "pair" else ""
        ),
        **bounds,
    )
