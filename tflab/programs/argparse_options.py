"""Parameters that a program reads from its command line by `argparse`."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tflab.programs.option_arguments import (
    COMPUTED,
    NOT_GIVEN,
    ArgumentReader,
    NoOptionError,
    Options,
    checked_parameter,
    help_text,
    is_true,
    keyword_argument,
    method_name,
    range_bounds,
    read_choices,
    read_default,
)
from tflab.programs.parsed_lists import PARSING, is_own_list
from tflab.programs.program import Option, Parameter, ParameterType, Refusal
from tflab.programs.subcommands import Subcommands
from tflab.programs.syntax import NotLiteral

_ARGPARSE_TYPES: dict[str, ParameterType] = {"int": "int", "float": "float", "str": "str"}
_ON_OFF = {"store_true": "on", "store_false": "off", "BooleanOptionalAction": "pair"}


def argparse_options(
    declared: list[ast.Call],
    calls: list[ast.Call],
    resolve: ArgumentReader,
    trees: Sequence[ast.Module],
) -> Options:
    """Return the options that calls of `add_argument` declare.

    Args:
        declared: Those calls.
        calls: Every call of the program, in order.
        resolve: Reads their arguments.
        trees: The program's syntax trees.
    """
    found = Options(by="argparse")
    sub = Subcommands(trees, calls)
    whole = _why_not_read(calls, trees) or _argv_set(trees)
    over = _defaults_set_later(calls, resolve)
    if (chooser := sub.chooser()) is not None and not whole:
        found.parameters.append(chooser)
    for call in declared:
        name = f"option on line {call.lineno}"
        try:
            flags = _flags(call)
            name = _dest(call, flags)
            if whole:
                raise NoOptionError(whole)
            under = sub.of(call)
            if under and chooser is None:
                raise NoOptionError("it belongs to a subcommand, which cannot be chosen here")
            option = _argparse_option(call, name, flags, resolve, over)
            found.parameters.append(_put_under(option, under))
        except NoOptionError as error:
            found.refused.append(Refusal(name=name, line=call.lineno, reason=str(error)))
    return found


def _put_under(parameter: Parameter, under: tuple[str, ...]) -> Parameter:
    if not under or parameter.option is None:
        return parameter
    option = msgspec.structs.replace(parameter.option, under=under)
    note = "; ".join(filter(None, (parameter.note, f"of {' and '.join(under)}")))
    return msgspec.structs.replace(parameter, option=option, note=note)


def _why_not_read(calls: list[ast.Call], trees: Sequence[ast.Module]) -> str:
    """Return why no option that is given would reach the program; empty when it would."""
    parsing = [c for c in calls if method_name(c) in PARSING]
    if not parsing:
        return "nothing parses the command line"
    for call in parsing:
        given = call.args[0] if call.args else keyword_argument(call, "args")
        if isinstance(given, ast.Name):
            # As in `def main(argv=None)`: None, or what is left of the command line.
            if not is_own_list(given, call, calls, trees):
                return ""
        elif given is None or _is_argv(given):
            return ""
    return f"the program parses a list of its own, on line {parsing[0].lineno}"


def _argv_set(trees: Sequence[ast.Module]) -> str:
    """Return why options are lost where a program sets `sys.argv`, as notebooks do; else empty."""
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and any(
                ast.unparse(target) in ("sys.argv", "sys.argv[1:]") for target in node.targets
            ):
                return f"the program sets sys.argv itself, on line {node.lineno}"
    return ""


def _is_argv(node: ast.expr) -> bool:
    return ast.unparse(node).startswith(("sys.argv", "argv")) or (
        isinstance(node, ast.Constant) and node.value is None
    )


def _defaults_set_later(calls: list[ast.Call], resolve: ArgumentReader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for call in calls:
        if method_name(call) == "set_defaults":
            for keyword in call.keywords:
                try:
                    found[keyword.arg or ""] = resolve.read(keyword.value)
                except NotLiteral:
                    found[keyword.arg or ""] = NotLiteral
    return found


def _flags(call: ast.Call) -> list[str]:
    written = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    flags = [flag for flag in written if isinstance(flag, str)]
    if not flags or len(flags) < len(call.args):
        raise NoOptionError("its name is not a literal")
    return flags


def _dest(call: ast.Call, flags: list[str]) -> str:
    dest = keyword_argument(call, "dest")
    if isinstance(dest, ast.Constant) and isinstance(dest.value, str):
        return dest.value
    long = [flag for flag in flags if flag.startswith("--")]
    return (long or flags)[0].lstrip("-").replace("-", "_")


def _argparse_option(
    call: ast.Call, name: str, flags: list[str], resolve: ArgumentReader, over: Mapping[str, Any]
) -> Parameter:
    positional = not flags[0].startswith("-")
    flag = "" if positional else next((f for f in flags if f.startswith("--")), flags[0])
    said = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if len(said) < len(call.keywords):
        raise NoOptionError("its settings are not written out")
    action = _action(said.get("action"))
    text = help_text(said.get("help"))
    if action in _ON_OFF:
        return _switch(call, name, flag, action, text, said, resolve, over)
    if action == "count":
        return _counter(call, name, flag, text, said, resolve, over)
    if action not in ("", "store", "append", "extend"):
        raise NoOptionError(f"its action is {action}")
    return _value_option(call, name, flag, action, text, said, resolve, over)


def _value_option(
    call: ast.Call,
    name: str,
    flag: str,
    action: str,
    text: str,
    said: Mapping[str, ast.expr],
    resolve: ArgumentReader,
    over: Mapping[str, Any],
) -> Parameter:
    """Return the parameter of an option that takes one value or several."""
    default = over.get(name) if name in over else read_default(said.get("default"), resolve)
    choices = _choices(said.get("choices"), resolve)
    kind, style = _argparse_type(said, choices, default)
    note = ""
    if action == "append":
        kind, style = "str", "several" if "nargs" in said else "append"
        note, default = (f"added to {default}" if default else ""), None
    optional = False
    if default is None or default is NotLiteral:
        note = note or (NOT_GIVEN if default is None else COMPUTED)
        optional = kind in ("int", "float") and style == "value"
        kind, default = (kind if optional else "str"), ""
        if choices and style == "value":
            kind, choices = "choice", ("", *choices)
    if (not flag and "nargs" not in said) or is_true(said.get("required")):
        note = "required"
    shown = shlex.join(map(str, default)) if isinstance(default, list) else default
    return checked_parameter(
        name=name,
        type=kind,
        default=shown,
        help=text.replace("%(default)s", str(shown)).replace("%%", "%"),
        choices=tuple(choices) if kind == "choice" else (),
        line=call.lineno,
        note=note,
        optional=optional,
        option=Option(flag=flag, style=style),
        **(range_bounds(said.get("choices")) if kind == "int" else {}),
    )


def _choices(node: ast.expr | None, resolve: ArgumentReader) -> tuple[Any, ...]:
    """Return choices that a form can list; of others the program itself refuses what is none."""
    try:
        return read_choices(node, resolve)
    except NoOptionError:
        return ()


def _counter(
    call: ast.Call,
    name: str,
    flag: str,
    text: str,
    said: Mapping[str, ast.expr],
    resolve: ArgumentReader,
    over: Mapping[str, Any],
) -> Parameter:
    default = over.get(name, read_default(said.get("default"), resolve)) or 0
    if type(default) is not int:
        raise NoOptionError("it counts from what is no whole number")
    return checked_parameter(
        name=name,
        type="int",
        default=default,
        ge=default,
        help=text,
        line=call.lineno,
        option=Option(flag=flag, style="count"),
    )


def _argparse_type(
    said: Mapping[str, ast.expr], choices: tuple[Any, ...], default: Any
) -> tuple[ParameterType, Any]:
    nargs = said.get("nargs")
    if nargs is not None and not (isinstance(nargs, ast.Constant) and nargs.value == "?"):
        return "str", "several"
    if choices:
        return "choice", "value"
    node = said.get("type")
    written = "" if node is None else ast.unparse(node)
    if written == "bool":
        # Any text but an empty one is true to `type=bool`.
        return "bool", "text"
    if written in _ARGPARSE_TYPES:
        return _ARGPARSE_TYPES[written], "value"
    # A function of the program's own reads a text; what it makes of it, it says itself. Such as
    # `str2bool`, where it has True or False as its default.
    return ("bool" if node is not None and isinstance(default, bool) else "str"), "value"


def _switch(
    call: ast.Call,
    name: str,
    flag: str,
    action: str,
    text: str,
    said: Mapping[str, ast.expr],
    resolve: ArgumentReader,
    over: Mapping[str, Any],
) -> Parameter:
    style: Any = _ON_OFF[action]
    default = over.get(name, read_default(said.get("default"), resolve))
    if default is None:
        default = style == "off"
    if not isinstance(default, bool):
        raise NoOptionError("its default is neither True nor False")
    if default != (style == "off") and style != "pair":
        raise NoOptionError("its default is what it is set to")
    negative = f"--no-{flag[2:]}" if style == "pair" else ""
    return checked_parameter(
        name=name,
        type="bool",
        default=default,
        help=text,
        line=call.lineno,
        option=Option(flag=flag, style=style, negative=negative),
    )


def _action(node: ast.expr | None) -> str:
    match node:
        case None:
            return ""
        case ast.Constant(value=str() as action):
            return action
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return "computed"
