"""Parameters that a program reads from its command line by `argparse`."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from tflab.programs.option_arguments import (
    NOT_GIVEN,
    ArgumentReader,
    NoOptionError,
    Options,
    checked_parameter,
    help_text,
    is_range,
    is_true,
    keyword_argument,
    method_name,
    read_choices,
    read_default,
)
from tflab.programs.program import Option, Parameter, ParameterType, Refusal
from tflab.programs.syntax import NotLiteral, folded, what_it_is

_ARGPARSE_TYPES: dict[str, ParameterType] = {"int": "int", "float": "float", "str": "str"}
_ON_OFF = {"store_true": "on", "store_false": "off", "BooleanOptionalAction": "pair"}


def argparse_options(
    declared: list[ast.Call], calls: list[ast.Call], resolve: ArgumentReader, sub: set[str]
) -> Options:
    """Return the options that calls of `add_argument` declare.

    Args:
        declared: Those calls.
        calls: Every call of the program, in order.
        resolve: Reads their arguments.
        sub: The names of parsers of subcommands.
    """
    found = Options(by="argparse")
    whole = _why_not_read(calls)
    over = _defaults_set_later(calls, resolve)
    for call in declared:
        name = f"option on line {call.lineno}"
        try:
            flags = _flags(call)
            name = _dest(call, flags)
            if whole:
                raise NoOptionError(whole)
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            if isinstance(owner, ast.Name) and owner.id in sub:
                raise NoOptionError("it belongs to a subcommand, which cannot be chosen here")
            found.parameters.append(_argparse_option(call, name, flags, resolve, over))
        except NoOptionError as error:
            found.refused.append(Refusal(name=name, line=call.lineno, reason=str(error)))
    return found


def _why_not_read(calls: list[ast.Call]) -> str:
    """Return why no option that is given would reach the program; empty when it would."""
    parsing = [c for c in calls if method_name(c) in ("parse_args", "parse_known_args")]
    if not parsing:
        return "nothing parses the command line"
    for call in parsing:
        given = call.args[0] if call.args else keyword_argument(call, "args")
        if given is None or _is_argv(given):
            return ""
        if isinstance(given, ast.Name):
            # As in `def main(argv=None)`: None, or what is left of the command line.
            return ""
    return f"the program parses a list of its own, on line {parsing[0].lineno}"


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


def subcommand_parsers(trees: Sequence[ast.Module]) -> set[str]:
    """Return the names that hold parsers of subcommands."""
    return {
        target.id
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if method_name(node.value) == "add_parser"
        for target in node.targets
        if isinstance(target, ast.Name)
    }


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
    if action not in ("", "store"):
        raise NoOptionError(f"its action is {action}")
    default = over.get(name) if name in over else read_default(said.get("default"), resolve)
    if default is NotLiteral:
        raise NoOptionError(f"its default is {what_it_is(said.get('default'))}")
    choices = read_choices(said.get("choices"), resolve)
    kind, style = _argparse_type(said, choices)
    required = (positional and "nargs" not in said) or is_true(said.get("required"))
    note = ""
    if isinstance(default, list):
        default = " ".join(str(item) for item in default)
    if default is None:
        kind, default, note = "str", "", NOT_GIVEN
        if choices:
            kind, choices = "choice", ("", *choices)
    if required:
        note = "required"
    return checked_parameter(
        name=name,
        type=kind,
        default=default,
        help=text.replace("%(default)s", str(default)).replace("%%", "%"),
        choices=tuple(choices),
        line=call.lineno,
        note=note,
        option=Option(flag=flag, style=style),
        **_bounds(said.get("choices")),
    )


def _argparse_type(
    said: Mapping[str, ast.expr], choices: tuple[Any, ...]
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
    # A function of the program's own reads a text; what it makes of it, it says itself.
    return "str", "value"


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


def _bounds(node: ast.expr | None) -> dict[str, int]:
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


def _action(node: ast.expr | None) -> str:
    match node:
        case None:
            return ""
        case ast.Constant(value=str() as action):
            return action
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return "computed"
