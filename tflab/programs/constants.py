"""Parameters without a mark: names that the code assigns once to a literal, and reads.

A value is put in the place of the literal, so that whatever is derived from it follows.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tflab.programs.annotations import AnnotationError, Declared, read_annotation
from tflab.programs.bindings import GlobalNames
from tflab.programs.parameters import ValueProblem, allowed, check_value, format_value
from tflab.programs.program import RESERVED, Parameter, ParameterType, Place, Refusal
from tflab.programs.syntax import Literal, NotLiteral, folded, what_it_is
from tflab.runs.text import plain_line

_LONGEST_TEXT = 300
_TYPES: dict[type, ParameterType] = {int: "int", float: "float", bool: "bool", str: "str"}
_FORM = re.compile(r"@param\b\s*(.*)")
_FORM_TYPES: dict[str, ParameterType] = {
    "integer": "int",
    "number": "float",
    "slider": "float",
    "boolean": "bool",
    "string": "str",
}
_CONTAINERS = (ast.List, ast.Tuple, ast.Dict, ast.Set)


def find_constants(
    trees: Mapping[int, ast.Module],
    names: GlobalNames,
    lines: Sequence[str],
    marked: int | None = None,
) -> tuple[list[Parameter], list[Refusal]]:
    """Return the parameters of a program that declares none, and what is none, with the reason.

    Args:
        trees: The syntax trees of its code cells by the cells' indices.
        names: Its global names.
        lines: The lines of its source.
        marked: The cell that a notebook tags as its parameters: only what is in it counts, and it
            counts whatever else the program does with it.
    """
    parameters: list[Parameter] = []
    refused: list[Refusal] = []
    for cell, tree in trees.items():
        if marked is not None and cell != marked:
            continue
        for name, value, statement in _assignments(tree):
            line = statement.lineno
            try:
                default = folded(value)
                _check(name, default, statement, names, marked is not None)
                parameters.append(_parameter(name, default, value, statement, cell, lines))
            except NotLiteral:
                if marked is not None or _looks_like_one(value):
                    refused.append(
                        Refusal(name=name, line=line, reason=f"its value is {what_it_is(value)}")
                    )
            except _NoParameterError as error:
                refused.append(Refusal(name=name, line=line, reason=str(error)))
    return parameters, refused


class _NoParameterError(Exception):
    """Why a name is no parameter."""


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr, ast.stmt]]:
    """Yield the names that statements at the top level give one value each."""
    for statement in tree.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value, statement
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value, statement
            case ast.Assign(
                targets=[ast.Tuple(elts=targets) | ast.List(elts=targets)],
                value=ast.Tuple(elts=values) | ast.List(elts=values),
            ) if len(targets) == len(values):
                for target, value in zip(targets, values, strict=True):
                    if isinstance(target, ast.Name) and not isinstance(value, ast.Starred):
                        yield target.id, value, statement
            case _:
                continue


def _check(
    name: str,
    default: Literal,
    statement: ast.stmt,
    names: GlobalNames,
    marked: bool,
) -> None:
    if name.startswith("_"):
        raise _NoParameterError("names that begin with an underscore are the program's own")
    if isinstance(default, str) and (len(default) > _LONGEST_TEXT or "\n" in default):
        raise _NoParameterError("its text is too long for a field")
    if marked:
        return
    first, *others = names.bound[name]
    if others:
        again = others[0] if first.line == statement.lineno else first
        raise _NoParameterError(f"it is set again on line {again.line}, by {again.words}")
    if not names.read[name]:
        raise _NoParameterError("nothing reads it")
    star = next((line for line in names.stars if line > statement.lineno), None)
    if star is not None:
        raise _NoParameterError(f"`from … import *` on line {star} may set it again")


def _parameter(
    name: str,
    default: Literal,
    value: ast.expr,
    statement: ast.stmt,
    cell: int,
    lines: Sequence[str],
) -> Parameter:
    declared = _declared(statement, default, comment := _comment(statement, lines))
    shown = f"program_{name}" if name in RESERVED else name
    parameter = Parameter(
        name=shown,
        type=declared.type,
        default=default,
        help=plain_line(declared.help),
        choices=declared.choices,
        line=statement.lineno,
        place=Place(cell=cell, line=value.lineno, column=value.col_offset),
        **declared.bounds,
    )
    try:
        check_value(parameter, default)
    except ValueProblem as problem:
        if not comment.startswith("@param"):
            shown = format_value(default) if not isinstance(default, str) else repr(default)
            reason = f"its default has to be {allowed(parameter)}, and is {shown[:60]}"
            raise _NoParameterError(reason) from problem
        # What a form of Colab's says of it is a hint, and no more.
        parameter = Parameter(
            name=parameter.name,
            type=_TYPES[type(default)],
            default=default,
            line=parameter.line,
            place=parameter.place,
        )
        try:
            check_value(parameter, default)
        except ValueProblem as again:
            raise _NoParameterError(f"its default has to be {allowed(parameter)}") from again
    return parameter


def _declared(statement: ast.stmt, default: Literal, comment: str) -> Declared:
    """Return what an annotation or a form of Colab's says; else the type is the default's."""
    if isinstance(statement, ast.AnnAssign):
        try:
            declared = read_annotation(statement.annotation)
        except AnnotationError:
            # An annotation of another kind, such as `Final`, says nothing of the form.
            pass
        else:
            declared.help = declared.help or comment
            return declared
    match = _FORM.search(comment)
    if match:
        return _form(match[1], default, comment[: match.start()].strip(" #"))
    return Declared(type=_TYPES[type(default)], help=comment)


def _form(text: str, default: Literal, help_text: str) -> Declared:
    """Read `{type:"slider", min:0, max:1}` or `["a", "b"]` after `#@param`."""
    plain = Declared(type=_TYPES[type(default)], help=help_text)
    try:
        said: Any = json.loads(re.sub(r"([{,]\s*)([\w-]+)\s*:", r'\1"\2":', text.strip()[:1000]))
    except ValueError:
        return plain
    if isinstance(said, list):
        fits = all(type(choice) is type(default) for choice in said)
        if fits and default in said and isinstance(default, str | int) and len(set(said)) > 1:
            plain.type, plain.choices = "choice", tuple(dict.fromkeys(said))
        return plain
    if not isinstance(said, dict):
        return plain
    kind = _FORM_TYPES.get(str(said.get("type")), plain.type)
    if (
        type(default) is int
        and kind == "float"
        and all(type(said.get(key, 1)) is int for key in ("min", "max", "step"))
        and said.get("type") == "slider"
    ):
        kind = "int"
    if kind in ("int", "float") and isinstance(default, int | float):
        plain.type = kind if kind == "float" or type(default) is int else plain.type
        for key, bound in (("min", "ge"), ("max", "le")):
            if isinstance(said.get(key), int | float):
                plain.bounds = {**plain.bounds, bound: said[key]}
    return plain


def _comment(statement: ast.stmt, lines: Sequence[str]) -> str:
    """Return the comment on a statement's last line, else the one right above it."""
    end = (statement.end_lineno or statement.lineno) - 1
    last = lines[end].encode() if end < len(lines) else b""
    after = last[statement.end_col_offset or 0 :].decode(errors="replace").lstrip(" \t;,)")
    if after.startswith("#"):
        return after.lstrip("# ").strip()
    above = lines[statement.lineno - 2].strip() if statement.lineno > 1 else ""
    if not above.startswith("#") or above.startswith("# %%") or statement.col_offset != 0:
        return ""
    text = above.strip("#-=* \t")
    return text if text and len(text) <= 120 else ""


def _looks_like_one(value: ast.expr) -> bool:
    """Whether a person might take it for a parameter: some values written out, or None."""
    if isinstance(value, _CONTAINERS):
        return all(isinstance(node, _WRITTEN_OUT) for node in ast.walk(value))
    return isinstance(value, ast.Constant) and value.value is None


_WRITTEN_OUT = (*_CONTAINERS, ast.Constant, ast.UnaryOp, ast.USub, ast.Load)
