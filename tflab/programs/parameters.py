"""What a parameter allows: checking values, reading them from text, writing them back."""

from __future__ import annotations

import decimal
import difflib
import math
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from tflab.programs.program import Parameter, Program
from tflab.runs.record import Problem
from tflab.runs.text import plain_line

_TYPES: dict[str, type] = {"int": int, "float": float, "bool": bool, "str": str}
_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})
_INT64 = 1 << 63
_LONGEST_NUMBER = 400
_MOST_BITS = 1000


class ValueProblem(Problem):
    """A value that a parameter refuses. `name` is the parameter's."""

    def __init__(self, name: str, cause: str, next_step: str) -> None:
        super().__init__(f"Bad value for {plain_line(name)}", cause, next_step)
        self.name = name


def allowed(parameter: Parameter) -> str:
    """Say in words what a parameter takes, such as "a number above 0, up to 10"."""
    match parameter.type:
        case "choice":
            return "one of " + ", ".join(format_value(choice) for choice in parameter.choices)
        case "bool":
            return "True or False"
        case "str":
            return "text"
        case "int":
            return "a whole number" + _bounds(parameter) + _or_nothing(parameter)
        case "float":
            return "a number" + _bounds(parameter) + _or_nothing(parameter)


def check_value(parameter: Parameter, value: object) -> Any:
    """Return `value` as the program gets it; a whole number becomes a float where one is asked.

    Raises:
        ValueProblem: When the type is wrong, or the value out of bounds or not finite.
    """
    if parameter.type == "choice":
        for choice in parameter.choices:
            if type(choice) is type(value) and choice == value:
                return choice
        raise _refusal(parameter, value)
    if parameter.optional and value == "":
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        raise _refusal(parameter, value, "It has to be finite.")
    try:
        found = msgspec.convert(value, _annotation(parameter))
    except msgspec.ValidationError as error:
        raise _refusal(parameter, value) from error
    if isinstance(found, int) and not -_INT64 <= found < _INT64:
        raise _refusal(parameter, value, "It has to fit in 64 bits.")
    if isinstance(found, str) and not _is_writable(found):
        raise _refusal(parameter, value, "It holds characters that UTF-8 cannot write.")
    return found


def parse_value(parameter: Parameter, text: str) -> Any:
    """Read a value that a person typed, and check it.

    Whole numbers may be written as `1e3` or `1_000`. Text of a `str` parameter is taken as it is.

    Raises:
        ValueProblem: When the text is no value that the parameter takes.
    """
    match parameter.type:
        case "str":
            return check_value(parameter, text)
        case "choice":
            for choice in parameter.choices:
                if text.strip() == format_value(choice).strip():
                    return choice
        case "bool":
            word = text.strip().lower()
            if word in _TRUE | _FALSE:
                return word in _TRUE
        case "int" | "float" if parameter.optional and not text.strip():
            return ""
        case "int" | "float":
            number = _number(text, whole=parameter.type == "int")
            if number is not None:
                return check_value(parameter, number)
    raise _refusal(parameter, text, _hint(parameter, text))


def check_values(lesson: Program, values: Mapping[str, object]) -> dict[str, Any]:
    """Return a value for every parameter: those in `values`, checked, and defaults for the rest.

    Raises:
        ValueProblem: When a value is refused or a name is not known.
    """
    for name in values:
        if lesson.parameter(name) is None:
            raise unknown_parameter(lesson, name)
    return {
        parameter.name: check_value(parameter, values[parameter.name])
        if parameter.name in values
        else parameter.default
        for parameter in lesson.parameters
    }


def parse_values(lesson: Program, texts: Mapping[str, str]) -> dict[str, Any]:
    """Do as `check_values` does, for values that a person typed.

    Raises:
        ValueProblem: When a text is refused or a name is not known.
    """
    typed: dict[str, object] = {}
    for name, text in texts.items():
        parameter = lesson.parameter(name)
        if parameter is None:
            raise unknown_parameter(lesson, name)
        typed[name] = parse_value(parameter, text)
    return check_values(lesson, typed)


def unknown_parameter(lesson: Program, name: str) -> ValueProblem:
    """Return the error for a name that is no parameter of the lesson, naming the closest."""
    names = [parameter.name for parameter in lesson.parameters]
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        next_step = f"Did you mean {close[0]}?"
    elif names:
        next_step = f"Its parameters are {', '.join(names)}."
    else:
        next_step = "It has no parameters."
    return ValueProblem(
        name, f"{lesson.id} has no parameter {plain_line(name) or repr(name)}.", next_step
    )


def format_value(value: object) -> str:
    """Return the shortest text that `parse_value` reads back as the same value."""
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        # Python writes no number of thousands of digits out; no parameter allows one either.
        return hex(value)
    if not isinstance(value, float):
        return str(value)
    text = repr(value)
    mantissa, mark, exponent = text.partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa


def _annotation(parameter: Parameter) -> Any:
    bounds = {
        name: bound
        for name in ("gt", "ge", "lt", "le")
        if (bound := getattr(parameter, name)) is not None
    }
    base = _TYPES[parameter.type]
    return Annotated[base, msgspec.Meta(**bounds)] if bounds else base


def _or_nothing(parameter: Parameter) -> str:
    return ", or nothing" if parameter.optional else ""


def _bounds(parameter: Parameter) -> str:
    gt, ge, lt, le = (
        None if bound is None else format_value(bound)
        for bound in (parameter.gt, parameter.ge, parameter.lt, parameter.le)
    )
    if ge is not None and le is not None:
        return f" from {ge} to {le}"
    low = f"above {gt}" if gt is not None else f"from {ge}" if ge is not None else ""
    high = f"below {lt}" if lt is not None else f"up to {le}" if le is not None else ""
    if ge is not None and not high:
        low += " up"
    both = ", ".join(part for part in (low, high) if part)
    return f" {both}" if both else ""


def _number(text: str, whole: bool) -> int | float | None:
    """Read a number; None when the text is none (or one that no bound could allow)."""
    text = text.strip()
    if len(text) > _LONGEST_NUMBER:
        return None
    if not whole:
        try:
            return float(text)
        except ValueError:
            return None
    try:
        number = decimal.Decimal(text)
    except decimal.InvalidOperation:
        return None
    if not number.is_finite() or number.adjusted() > 20 or number != number.to_integral_value():
        return None
    return int(number)


def _hint(parameter: Parameter, text: str) -> str:
    if parameter.type in ("int", "float"):
        if "," in text:
            return "Write the decimal mark as a point, and no mark between thousands."
        if parameter.optional:
            return "Write it in digits, or leave it empty."
        return f"Write it in digits, such as {format_value(parameter.default)}."
    if parameter.type == "choice":
        names = [format_value(choice) for choice in parameter.choices]
        close = difflib.get_close_matches(text.strip().lower(), names, n=1)
        return f"Did you mean {close[0]}?" if close else ""
    return ""


def _refusal(parameter: Parameter, value: object, more: str = "") -> ValueProblem:
    shown = format_value(value)
    if isinstance(value, str) or not isinstance(value, int | float):
        shown = repr(value)
    if len(shown) > 60:
        shown = shown[:57] + "…"
    return ValueProblem(
        parameter.name,
        f"{parameter.name} must be {allowed(parameter)}; you gave {plain_line(shown)}.",
        more
        or ("" if parameter.optional else f"Its default is {format_value(parameter.default)}."),
    )


def _is_writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
