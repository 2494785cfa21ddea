"""Making a value a little larger or smaller, by a step that fits the parameter."""

from __future__ import annotations

import math
from typing import Any

from tflab.programs.program import Parameter

_LADDER = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
_SMALL_COUNT = 20
_DECADE = 10.0
_FINE = 10
_INT64 = 1 << 63


def nudge(parameter: Parameter, value: Any, direction: int, fine: bool = False) -> Any:
    """Return the next value in `direction` (1 or -1); the same value at the end of the range.

    Choices go to the next one and bools flip. Small counts go by one. Numbers that may span a
    decade or more go up and down the ladder 1, 1.5, 2, 3, 5, 7, 10, …; others go by a twentieth of
    their range.

    Args:
        parameter: What the value is of.
        value: It.
        direction: 1 for larger, -1 for smaller.
        fine: Whether a number goes by a tenth of such a step, to come near a limit.
    """
    if value == "":
        # A number that is not given, or a text.
        return value
    match parameter.type:
        case "bool":
            return not value
        case "choice":
            place = parameter.choices.index(value) + direction
            return parameter.choices[max(0, min(place, len(parameter.choices) - 1))]
        case "int":
            there = _next_int(int(value), direction)
            if fine:
                there = int(value) + direction * max(1, round(abs(there - int(value)) / _FINE))
            return _clamp(parameter, there, value)
        case "float":
            number = float(value)
            far = _next_float(parameter, number, direction)
            if fine:
                far = _tidy(number + direction * _step(parameter, number, far) / _FINE)
            return _clamp(parameter, far, value)
        case _:
            return value


def _next_int(value: int, direction: int) -> int:
    if abs(value) < _SMALL_COUNT or (abs(value) == _SMALL_COUNT and value * direction < 0):
        return value + direction
    return round(_rung(value, direction))


def _next_float(parameter: Parameter, value: float, direction: int) -> float:
    low = parameter.ge if parameter.ge is not None else parameter.gt
    high = parameter.le if parameter.le is not None else parameter.lt
    if low is not None and high is not None and _is_share(parameter, low, high):
        return _tidy(value + direction * (high - low) / 20)
    if low is not None and low >= 0 and value > 0:
        return _tidy(_rung(value, direction))
    size = 10.0 ** math.floor(math.log10(max(abs(value), 1.0)))
    return _tidy(value + direction * size / 2)


def _step(parameter: Parameter, value: float, there: float) -> float:
    """Return the whole step that `value` lies in: between two rungs, it is their distance."""
    if value <= 0 or there <= 0 or abs(there - value) > value:
        return abs(there - value)
    back = _next_float(parameter, there, -1 if there > value else 1)
    return abs(there - back)


def _is_share(parameter: Parameter, low: float, high: float) -> bool:
    """Return whether a range is short enough to go through in even steps."""
    if low > 0:
        return high < _DECADE * low
    return low < 0 or (parameter.ge is not None and high <= 1)


def _rung(value: float, direction: int) -> float:
    """Return the next rung of the ladder beyond `value`, away from zero when growing."""
    if value < 0:
        return -_rung(-value, -direction)
    power = math.floor(math.log10(value))
    # Beyond the largest float this reads as infinity, where a power would raise.
    powers = [float(f"1e{p}") for p in (power - 1, power, power + 1)]
    rungs = [step * size for size in powers for step in _LADDER]
    if direction > 0:
        return min(rung for rung in rungs if rung > value * (1 + 1e-9))
    return max(rung for rung in rungs if rung < value * (1 - 1e-9))


def _tidy(value: float) -> float:
    return float(f"{value:.6g}")


def _clamp(parameter: Parameter, value: Any, before: Any) -> Any:
    """Return `value` inside the bounds: the bound itself where it is allowed, else `before`."""
    if not math.isfinite(value) or (type(value) is int and abs(value) >= _INT64):
        return before
    if parameter.le is not None and value > parameter.le:
        return type(before)(parameter.le)
    if parameter.ge is not None and value < parameter.ge:
        return type(before)(parameter.ge)
    if parameter.lt is not None and value >= parameter.lt:
        return before
    if parameter.gt is not None and value <= parameter.gt:
        return before
    return value
