"""Reading the annotation of a parameter: int float bool str Literal Annotated Meta, no more."""

from __future__ import annotations

import ast
import math
from typing import Any

import msgspec

from tflab.programs.program import ParameterType
from tflab.programs.syntax import NotLiteral, literal, literals

_SIMPLE: dict[str, ParameterType] = {"int": "int", "float": "float", "bool": "bool", "str": "str"}
_BOUNDS = ("gt", "ge", "lt", "le")
_MODULES = ("typing", "typing_extensions", "t", "tflab", "msgspec")
_EXAMPLE = 'Write one such as `Annotated[float, Meta(gt=0, description="…")]`.'


class AnnotationError(Exception):
    """An annotation that a parameter cannot have, and what to write in its place."""

    def __init__(self, line: int, message: str, next_step: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.next_step = next_step


class Declared(msgspec.Struct, kw_only=True):
    """What an annotation says of its parameter. `bounds` has any of gt, ge, lt, le."""

    type: ParameterType
    help: str = ""
    bounds: dict[str, Any] = {}
    choices: tuple[Any, ...] = ()


def read_annotation(node: ast.expr) -> Declared:
    """Return what the annotation says.

    Raises:
        AnnotationError: When it is made of anything but the known names, or contradicts itself.
    """
    simple = _SIMPLE.get(_name(node))
    if simple:
        return Declared(type=simple)
    if isinstance(node, ast.Subscript):
        if _name(node.value) == "Literal":
            return Declared(type="choice", choices=_choices(node.slice))
        if _name(node.value) == "Annotated":
            return _annotated(node)
    raise AnnotationError(
        node.lineno,
        f"The annotation `{_text(node)}` is not known here.",
        "Use int, float, bool, str, Literal[…] or Annotated[…, Meta(…)].",
    )


def _annotated(node: ast.Subscript) -> Declared:
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    declared = read_annotation(parts[0])
    for extra in parts[1:]:
        if not (isinstance(extra, ast.Call) and _name(extra.func) == "Meta"):
            raise AnnotationError(
                extra.lineno, f"`{_text(extra)}` may not stand in Annotated.", _EXAMPLE
            )
        if extra.args:
            raise AnnotationError(extra.lineno, "Meta takes named values only.", _EXAMPLE)
        for keyword in extra.keywords:
            _take(declared, keyword)
    _check_bounds(declared, node.lineno)
    return declared


def _take(declared: Declared, keyword: ast.keyword) -> None:
    line = keyword.value.lineno
    if keyword.arg not in ("description", *_BOUNDS):
        raise AnnotationError(
            line,
            f"Meta has no `{keyword.arg or '**'}` here.",
            "It takes gt, ge, lt, le and description.",
        )
    try:
        value = literal(keyword.value)
    except NotLiteral:
        raise AnnotationError(
            line, f"`{keyword.arg}` is not a literal.", "Write it out in the annotation."
        ) from None
    if keyword.arg == "description":
        if not isinstance(value, str):
            raise AnnotationError(line, "The description is no text.", "Put it in quotes.")
        declared.help = value
        return
    _check_bound(declared, keyword.arg, value, line)
    declared.bounds = {**declared.bounds, keyword.arg: value}


def _check_bound(declared: Declared, name: str, value: Any, line: int) -> None:
    if declared.type not in ("int", "float"):
        raise AnnotationError(
            line, f"`{name}` bounds numbers only.", "Remove it, or make the parameter a number."
        )
    whole = declared.type == "int"
    if not (_is_int64(value) or (type(value) is float and not whole and math.isfinite(value))):
        raise AnnotationError(
            line,
            f"`{name}` is no {'whole number' if whole else 'finite number'}.",
            f"Write one, such as `{name}=1`.",
        )


def _check_bounds(declared: Declared, line: int) -> None:
    bounds = declared.bounds
    for pair in (("gt", "ge"), ("lt", "le")):
        if all(name in bounds for name in pair):
            raise AnnotationError(
                line, f"It has both {pair[0]} and {pair[1]}.", "Keep one of the two."
            )
    step = 1 if declared.type == "int" else 0
    low = bounds.get("ge", bounds.get("gt", -math.inf))
    high = bounds.get("le", bounds.get("lt", math.inf))
    open_ends = ("gt" in bounds) + ("lt" in bounds)
    room = high - low - step * open_ends
    if room < 0 or (room == 0 and open_ends and not step):
        raise AnnotationError(
            line, "Its bounds leave no value possible.", "Make the lower bound the smaller one."
        )


def _choices(node: ast.expr) -> tuple[Any, ...]:
    listed = node if isinstance(node, ast.Tuple) else ast.Tuple(elts=[node])
    listed.lineno = node.lineno
    try:
        found = literals(listed)
    except NotLiteral as error:
        raise AnnotationError(
            error.line, "A choice is not a literal.", 'Write each one out, such as "eager".'
        ) from None
    if not found or not all(type(choice) is str or _is_int64(choice) for choice in found):
        raise AnnotationError(
            node.lineno,
            "Choices are texts or whole numbers, one at least.",
            'Write them out, such as `Literal["eager", "graph"]`.',
        )
    texts = [str(choice) for choice in found]
    if len(set(texts)) < len(texts):
        raise AnnotationError(node.lineno, "A choice is there twice.", "Remove one of them.")
    return found


def _is_int64(value: object) -> bool:
    return type(value) is int and -(1 << 63) <= value < 1 << 63


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module in _MODULES:
            return name
    return ""


def _text(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else text[:57] + "…"
