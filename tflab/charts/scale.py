"""Axes: limits that people can read, that hold still while the data move, and their ticks.

Everything here stays finite for any finite doubles, ±1e308 and 5e-324 included.
"""

from __future__ import annotations

import math
import sys
from typing import NamedTuple

LARGEST = sys.float_info.max
_HUGE = 1e300
_TINY = 1e-300
_SLACK = 1e-9
_FILL = 0.5


class Tick(NamedTuple):
    """A mark on an axis: where, and its text."""

    value: float
    label: str


def place(value: float, low: float, high: float, log: bool = False) -> float:
    """Return where `value` lies between `low` (0.0) and `high` (1.0)."""
    if log:
        value, low, high = math.log10(value), math.log10(low), math.log10(high)
    # A quarter of each keeps the difference of the largest doubles finite.
    return (value / 4 - low / 4) / (high / 4 - low / 4)


def usable(low: float, high: float) -> bool:
    """Say whether an axis can run from `low` to `high`: finite, rising, and apart enough."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return False
    return high / 4 - low / 4 > max(_TINY, 1e-15 * max(abs(low), abs(high)))


def value_range(
    low: float, high: float, log: bool = False, previous: tuple[float, float] | None = None
) -> tuple[float, float]:
    """Return limits for data between `low` and `high`, all finite, above 0 when `log`.

    Limits lie on round numbers. `previous` limits are kept as long as the data stay inside and
    fill half of them, so that a live chart is not rescaled at each new minimum.
    """
    if previous is not None and _still_fits(low, high, log, previous):
        return previous
    bottom, top = _log_range(low, high) if log else _linear_range(low, high)
    return min(bottom, low), max(top, high)


def ticks(low: float, high: float, count: int, log: bool = False) -> list[Tick]:
    """Return about `count` marks between the limits, lowest first, with labels that differ."""
    if count < 1:
        return []
    marks = _log_ticks(low, high, count) if log else _linear_ticks(low, high, count)
    return list({mark.label: mark for mark in reversed(marks)}.values())[::-1]


def step_ticks(low: float, high: float, count: int) -> list[Tick]:
    """Return marks for an axis of training steps: whole numbers, thousands as k and M."""
    if not (high - low >= 1 and max(abs(low), abs(high)) < 1e15):
        return ticks(low, high, count)
    step = max(1.0, nice_step((high - low) / max(count, 1)))
    values = _multiples(low, high, step)
    for unit, suffix in ((1e6, "M"), (1e3, "k")):
        if max(map(abs, values), default=0.0) >= 10 * unit and step >= unit / 10:
            return [Tick(v, f"{v / unit:g}{suffix}" if v else "0") for v in values]
    return [Tick(v, f"{v:.0f}") for v in values]


def log_step_ticks(low: float, high: float, count: int) -> list[Tick]:
    """Return marks for a logarithmic axis of training steps, all above 0."""
    marks = ticks(low, high, count, log=True)
    return [Tick(v, _short_step(v)) if v >= 1 else Tick(v, label) for v, label in marks]


def _short_step(value: float) -> str:
    """Return a step with thousands as k and M."""
    for unit, suffix in ((1e6, "M"), (1e3, "k")):
        if unit <= value < 1e15:
            return f"{value / unit:g}{suffix}"
    return short(value)


def nice_step(rough: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is at least `rough`."""
    if not _TINY < rough < _HUGE:
        return rough
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 5):
        if factor * power >= rough * (1 - _SLACK):
            return factor * power
    return 10 * power


def short(value: float, room: int = 20) -> str:
    """Return a number as people read it in a legend: 4 digits, no needless zeros.

    Where it would take more than `room` characters, 7 at least, it has fewer digits.
    """
    if not math.isfinite(value):
        return str(value)
    texts = [_compact(f"{value:.{digits}g}") for digits in (4, 3, 2, 1)]
    return next((text for text in texts if len(text) <= room), texts[-1])


def _still_fits(low: float, high: float, log: bool, previous: tuple[float, float]) -> bool:
    bottom, top = previous
    if not (usable(bottom, top) and bottom <= low and high <= top) or (log and bottom <= 0):
        return False
    if low == high:
        return True
    start = bottom if not log and bottom == 0 else low
    return place(high, bottom, top, log) - place(start, bottom, top, log) >= _FILL


