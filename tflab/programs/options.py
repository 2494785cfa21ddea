"""Parameters that a program reads from its command line, by `argparse` or `absl.flags`.

Only calls with literal arguments are understood; the program is never executed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

import msgspec

from tflab.programs.absl_flags import absl_flags, flag_kind
from tflab.programs.argparse_options import argparse_options
from tflab.programs.bindings import GlobalNames
from tflab.programs.option_arguments import ArgumentReader, Options, method_name
from tflab.programs.program import Parameter, Refusal

_OTHERS = frozenset(
    [
        "click",
        "docopt",
        "fire",
        "gin",
        "hydra",
        "jsonargparse",
        "plac",
        "sacred",
        "simple_parsing",
        "tap",
        "typer",
        "tyro",
        "HfArgumentParser",
        "config_flags",
    ]
)
_MENTIONS = re.compile("|".join(_OTHERS))
"""Modules, and names of others, that read a command line in ways that are not understood here."""


def find_options(trees: Sequence[ast.Module], names: GlobalNames) -> Options:
    """Return the options of a program: those of `argparse`, else those of `absl.flags`.

    Args:
        trees: The syntax trees of its code cells, in order, with the lines of the file.
        names: Its global names; an option may have one as its default.
    """
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    resolve = ArgumentReader(names)
    declared = [call for call in calls if method_name(call) == "add_argument"]
    flags = [call for call in calls if flag_kind(call)]
    if declared:
        found = argparse_options(declared, calls, resolve, trees)
    elif flags:
        found = absl_flags(flags, calls, resolve)
    else:
        found = Options()
    _drop_doubles(found)
    return found


def may_import_a_reader(source: str) -> bool:
    """Return False for code of which its text alone tells that `unknown_reader` finds nothing."""
    # Python takes some other letters for those of ASCII.
    return not source.isascii() or _MENTIONS.search(source) is not None


def unknown_reader(trees: Sequence[ast.Module]) -> tuple[str, int] | None:
    """Return what else a program reads its command line with, and the line; None where nothing."""
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Import(names=aliases):
                    modules = [alias.name.partition(".")[0] for alias in aliases]
                case ast.ImportFrom(module=str() as module, names=aliases, level=0):
                    modules = [module.partition(".")[0], *(alias.name for alias in aliases)]
                case _:
                    continue
            for module in modules:
                if module in _OTHERS:
                    return module, node.lineno
    return None


def _drop_doubles(found: Options) -> None:
    """Refuse options of a name that is there twice: which of them is read, only a run knows."""
    seen: dict[str, Parameter] = {}
    for parameter in list(found.parameters):
        if parameter.name in seen:
            found.parameters.remove(parameter)
            if (merged := _of_both(seen[parameter.name], parameter)) is not None:
                found.parameters[found.parameters.index(seen[parameter.name])] = merged
                seen[parameter.name] = merged
                continue
            reason = f"it is declared twice, first on line {seen[parameter.name].line}"
            found.refused.append(Refusal(name=parameter.name, line=parameter.line, reason=reason))
        seen.setdefault(parameter.name, parameter)


def _of_both(first: Parameter, second: Parameter) -> Parameter | None:
    """Return an option that several subcommands declare alike; None when they are two options."""
    one, other = first.option, second.option
    if one is None or other is None or not one.under or not other.under:
        return None
    under = tuple(dict.fromkeys((*one.under, *other.under)))
    option = msgspec.structs.replace(one, under=under)
    same = msgspec.structs.replace(second, option=one, line=first.line, note=first.note)
    if msgspec.structs.replace(same, help=first.help) != first:
        return None
    note = f"{first.note.rpartition('of ')[0]}of {' and '.join(under)}"
    return msgspec.structs.replace(first, option=option, note=note)


def set_by_the_program(trees: Sequence[ast.Module]) -> Iterator[tuple[str, int]]:
    """Yield what a program sets on its parsed options, such as `args.rate = 1`, with the line."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    holders = {"args", "opt", "opts", "options", "flags", "FLAGS"}
    for node in nodes:
        match node:
            case ast.Assign(targets=[first], value=ast.Call() as call) if method_name(call) in (
                "parse_args",
                "parse_known_args",
            ):
                target = first.elts[0] if isinstance(first, ast.Tuple) and first.elts else first
                holders.update([target.id] if isinstance(target, ast.Name) else [])
            case _:
                continue
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=holder), attr=name, ctx=ast.Store()) if (
                holder in holders
            ):
                yield name, node.lineno
            case ast.Call(
                func=ast.Name(id="setattr"),
                args=[ast.Name(id=holder), ast.Constant(value=str() as name), _],
            ) if holder in holders:
                yield name, node.lineno
            case _:
                continue
