"""Ticks put on cells: few enough to read, never two on one row."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from tflab.charts.limits import EvenTicks, Rows, even_ticks
from tflab.charts.plot import Mark
from tflab.charts.scale import Tick, labels, place, power_label, ticks

_Range = tuple[float, float]
TickMaker = Callable[[float, float, int], list[Tick]]

_ROWS_A_TICK = 3
_LABEL_GAP = 5
_LONGEST_LABEL = 10


def y_axis_marks(limits: _Range, rows: Rows, log: bool = False) -> list[Mark]:
    """Return the marks beside a picture, bottom to top, at least a row apart.

    They are evenly spaced where the limits allow it, as those of `even_range` do.
    """
    even = even_ticks(*limits, rows, log)
    if even is not None:
        return _even_marks(even, rows, log)
    count = max(2, -(-rows.number // _ROWS_A_TICK))
    marks: list[Mark] = []
    for tick in ticks(*limits, count, log):
        # The same rounding as that of the dots.
        dot = round(place(tick.value, *limits, log) * rows.last)
        cell = min(max(dot // rows.dots, 0), rows.number - 1)
        apart = not marks or cell - marks[-1].cell >= (2 if rows.number > 3 else 1)
        if apart and len(tick.label) <= _LONGEST_LABEL:
            marks.append(Mark(cell, tick.label))
    return marks


def _even_marks(even: EvenTicks, rows: Rows, log: bool) -> list[Mark]:
    cells = range(even.row, rows.number, even.rows)
    values = [even.first + place * even.step for place in range(len(cells))]
    texts = [power_label(round(value)) for value in values] if log else labels(values, even.step)
    marks = [Mark(cell, text) for cell, text in zip(cells, texts, strict=True)]
    return [mark for mark in marks if len(mark.label) <= _LONGEST_LABEL]


def x_axis_marks(maker: TickMaker, limits: _Range, width: int, log: bool = False) -> list[Mark]:
    """Return the marks below a picture of `width` columns, left to right, labels apart."""
    low, high = limits
    for count in range(max(2, width // 7), 0, -1):
        marks = [
            Mark(round(place(tick.value, low, high, log) * (width - 1)), tick.label)
            for tick in maker(low, high, count)
        ]
        marks = [mark for mark in marks if 0 <= mark.cell < width]
        room = max((len(mark.label) for mark in marks), default=0) + _LABEL_GAP
        gaps = [b.cell - a.cell for a, b in pairwise(marks)]
        if len(marks) <= 2 or min(gaps) >= room:
            return marks
    return []
