"""Parameters that a program reads from its command line, by `argparse` or `absl.flags`.

Only calls with literal arguments are understood; the program is never executed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tflab.programs.absl_flags import absl_flags, flag_kind
from tflab.programs.argparse_options import argparse_options
from tflab.programs.bindings import GlobalNames
from tflab.programs.modules_beside import ModuleBeside, option_modules
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


def find_options(
    trees: Sequence[ast.Module], names: GlobalNames, path: Path | None = None
) -> Options:
    """Return the options of a program: those of `argparse`, else those of `absl.flags`.

    Args:
        trees: The syntax trees of its code cells, in order, with the lines of the file.
        names: Its global names; an option may have one as its default.
        path: Its file; options that modules beside it declare for it are found too.
    """
    beside = option_modules(trees, path) if path is not None else []
    trees = [*(module.tree for module in beside), *trees]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    resolve = ArgumentReader(names, [(one.first, one.last, one.names) for one in beside])
    declared = [call for call in calls if method_name(call) == "add_argument"]
    flags = [call for call in calls if flag_kind(call)]
    if declared:
        found = argparse_options(declared, calls, resolve, trees)
    elif flags:
        found = absl_flags(flags, calls, resolve)
    else:
        found = Options()
    if all(call.lineno < 0 for call in (*declared, *flags)) and not found.parameters:
        # A module that is imported for something else has a command line of its own.
        return Options()
    _tell_doubles(found)
    _tell_modules(found, beside)
    return found


def _tell_modules(found: Options, beside: Sequence[ModuleBeside]) -> None:
    """Give what a module declares the line that imports it, and say where it stands."""

    def place_of(line: int) -> ModuleBeside | None:
        return next((one for one in beside if one.first < line <= one.last), None)

    def told(text: str) -> str:
        return re.sub(r"on line (-\d+)", lambda match: f"in {where(int(match[1]))}", text)

    def where(line: int) -> str:
        module = place_of(line)
        return f"{module.name}, line {line - module.first}" if module else f"line {line}"

    for place, one in enumerate(found.parameters):
        if (module := place_of(one.line)) is not None:
            text = f"{one.help} (in {where(one.line)})".strip()
            found.parameters[place] = msgspec.structs.replace(one, line=module.imported, help=text)
    for place, refusal in enumerate(found.refused):
        module = place_of(refusal.line)
        found.refused[place] = Refusal(
            name=told(refusal.name) if module else refusal.name,
            line=module.imported if module else refusal.line,
            reason=told(refusal.reason) + (f" ({where(refusal.line)})" if module else ""),
        )


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


def _tell_doubles(found: Options) -> None:
    """Tell options of one name apart by their subcommands; refuse others that are there twice."""
    groups: dict[str, list[Parameter]] = {}
    for parameter in found.parameters:
        group = groups.setdefault(parameter.name, [])
        merged = _of_both(group[-1], parameter) if group else None
        group[-1 if merged else len(group) :] = [merged or parameter]
    found.parameters.clear()
    for name, group in groups.items():
        first, *others = group
        if others and _are_apart(group):
            found.parameters += map(_under_its_own_name, group)
            continue
        found.parameters.append(first)
        for other in others:
            reason = f"it is declared twice, first on line {first.line}"
            found.refused.append(Refusal(name=name, line=other.line, reason=reason))


def _are_apart(options: Sequence[Parameter]) -> bool:
    """Whether options of one name belong to different subcommands, so that a run has one."""
    under = [one.option.under if one.option else () for one in options]
    return all(under) and len(set().union(*under)) == sum(map(len, under))


def _under_its_own_name(parameter: Parameter) -> Parameter:
    """Name an option after its subcommand too; the program itself knows it by its own name."""
    assert parameter.option is not None
    lead = re.sub(r"\W", "_", parameter.option.under[0])
    option = msgspec.structs.replace(parameter.option, dest=parameter.code_name)
    return msgspec.structs.replace(parameter, name=f"{lead}_{parameter.code_name}", option=option)


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
