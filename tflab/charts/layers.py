"""Layers of a figure as arrays, whatever a log holds, and the axes that they ask for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tflab.charts.limits import Rows, even_range
from tflab.charts.scale import usable, value_range
from tflab.charts.text import clean
from tflab.charts.thin import Floats
from tflab.runs.events import Figure, Layer, Number

Range = tuple[float, float]

_NONE = np.empty(0)


@dataclass(frozen=True, slots=True)
class Shape:
    """One layer: its kind and label, points `x` and `y` of equal length, or a `grid`.

    A histogram has edges in `x`, one more than counts in `y`. What is not a number is NaN. The
    numbers of a grid may have names, from 0.
    """

    kind: str
    label: str
    x: Floats
    y: Floats
    grid: Floats
    names: tuple[str, ...] = ()

    @property
    def lost(self) -> int:
        """How many points or cells are not finite."""
        if self.kind == "grid":
            return int((~np.isfinite(self.grid)).sum())
        if self.kind == "hist":
            return int((~np.isfinite(self.y)).sum())
        return int((~(np.isfinite(self.x) & np.isfinite(self.y))).sum())


def numbers(values: Iterable[Number]) -> Floats:
    """Return `values` as doubles; names of non-finite numbers are read, other text is NaN."""
    return np.array([_number(value) for value in values], dtype=np.float64)


def read_shape(layer: Layer) -> Shape:
    """Return a layer with its lists cut to a length that fits."""
    label = clean(layer.label)
    if layer.kind == "grid":
        width = min((len(row) for row in layer.grid), default=0)
        rows = [numbers(row[:width]) for row in layer.grid] if width else []
        grid = np.array(rows) if rows else np.empty((0, 0))
        names = tuple(clean(name) for name in layer.names)
        return Shape(layer.kind, label, _NONE, _NONE, grid, names)
    x, y = numbers(layer.x), numbers(layer.y)
    extra = 1 if layer.kind == "hist" else 0
    count = max(min(len(x) - extra, len(y)), 0)
    edges = x[: count + extra] if count else _NONE
    if extra and not (np.isfinite(edges).all() and (np.diff(edges) >= 0).all()):
        edges, count = _NONE, 0
    return Shape(layer.kind, label, edges, y[:count], np.empty((0, 0)))


def axis_ranges(
    figure: Figure, shapes: Sequence[Shape], picture: Rows, previous: Range | None
) -> tuple[Range, Range]:
    """Return the limits of x and y: the figure's own where it fixes them, else from its layers.

    Those of y are a little wider where that has the ticks divide the rows. A grid fills its axes.
    """
    log_x, log_y = log_axes(figure)
    xs = _limits((shape.x for shape in shapes), log_x)
    ys = _limits((shape.y for shape in shapes), log_y)
    grid = next((shape.grid for shape in shapes if shape.kind == "grid" and shape.grid.size), None)
    if any(shape.kind == "hist" for shape in shapes) and ys is not None:
        ys = min(ys[0], 0.0), max(ys[1], 0.0)
    if grid is not None:
        rows, columns = grid.shape
        x_range, y_range = (0.0, float(columns)), (0.0, float(rows))
    else:
        scattered = any(shape.kind == "points" for shape in shapes)
        exact = xs is not None and not scattered and usable(*xs)
        empty = (0.1, 1.0) if log_x else (0.0, 1.0)
        x_range = xs if exact and xs is not None else value_range(*(xs or empty), log_x)
        empty = (0.1, 1.0) if log_y else (0.0, 1.0)
        y_range = even_range(*(ys or empty), picture, log_y, previous=previous)
    if figure.x_range is not None and _fits(figure.x_range, log_x):
        x_range = figure.x_range
    if figure.y_range is not None and _fits(figure.y_range, log_y):
        y_range = figure.y_range
        if grid is None:
            y_range = even_range(*y_range, picture, log_y, fixed=True)
    return x_range, y_range


def log_axes(figure: Figure) -> tuple[bool, bool]:
    """Return which axes are logarithmic; those of bins and grids never are."""
    plain = all(layer.kind in ("points", "line") for layer in figure.layers)
    return figure.log_x and plain, figure.log_y and plain


def _fits(limits: Range, log: bool) -> bool:
    return usable(*limits) and (not log or limits[0] > 0)


def _limits(arrays: Iterable[Floats], log: bool = False) -> Range | None:
    parts = [array[np.isfinite(array)] for array in arrays]
    parts = [part[part > 0] for part in parts] if log else parts
    parts = [part for part in parts if len(part)]
    if not parts:
        return None
    return min(float(part.min()) for part in parts), max(float(part.max()) for part in parts)


def _number(value: Number) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan
