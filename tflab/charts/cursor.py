"""Reading values off a loss chart, and moving its window along the steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tflab.charts.drawing import Curve, StepAxis
from tflab.charts.thin import as_points

Range = tuple[float, float]

_LEAST_WINDOW = 1.0
"""Steps that a window keeps at least: within one there is nothing to see."""


class Reading(NamedTuple):
    """What a curve is worth where the cursor stands.

    Attributes:
        curve: Which one.
        step: The step of the point that is nearest to the middle of the column.
        value: Its value; it may not be finite.
        low: Lowest finite value of all points in the column, NaN where there is none.
        high: Highest of them.
        points: How many points are in the column; with none, `step` lies beside it.
    """

    curve: Curve
    step: float
    value: float
    low: float
    high: float
    points: int


def read_values(curves: Sequence[Curve], axis: StepAxis, column: int) -> list[Reading]:
    """Return what each curve with points is worth at a column of the drawing, in their order."""
    start, stop = axis.steps_at(column)
    readings = (_read(curve, start, stop) for curve in curves)
    return [reading for reading in readings if reading is not None]


def zoomed(window: Range, centre: float, factor: float, whole: Range) -> Range | None:
    """Return a window `factor` times as wide around `centre`, None where that shows all.

    Args:
        window: What is on show.
        centre: The step that keeps its place.
        factor: Below 1 to see less of more, above 1 to see more of less.
        whole: All there is.
    """
    low, high = window
    width = max((high - low) * factor, _LEAST_WINDOW)
    if width >= whole[1] - whole[0]:
        return None
    part = (centre - low) / (high - low) if high > low else 0.5
    return moved((centre - part * width, centre + (1 - part) * width), 0.0, whole)


def moved(window: Range, part: float, whole: Range) -> Range:
    """Return a window moved by a part of its width, held within all there is."""
    low, high = window
    width = high - low
    low = min(max(low + part * width, whole[0]), whole[1] - width)
    return low, low + width


def _read(curve: Curve, start: float, stop: float) -> Reading | None:
    x, y = as_points(curve.steps, curve.values)
    if curve.memo is not None and curve.memo.count == len(x) and curve.memo.in_order:
        first, last = (int(np.searchsorted(x, edge)) for edge in (start, stop))
        inside = np.arange(first, last)
        near = np.arange(max(first - 1, 0), min(last + 1, len(x)))
    else:
        inside = np.flatnonzero((x >= start) & (x < stop))
        near = inside if len(inside) else np.flatnonzero(np.isfinite(x))
    if not len(near):
        return None
    among = inside if len(inside) else near
    nearest = among[np.abs(x[among] / 2 - (start / 4 + stop / 4)).argmin()]
    finite = y[inside][np.isfinite(y[inside])]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (math.nan, math.nan)
    return Reading(curve, float(x[nearest]), float(y[nearest]), low, high, len(inside))
