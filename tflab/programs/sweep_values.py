"""The values of a sweep: what a field may hold, and how several fields combine. Pure functions.

A field holds values and ranges, set apart by commas: `0.01, 0.03, 0.1`, `1e-3..1 log 7`,
`0..1 lin 5`, `1..8 step 1`, and `*` for every choice of a list. On a command line the blanks of a
range may be written as colons: `1e-3..1:log:7`.
"""

from __future__ import annotations

import csv
import math
import random
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from tflab.programs.parameters import ValueProblem, check_value, format_value, parse_value
from tflab.programs.program import Parameter
from tflab.runs.text import plain_line

MOST_VALUES = 1000
"""Values that one field may give."""

_RANGE = re.compile(r"(?P<low>.+?)\.\.(?P<high>[^\s:]+)(?:[\s:]+(?P<kind>\w+)[\s:]+(?P<by>\S+))?")
_EVERY = ("*", "all")
_LONGEST = 60
_DIGITS = 4
_DIGITS_OF_COUNT = 9

Values = tuple[Any, ...]
Axes = Mapping[str, Sequence[Any]]


def parse_sweep_values(parameter: Parameter, text: str) -> Values:
    """Return the distinct values that a field holds, in the order in which they are written.

    Raises:
        ValueProblem: When a part of the text is no value that the parameter takes, or a range makes
            no sense; it says what to write.
    """
    if parameter.type in ("choice", "bool"):
        whole = _whole(parameter, text)
        if whole:
            return whole
    found: list[Any] = []
    for part in split_values(parameter, text):
        ranged = ".." in part and parameter.type in ("int", "float")
        found += _spread(parameter, part.strip()) if ranged else [_value(parameter, part)]
        if len(found) > MOST_VALUES:
            raise refusal(parameter, f"gives more than {MOST_VALUES} values", "Take fewer.")
    # True == 1, so the type tells values apart too.
    return tuple({(type(value), value): value for value in found}.values())


def format_sweep_values(parameter: Parameter, values: Sequence[Any]) -> str:
    """Return the text that `parse_sweep_values` reads back as these values."""
    texts = [format_value(value) for value in values]
    if parameter.type in ("choice", "str"):
        alone = len(texts) == 1
        texts = [_quoted(text) if _needs_quotes(text, alone) else text for text in texts]
    return ", ".join(texts)


def grid_count(axes: Axes) -> int:
    """Return how many combinations the values of all fields make."""
    return math.prod(len(values) for values in axes.values())


def grid_point(axes: Axes, place: int) -> dict[str, Any]:
    """Return one combination; over rising `place` the last field changes fastest."""
    found: dict[str, Any] = {}
    for name, values in reversed(list(axes.items())):
        place, index = divmod(place, len(values))
        found[name] = values[index]
    return dict(reversed(found.items()))


def grid(axes: Axes) -> list[dict[str, Any]]:
    """Return every combination, in a stable order: the last field changes fastest."""
    return [grid_point(axes, place) for place in range(grid_count(axes))]


def sample(axes: Axes, budget: int, seed: int) -> list[dict[str, Any]]:
    """Return `budget` different combinations at random, the same for the same seed.

    With a budget as large as the grid, the whole grid comes in its own order.
    """
    count = grid_count(axes)
    if budget >= count:
        return grid(axes)
    draw = random.Random(seed)
    places: dict[int, None] = {}
    while len(places) < budget:
        places[draw.randrange(count)] = None
    return [grid_point(axes, place) for place in places]


def _whole(parameter: Parameter, text: str) -> Values:
    """The choices when all are meant, or the one whose name is the whole text."""
    choices = parameter.choices if parameter.type == "choice" else (False, True)
    for choice in choices if parameter.type == "choice" else ():
        if text.strip() == format_value(choice).strip():
            return (choice,)
    return choices if text.strip().lower() in _EVERY else ()


def split_values(parameter: Parameter, text: str) -> list[str]:
    """Return the parts of a field, as commas set them apart.

    Raises:
        ValueProblem: When its quotes do not fit together.
    """
    if parameter.type == "str" and "," not in text and '"' not in text:
        return [text]
    if parameter.type not in ("choice", "str"):
        return text.split(",")
    try:
        return next(csv.reader([text], skipinitialspace=True, strict=True), None) or [""]
    except csv.Error as error:
        raise refusal(
            parameter,
            f"cannot be split into values: {plain_line(text)[:_LONGEST]!r}",
            'Write values with commas between them, and quotes around a value: "a, b", c.',
        ) from error


def _value(parameter: Parameter, text: str) -> Any:
    if parameter.type in ("int", "float"):
        if text.strip().lower() in _EVERY:
            raise refusal(
                parameter,
                "is a number, so it has no list of all its values",
                f"Write a range, such as {example_range(parameter)}.",
            )
        if not text.strip() and not parameter.optional:
            raise refusal(
                parameter,
                "lacks a value",
                f"Write values with commas between them, or a range: {example_range(parameter)}.",
            )
    return parse_value(parameter, text)


