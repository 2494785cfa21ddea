"""Parameters that a program reads from its command line, by `argparse` or `absl.flags`.

Only calls with literal arguments are understood; the program is never executed.
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tflab.programs.bindings import GlobalNames
from tflab.programs.parameters import ValueProblem, check_value
from tflab.programs.program import RESERVED, Option, Parameter, ParameterType, Refusal
from tflab.programs.syntax import Literal, NotLiteral, folded, what_it_is
from tflab.runs.text import plain_line

_ARGPARSE_TYPES: dict[str, ParameterType] = {"int": "int", "float": "float", "str": "str"}
_FLAG_TYPES: dict[str, ParameterType] = {
    "integer": "int",
    "float": "float",
    "string": "str",
    "bool": "bool",
    "boolean": "bool",
    "enum": "choice",
    "list": "str",
}
_TYPES: dict[type, ParameterType] = {int: "int", float: "float", bool: "bool", str: "str"}
_ON_OFF = {"store_true": "on", "store_false": "off", "BooleanOptionalAction": "pair"}
_NOT_GIVEN = "empty: not given"


class Options(msgspec.Struct, kw_only=True):
    """What a program reads from its command line; `by` is empty where it reads nothing."""

    by: str = ""
    parameters: list[Parameter] = []
    refused: list[Refusal] = []


class _NoOptionError(Exception):
    """Why an option is no parameter."""


def find_options(trees: Sequence[ast.Module], names: GlobalNames) -> Options:
    """Return the options of a program: those of `argparse`, else those of `absl.flags`.

    Args:
        trees: The syntax trees of its code cells, in order, with the lines of the file.
        names: Its global names; an option may have one as its default.
    """
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    resolve = _Literals(names)
    declared = [call for call in calls if _attribute(call) == "add_argument"]
    if declared:
        return _by_argparse(declared, calls, resolve, trees)
    flags = [call for call in calls if _flag_kind(call)]
    if flags:
        return _by_absl(flags, calls, resolve)
    return Options()


class _Literals:
    """Reads an argument that is a literal, or a global name that is assigned one once."""

    def __init__(self, names: GlobalNames) -> None:
        self._names = names

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
        bound = self._names.bound.get(node.id, [])
        if len(bound) == 1 and bound[0].how == "=" and bound[0].value is not None:
            return folded(bound[0].value)
        raise NotLiteral(node.lineno)


def _by_argparse(
    declared: list[ast.Call],
    calls: list[ast.Call],
    resolve: _Literals,
    trees: Sequence[ast.Module],
) -> Options:
    found = Options(by="argparse")
    sub = _subcommand_parsers(trees)
    whole = _why_not_read(calls) or _argv_set(trees)
    over = _defaults_set_later(calls, resolve)
    for call in declared:
        name = f"option on line {call.lineno}"
        try:
            flags = _flags(call)
            name = _dest(call, flags)
            if whole:
                raise _NoOptionError(whole)
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            if isinstance(owner, ast.Name) and owner.id in sub:
                raise _NoOptionError("it belongs to a subcommand, which cannot be chosen here")
            found.parameters.append(_argparse_option(call, name, flags, resolve, over))
        except _NoOptionError as error:
            found.refused.append(Refusal(name=name, line=call.lineno, reason=str(error)))
    _drop_doubles(found)
    return found


def _why_not_read(calls: list[ast.Call]) -> str:
    """Return why no option that is given would reach the program; empty when it would."""
    parsing = [c for c in calls if _attribute(c) in ("parse_args", "parse_known_args")]
    if not parsing:
        return "nothing parses the command line"
    for call in parsing:
        given = call.args[0] if call.args else _keyword(call, "args")
        if given is None or _is_argv(given):
            return ""
        if isinstance(given, ast.Name):
            # As in `def main(argv=None)`: None, or what is left of the command line.
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


def _defaults_set_later(calls: list[ast.Call], resolve: _Literals) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for call in calls:
        if _attribute(call) == "set_defaults":
            for keyword in call.keywords:
                try:
                    found[keyword.arg or ""] = resolve.read(keyword.value)
                except NotLiteral:
                    found[keyword.arg or ""] = NotLiteral
    return found


def _subcommand_parsers(trees: Sequence[ast.Module]) -> set[str]:
    """Return the names that hold parsers of subcommands."""
    return {
        target.id
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if _attribute(node.value) == "add_parser"
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _flags(call: ast.Call) -> list[str]:
    written = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    flags = [flag for flag in written if isinstance(flag, str)]
    if not flags or len(flags) < len(call.args):
        raise _NoOptionError("its name is not a literal")
    return flags


def _dest(call: ast.Call, flags: list[str]) -> str:
    dest = _keyword(call, "dest")
    if isinstance(dest, ast.Constant) and isinstance(dest.value, str):
        return dest.value
    long = [flag for flag in flags if flag.startswith("--")]
    return (long or flags)[0].lstrip("-").replace("-", "_")


def _argparse_option(
    call: ast.Call, name: str, flags: list[str], resolve: _Literals, over: Mapping[str, Any]
) -> Parameter:
    positional = not flags[0].startswith("-")
    flag = "" if positional else next((f for f in flags if f.startswith("--")), flags[0])
    said = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if len(said) < len(call.keywords):
        raise _NoOptionError("its settings are not written out")
    action = _action(said.get("action"))
    text = _help(said.get("help"))
    if action in _ON_OFF:
        return _switch(call, name, flag, action, text, said, resolve, over)
    if action not in ("", "store"):
        raise _NoOptionError(f"its action is {action}")
    default = over.get(name) if name in over else _read(said.get("default"), resolve)
    if default is NotLiteral:
        raise _NoOptionError(f"its default is {what_it_is(said.get('default'))}")
    choices = _choices(said.get("choices"), resolve)
    kind, style = _argparse_type(said, choices)
    required = (positional and "nargs" not in said) or _is_true(said.get("required"))
    note = ""
    if isinstance(default, list):
        default = shlex.join(str(item) for item in default)
    if default is None:
        kind, default, note = "str", "", _NOT_GIVEN
        if choices:
            kind, choices = "choice", ("", *choices)
    if required:
        note = "required"
    return _checked(
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
    resolve: _Literals,
    over: Mapping[str, Any],
) -> Parameter:
    style: Any = _ON_OFF[action]
    default = over.get(name, _read(said.get("default"), resolve))
    if default is None:
        default = style == "off"
    if not isinstance(default, bool):
        raise _NoOptionError("its default is neither True nor False")
    if default != (style == "off") and style != "pair":
        raise _NoOptionError("its default is what it is set to")
    negative = f"--no-{flag[2:]}" if style == "pair" else ""
    return _checked(
        name=name,
        type="bool",
        default=default,
        help=text,
        line=call.lineno,
        option=Option(flag=flag, style=style, negative=negative),
    )


def _checked(**fields: Any) -> Parameter:
    """Return the parameter, if its default is one that it takes."""
    name = fields["name"]
    fields["name"] = f"program_{name}" if name in RESERVED else name
    fields["help"] = plain_line(fields["help"])
    if fields["type"] == "str" and not isinstance(fields["default"], str):
        fields["default"] = str(fields["default"])
    if fields["type"] in ("int", "float") and isinstance(fields["default"], str):
        # Argparse reads a default that is a text as it reads what a person gives.
        try:
            fields["default"] = {"int": int, "float": float}[fields["type"]](fields["default"])
        except ValueError:
            fields["type"] = "str"
    parameter = Parameter(**fields)
    try:
        default = check_value(parameter, parameter.default)
    except ValueProblem as problem:
        raise _NoOptionError(f"its default is none that it takes: {problem.cause}") from problem
    return msgspec.structs.replace(parameter, default=default)


def _choices(node: ast.expr | None, resolve: _Literals) -> tuple[Any, ...]:
    if node is None or _is_range(node):
        return ()
    try:
        found = resolve.read(node)
    except NotLiteral:
        raise _NoOptionError("its choices are not written out") from None
    if not isinstance(found, list) or not all(type(item) in (int, str) for item in found):
        raise _NoOptionError("its choices are neither texts nor whole numbers")
    return tuple(dict.fromkeys(found))


def _is_range(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "range"


def _bounds(node: ast.expr | None) -> dict[str, int]:
    """Return the bounds that `choices=range(1, 9)` sets."""
    if not isinstance(node, ast.Call) or not _is_range(node) or not 1 <= len(node.args) <= 2:
        return {}
    try:
        ends = [folded(arg) for arg in node.args]
    except NotLiteral:
        return {}
    if not all(type(end) is int for end in ends):
        return {}
    low, high = (0, ends[0]) if len(ends) == 1 else ends
    return {"ge": int(low), "le": int(high) - 1}


def _read(node: ast.expr | None, resolve: _Literals) -> Any:
    """Return a default: a literal, a list of them, or None; `NotLiteral` for anything else."""
    if node is None or ast.unparse(node).endswith("SUPPRESS"):
        return None
    try:
        return resolve.read(node)
    except NotLiteral:
        return NotLiteral


def _action(node: ast.expr | None) -> str:
    match node:
        case None:
            return ""
        case ast.Constant(value=str() as action):
            return action
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return "computed"


def _help(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _attribute(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((k.value for k in call.keywords if k.arg == name), None)


def _flag_kind(call: ast.Call) -> str:
    name = call.func.id if isinstance(call.func, ast.Name) else _attribute(call)
    return name.removeprefix("DEFINE_") if name.startswith("DEFINE_") else ""


def _by_absl(flags: list[ast.Call], calls: list[ast.Call], resolve: _Literals) -> Options:
    found = Options(by="absl.flags")
    required = {
        arg.value
        for call in calls
        if _attribute(call) == "mark_flag_as_required"
        for arg in call.args
        if isinstance(arg, ast.Constant)
    }
    for call in flags:
        name = f"flag on line {call.lineno}"
        try:
            arguments = _flag_arguments(call)
            first = arguments.get("name")
            if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                raise _NoOptionError("its name is not a literal")
            name = first.value
            found.parameters.append(_flag(call, name, arguments, resolve, name in required))
        except _NoOptionError as error:
            found.refused.append(Refusal(name=name, line=call.lineno, reason=str(error)))
    _drop_doubles(found)
    return found


def _flag_arguments(call: ast.Call) -> dict[str, ast.expr]:
    order = ["name", "default", "help"]
    if _flag_kind(call) == "enum":
        order = ["name", "default", "enum_values", "help"]
    given = dict(zip(order, call.args, strict=False))
    return given | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def _flag(
    call: ast.Call,
    name: str,
    arguments: Mapping[str, ast.expr],
    resolve: _Literals,
    required: bool,
) -> Parameter:
    written = _flag_kind(call)
    kind = _FLAG_TYPES.get(written)
    if kind is None:
        raise _NoOptionError(f"DEFINE_{written} is not known here")
    default = _read(arguments.get("default"), resolve)
    if default is NotLiteral:
        raise _NoOptionError(f"its default is {what_it_is(arguments.get('default'))}")
    choices = _choices(arguments.get("enum_values"), resolve)
    style: Any = "pair" if kind == "bool" else "value"
    note = ""
    if isinstance(default, list):
        default = ",".join(str(item) for item in default)
    if default is None:
        kind, default, note = ("choice" if choices else "str"), "", _NOT_GIVEN
        choices = ("", *choices) if choices else ()
        style = "value"
    bounds: dict[str, Any] = {}
    for given, bound in (("lower_bound", "ge"), ("upper_bound", "le")):
        limit = _read(arguments.get(given), resolve)
        if kind in ("int", "float") and isinstance(limit, int | float):
            bounds[bound] = limit
    return _checked(
        name=name,
        type=kind,
        default=default,
        help=_help(arguments.get("help")),
        choices=choices,
        line=call.lineno,
        note="required" if required or _is_true(arguments.get("required")) else note,
        option=Option(
            flag=f"--{name}", style=style, negative=f"--no{name}" if style == "pair" else ""
        ),
        **bounds,
    )


def _drop_doubles(found: Options) -> None:
    """Refuse options of a name that is there twice: which of them is read, only a run knows."""
    seen: dict[str, Parameter] = {}
    for parameter in list(found.parameters):
        if parameter.name in seen:
            found.parameters.remove(parameter)
            reason = f"it is declared twice, first on line {seen[parameter.name].line}"
            found.refused.append(Refusal(name=parameter.name, line=parameter.line, reason=reason))
        seen.setdefault(parameter.name, parameter)


def set_by_the_program(trees: Iterable[ast.Module]) -> Iterator[tuple[str, int]]:
    """Yield what a program sets on its parsed options, such as `args.rate = 1`, with the line."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    holders = {"args", "opt", "opts", "options", "flags", "FLAGS", *_parsed(nodes)}
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=holder), attr=name, ctx=ast.Store()):
                if holder in holders:
                    yield name, node.lineno
            case ast.Call(
                func=ast.Name(id="setattr"),
                args=[ast.Name(id=holder), ast.Constant(value=str() as name), _],
            ):
                if holder in holders:
                    yield name, node.lineno
            case _:
                continue


def _parsed(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names that hold what a parser returns."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[target], value=ast.Call() as call):
                first = target.elts[0] if isinstance(target, ast.Tuple) and target.elts else target
                if isinstance(first, ast.Name) and _attribute(call).startswith("parse_"):
                    yield first.id
            case _:
                continue
