"""Limits of a y axis whose ticks divide its rows evenly.

The axis is measured in dots. A tick stands in the middle of a row, and from one tick to the next it
is the same whole number of rows; the limits are where that leaves the first and the last dot.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from tflab.charts.scale import LARGEST, nice_step, usable, value_range

_HUGE = 1e290
_TINY = 1e-290
_NEAR = 1e-6
_BEST_ROWS = 3
_FEW_ROWS = 8
_FILL = 0.5
_TWO_TICKS = 0.05
"""What it takes from the worth of limits that leave a tall picture with two ticks."""


class Rows(NamedTuple):
    """The rows of a picture and the dots in each, from the bottom up."""

    number: int
    dots: int

    @property
    def last(self) -> int:
        """The topmost dot."""
        return self.number * self.dots - 1

    @property
    def middle(self) -> int:
        """The dot of a row at which its tick stands."""
        return (self.dots - 1) // 2


class _Choice(NamedTuple):
    """Limits. The best have the most `worth`: the part the data fill, less for odd distances."""

    worth: float
    apart: int
    bottom: float
    top: float


class EvenTicks(NamedTuple):
    """Ticks at the same number of rows from each other.

    Attributes:
        first: The lowest one; on a log axis its exponent of 10.
        step: From one to the next; on a log axis in decades.
        row: The row of the first.
        rows: Rows from one to the next.
    """

    first: float
    step: float
    row: int
    rows: int


def even_range(
    low: float,
    high: float,
    rows: Rows,
    log: bool = False,
    previous: tuple[float, float] | None = None,
    fixed: bool = False,
) -> tuple[float, float]:
    """Return limits for data between `low` and `high` whose ticks divide the rows.

    Numbers that leave no room for ticks get the limits of `value_range`.

    Args:
        low: Lowest value; above 0 when `log`.
        high: Highest value.
        rows: The picture's.
        log: Whether the axis is logarithmic.
        previous: Limits that are kept as long as the data stay inside and fill half of them.
        fixed: Whether the limits were asked for: then they do not reach for a 0 nearby.
    """
    if previous is not None and _still_fits(low, high, rows, log, previous):
        return previous
    if log and low > 0 and high / 10 >= low:
        best = max(_log_choices(low, high, rows), default=None)
        if best is not None:
            return math.pow(10.0, best.bottom), math.pow(10.0, best.top)
    elif not log and max(abs(low), abs(high)) < _HUGE:
        ends = (low, high) if fixed else _with_zero(low, high)
        best = max(_choices(*ends, rows), default=None)
        if best is not None:
            return best.bottom, best.top
    return (low, high) if fixed else value_range(low, high, log)


def even_ticks(low: float, high: float, rows: Rows, log: bool = False) -> EvenTicks | None:
    """Return the ticks of limits from `even_range`, None where none divide the rows."""
    if log:
        if low <= 0 or high / 10 < low:
            return None
        low, high = math.log10(low), math.log10(high)
    if not usable(low, high) or max(abs(low), abs(high)) > _HUGE or rows.number < 3:
        return None
    a_dot = (high - low) / rows.last
    bottom = low + rows.middle * a_dot
    found = None
    for apart in _distances(rows):
        step = a_dot * apart * rows.dots
        nice = float(max(round(step), 1)) if log else nice_step(step * (1 - _NEAR))
        if abs(step - nice) > _NEAR * nice:
            continue
        first = math.ceil(bottom / nice - _NEAR * max(1, abs(bottom / nice))) * nice
        row = (first - bottom) / (a_dot * rows.dots)
        if abs(row - round(row)) > 1e-3 or round(row) + apart >= rows.number:
            continue
        best = _BEST_ROWS if rows.number > _FEW_ROWS else 2
        if found is None or abs(apart - best) <= abs(found.rows - best):
            found = EvenTicks(first, nice, round(row), apart)
    return found


def _distances(rows: Rows) -> range:
    """Return how many rows may lie from one tick to the next."""
    return range(2, rows.number)


def _choices(low: float, high: float, rows: Rows) -> Iterator[_Choice]:
    """Yield limits that hold the data."""
    if high - low < max(_TINY, 1e-9 * max(abs(low), abs(high))) or rows.number < 3:
        return
    for apart in _distances(rows):
        step = nice_step((high - low) / rows.last * apart * rows.dots)
        for _ in range(3):
            yield from _limits(low, high, step, apart, rows)
            step = nice_step(step * 1.01)


def _log_choices(low: float, high: float, rows: Rows) -> Iterator[_Choice]:
    """Yield the exponents of limits that hold the data."""
    start, end = math.log10(low), math.log10(high)
    for apart in _distances(rows):
        least = max(1, math.floor((end - start) / rows.last * apart * rows.dots))
        for decades in range(least, least + 3):
            for choice in _limits(start, end, decades, apart, rows):
                if choice.bottom > -307 and choice.top < math.log10(LARGEST):
                    yield choice


def _limits(low: float, high: float, step: float, apart: int, rows: Rows) -> Iterator[_Choice]:
    """Yield the limits with a tick every `apart` rows that hold the data, at most one."""
    a_row = step / apart
    below = a_row * rows.middle / rows.dots
    # The lowest row takes a multiple of what lies between two rows.
    bottom = math.floor((low + below) / a_row + _NEAR) * a_row - below
    top = bottom + a_row * rows.last / rows.dots
    ticks = math.floor(top / step + _NEAR) - math.ceil((bottom + below) / step - _NEAR) + 1
    fill = (high - low) / (top - bottom)
    if top >= high - _NEAR * step and ticks >= 2 and fill >= _FILL:
        worth = fill - 0.03 * abs(apart - _BEST_ROWS)
        worth -= _TWO_TICKS if ticks < 3 and rows.number > _FEW_ROWS else 0
        yield _Choice(round(worth, 9), apart, bottom, top)


def _with_zero(low: float, high: float) -> tuple[float, float]:
    """Return the limits of the data, widened to 0 where that is near, and never empty."""
    if high - low <= max(1e-9 * max(abs(low), abs(high)), _TINY):
        if max(abs(low), abs(high)) < _TINY:
            return -1.0, 1.0
        return min(0.0, 2 * low), max(0.0, 2 * high)
    if 0 < low <= 0.4 * high:
        return 0.0, high
    if 0.4 * low <= high < 0:
        return low, 0.0
    return low, high


def _still_fits(
    low: float, high: float, rows: Rows, log: bool, previous: tuple[float, float]
) -> bool:
    bottom, top = previous
    # Bounds first: limits that are none, such as NaN or 0 on a log axis, have no ticks.
    if not bottom <= low <= high <= top or even_ticks(bottom, top, rows, log) is None:
        return False
    if low == high:
        return True
    if not log:
        low, high = _with_zero(low, high)
        low = max(low, bottom)
    else:
        low, high, bottom, top = map(math.log10, (low, high, bottom, top))
    return (high - low) / (top - bottom) >= _FILL