def _linear_range(low: float, high: float) -> tuple[float, float]:
    largest = max(abs(low), abs(high))
    if largest > _HUGE:
        return (low, high) if low < high else (min(low, 0.0), max(high, 0.0))
    if high - low <= max(1e-12 * largest, _TINY):
        if largest < _TINY:
            return -1.0, 1.0
        low, high = min(0.0, 2 * low), max(0.0, 2 * high)
    if 0 < low <= 0.4 * high:
        low = 0.0
    elif 0.4 * low <= high < 0:
        high = 0.0
    step = nice_step((high - low) / 8)
    bottom = math.floor(low / step + _SLACK) * step
    top = math.ceil(high / step - _SLACK) * step
    return (bottom, top) if bottom < top else (low, high)


def _log_range(low: float, high: float) -> tuple[float, float]:
    if high / 10 < low:
        middle = math.log10(low) / 2 + math.log10(high) / 2
        bottom, top = _linear_range(low, high)
        if low < high and bottom > 0 and high - low > 1e-12 * high:
            return bottom, top
        return _power(middle - 0.5), _power(middle + 0.5)
    return _round_log(low, up=False), _round_log(high, up=True)


def _round_log(value: float, up: bool) -> float:
    """Return the next 1, 2 or 5 times a power of ten below or above `value`."""
    exponent = math.floor(math.log10(value))
    factors = (1, 2, 5, 10)
    nearby = [factor * _power(exponent) for factor in factors]
    if up:
        above = [number for number in nearby if number >= value * (1 - _SLACK)]
        return min(above[0], LARGEST) if above else value
    below = [number for number in nearby if 0 < number <= value * (1 + _SLACK)]
    return below[-1] if below else value


def _power(exponent: float) -> float:
    return math.pow(10.0, min(max(exponent, -323.0), 308.0))


def _multiples(low: float, high: float, step: float) -> list[float]:
    first = math.ceil(low / step - _SLACK)
    last = math.floor(high / step + _SLACK)
    return [number * step for number in range(first, min(last, first + 200) + 1)]


def _linear_ticks(low: float, high: float, count: int) -> list[Tick]:
    span = high / 4 - low / 4
    if max(abs(low), abs(high)) > _HUGE or span < _TINY:
        return [Tick(low, _compact(f"{low:.1e}")), Tick(high, _compact(f"{high:.1e}"))]
    step = nice_step(span * 4 / count)
    values = _multiples(low, high, step)
    if len(values) < 2:
        values = _multiples(low, high, nice_step(span / count))
        values = [values[0], values[-1]] if len(values) > 1 else [low, high]
        step = values[-1] - values[0]
    return list(map(Tick, values, labels(values, step)))


def labels(values: list[float], step: float) -> list[str]:
    """Return one text for each value, all with the decimals that `step` needs."""
    largest = max(map(abs, values))
    magnitude = math.floor(math.log10(largest)) if largest > 0 else 0
    decimals = -math.floor(math.log10(step) + _SLACK)
    if magnitude >= 5 or (decimals > 4 and magnitude < -2):
        digits = min(max(magnitude + decimals, 0), 15)
        return ["0" if v == 0 else _compact(f"{v:.{digits}e}") for v in values]
    places = min(max(decimals, 0), 12)
    return [f"{v if round(v, places) else 0:.{places}f}" for v in values]


def _log_ticks(low: float, high: float, count: int) -> list[Tick]:
    first = math.ceil(math.log10(low) - _SLACK)
    last = math.floor(math.log10(high) + _SLACK)
    decades = last - first + 1
    if decades >= 2:
        stride = max(1, -(-decades // count))
        exponents = [e for e in range(first, last + 1) if e % stride == 0]
        return [Tick(_power(e), power_label(e)) for e in exponents]
    marks = [
        factor * _power(exponent) for exponent in range(first - 1, last + 2) for factor in (1, 2, 5)
    ]
    top = min(high * (1 + _SLACK), LARGEST)
    inside = [mark for mark in marks if low * (1 - _SLACK) <= mark <= top]
    if len(inside) < 2:
        return [tick for tick in _linear_ticks(low, high, count) if tick.value > 0]
    return [Tick(mark, short(mark)) for mark in inside]


def power_label(exponent: int) -> str:
    """Return a power of ten as people read it at an axis."""
    return f"{10.0**exponent:g}" if -2 <= exponent <= 3 else f"1e{exponent}"


def _compact(number: str) -> str:
    """Return `1.50e+08` as `1.50e8`."""
    mantissa, letter, exponent = number.partition("e")
    return f"{mantissa}e{int(exponent)}" if letter else number