def _spread(parameter: Parameter, text: str) -> list[Any]:
    match = _RANGE.fullmatch(text)
    if match is None or not match["by"] or match["kind"].lower() not in ("log", "lin", "step"):
        raise refusal(
            parameter,
            f"has a range without its steps: {plain_line(text)[:_LONGEST]}",
            f"Say which values to take, such as {example_range(parameter)}, or search in it.",
        )
    low, high = (read_number(parameter, match[name]) for name in ("low", "high"))
    kind, by = match["kind"].lower(), match["by"]
    numbers = (
        _stepped(parameter, low, high, read_number(parameter, by))
        if kind == "step"
        else _counted(parameter, low, high, kind, by)
    )
    return [check_value(parameter, number) for number in numbers]


def _stepped(
    parameter: Parameter, low: Decimal, high: Decimal, step: Decimal
) -> list[int] | list[float]:
    if step <= 0:
        raise refusal(parameter, "has a step of 0 or less", "Write a step above 0.")
    steps = abs(high - low) / step
    if steps >= MOST_VALUES:
        raise refusal(parameter, f"gives more than {MOST_VALUES} values", "Take a larger step.")
    signed = step if high >= low else -step
    numbers = [low + signed * place for place in range(int(steps) + 1)]
    if parameter.type == "float":
        return [float(number) for number in numbers]
    if any(number != number.to_integral_value() for number in numbers):
        raise refusal(parameter, "takes whole numbers only", "Write a whole start and step.")
    return [int(number) for number in numbers]


def _counted(
    parameter: Parameter, low: Decimal, high: Decimal, kind: str, by: str
) -> list[int] | list[float]:
    count = int(by) if by.isdecimal() and len(by) < _DIGITS_OF_COUNT else 0
    if not 2 <= count <= MOST_VALUES:
        raise refusal(
            parameter,
            f"cannot take {plain_line(by)[:_LONGEST]} values from a range",
            f"Write how many, from 2 to {MOST_VALUES}: {example_range(parameter, kind)}.",
        )
    if kind == "log":
        if low <= 0 or high <= 0:
            raise refusal(
                parameter,
                "has a log range that does not stay above 0",
                f"Start above 0, or write lin in place of log: {example_range(parameter, 'lin')}.",
            )
        numbers = _log_spaced(float(low), float(high), count)
    else:
        numbers = _evenly_spaced(low, high, count)
    return [round(number) for number in numbers] if parameter.type == "int" else numbers


def _evenly_spaced(low: Decimal, high: Decimal, count: int) -> list[float]:
    gap = (high - low) / (count - 1)
    exact = [low + gap * place for place in range(1, count - 1)]
    # People read these numbers; a thousandth of a step is exact enough.
    places = -gap.adjusted() + _DIGITS - 1 if gap else 0
    middle = [float(f"{number:.{places}f}") if places > 0 else float(number) for number in exact]
    return [float(low), *middle, float(high)]


def _log_spaced(low: float, high: float, count: int) -> list[float]:
    start, gap = math.log(low), (math.log(high) - math.log(low)) / (count - 1)
    exact = [math.exp(start + gap * place) for place in range(1, count - 1)]
    # People read these numbers; four digits are enough wherever the steps are much larger.
    if abs(gap) > 0.01:
        exact = [float(f"{number:.{_DIGITS}g}") for number in exact]
    least, most = sorted((low, high))
    return [low, *(min(max(number, least), most) for number in exact), high]


def read_number(parameter: Parameter, text: str) -> Decimal:
    """Return a number of a range. Its float must be finite, which also bounds the digits here.

    Raises:
        ValueProblem: When it is none.
    """
    text = text.strip()
    try:
        number = Decimal(text) if len(text) <= _LONGEST else None
        if number is not None and math.isfinite(float(number)) and abs(number.adjusted()) < 400:
            return number
    except (InvalidOperation, ValueError, OverflowError):
        pass  # Said below, the same for all of them.
    raise refusal(
        parameter,
        f"has a range with no number in it: {plain_line(text)[:_LONGEST]!r}",
        f"Write it in digits, such as {example_range(parameter)}.",
    )


def example_range(parameter: Parameter, kind: str = "") -> str:
    """Return a range as it may be written for this parameter."""
    if parameter.type == "int":
        return {"lin": "10..50 lin 5", "log": "1..100 log 3"}.get(kind, "1..8 step 1")
    return "0.1..0.5 lin 5" if kind == "lin" else "1e-3..1 log 7"


def _needs_quotes(text: str, alone: bool) -> bool:
    if "," in text or '"' in text or text != text.strip() or "\n" in text or "\r" in text:
        return True
    return text.lower() in _EVERY or (not text and not alone)


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def refusal(parameter: Parameter, cause: str, next_step: str) -> ValueProblem:
    """Return the problem that a field is refused with; `cause` goes on after the name."""
    return ValueProblem(parameter.name, f"{parameter.name} {cause}.", next_step)
