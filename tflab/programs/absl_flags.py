"""Parameters that a program reads from its command line by `absl.flags`."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Mapping
from typing import Any

from tflab.programs.option_arguments import (
    COMPUTED,
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
from tflab.programs.syntax import NotLiteral

_FLAG_TYPES: dict[str, ParameterType] = {
    "integer": "int",
    "float": "float",
    "string": "str",
    "bool": "bool",
    "boolean": "bool",
    "enum": "choice",
    "list": "str",
    "spaceseplist": "str",
    "multi_string": "str",
    "multi_integer": "str",
    "multi_float": "str",
    "multi_enum": "str",
    "enum_class": "str",
    "multi_enum_class": "str",
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
    if "enum" in flag_kind(call):
        order = ["name", "default", "enum_values", "help"]
    given = dict(zip(order, call.args, strict=False))
    return given | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def _choices(
    written: str, arguments: Mapping[str, ast.expr], resolve: ArgumentReader
) -> tuple[Any, ...]:
    """Return the values of an enum; none where only a run knows them, and the flag itself looks."""
    try:
        return read_choices(arguments.get("enum_values"), resolve) if written == "enum" else ()
    except NoOptionError:
        return ()


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
    choices = _choices(written, arguments, resolve)
    if kind == "choice" and not choices:
        kind = "str"
    style: Any = "append" if written.startswith("multi_") else "value"
    style = "pair" if kind == "bool" else style
    note, optional = "", False
    default = _as_text(written, style, default)
    if default is None or default is NotLiteral:
        note = NOT_GIVEN if default is None else COMPUTED
        optional = kind in ("int", "float")
        kind, default = ("choice" if choices else kind if optional else "str"), ""
        choices = ("", *choices) if choices else ()
        style = "value"
    return checked_parameter(
        name=name,
        type=kind,
        default=default,
        help=help_text(arguments.get("help")),
        choices=choices,
        line=call.lineno,
        note="required" if required or is_true(arguments.get("required")) else note,
        optional=optional,
        option=Option(
            flag=f"--{name}", style=style, negative=f"--no{name}" if style == "pair" else ""
        ),
        **_bounds(kind, arguments, resolve),
    )


def _as_text(written: str, style: str, default: Any) -> Any:
    """Return a default of several values as one writes it, any other as it is."""
    if style == "append" and default not in (None, NotLiteral):
        return shlex.join(map(str, default if isinstance(default, list) else [default]))
    if isinstance(default, list):
        return (" " if written == "spaceseplist" else ",").join(str(item) for item in default)
    return default


def _bounds(
    kind: str, arguments: Mapping[str, ast.expr], resolve: ArgumentReader
) -> dict[str, float]:
    found: dict[str, float] = {}
    for given, bound in (("lower_bound", "ge"), ("upper_bound", "le")):
        limit = read_default(arguments.get(given), resolve)
        if kind in ("int", "float") and isinstance(limit, int | float):
            found[bound] = limit
    return found
