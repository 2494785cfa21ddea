"""Figures with two axes: points, lines, histograms, and grids of classes or of values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tflab.charts.canvas import frame, label_fits, lay_out, picture_rows
from tflab.charts.drawing import ChartOptions, LegendEntry, Row, Size
from tflab.charts.grids import draw_grid
from tflab.charts.layers import Range, Shape
from tflab.charts.marks import x_axis_marks, y_axis_marks
from tflab.charts.palette import Ink, ink_number, series_ink
from tflab.charts.plot import Glyphs, draw_path
from tflab.charts.raster import Cells, line_style
from tflab.charts.scale import ticks
from tflab.charts.strokes import fractions, polyline, scatter
from tflab.charts.thin import Floats, thin

POINT_MARKERS = "ox+*#@%&"

_FULL, _EIGHTHS = 0x2588, 0x2580
_FARTHEST = 1e7


class Plane:
    """Draws shapes one over another, and keeps what the legend and the notes must say.

    Attributes:
        cells: The picture so far.
        inks: Inks by number.
        legend: Entries of the shapes that have something to tell.
        outside: Points that lie beyond the axes.
    """

    def __init__(
        self,
        size: Size,
        x_range: Range,
        y_range: Range,
        x_label: str,
        options: ChartOptions,
        log: tuple[bool, bool] = (False, False),
    ) -> None:
        self.x_range, self.y_range, self.options = x_range, y_range, options
        self._log = log
        self._y_marks = y_axis_marks(y_range, picture_rows(size[1], options.unicode), log[1])
        names = [mark.label for mark in self._y_marks]
        self._layout = lay_out(*size, names, x_label)
        maker = partial(ticks, log=log[0])
        self._x_marks = x_axis_marks(maker, x_range, self._layout.width, log[0])
        self._x_label = x_label
        self.cells = Cells(self._layout.width, self._layout.height, options.unicode)
        self.inks: list[Ink] = []
        self.legend: list[LegendEntry] = []
        self.outside = 0

    def rows(self) -> tuple[Row, ...]:
        """Return the finished picture with its axes."""
        return frame(
            self.cells,
            self._layout,
            self._x_marks,
            self._y_marks,
            self.inks,
            self.options,
            self._x_label,
        )

    def label_left_over(self) -> str:
        """Return the name of the x axis if the drawing has no place for it."""
        fits = label_fits(self._layout, self._x_label)
        return "" if fits else self._x_label

    def draw(self, shapes: Sequence[Shape]) -> None:
        """Draw grids first, then the other shapes in their order."""
        for shape in shapes:
            if shape.kind == "grid" and shape.grid.size:
                self.legend += draw_grid(self.cells, shape, self.inks, self.options)
        groups = [shape for shape in shapes if shape.kind == "points"]
        crowds = self._crowds(groups)
        clouds = self._clouds(groups) if self._as_dots(shapes) else None
        bars = [shape for shape in shapes if shape.kind == "hist"]
        others = [shape for shape in shapes if shape.kind != "grid"]
        lines = points = 0
        for number, shape in enumerate(others):
            ink = series_ink(number, self.options.dark)
            if shape.kind == "points":
                self._draw_points(shape, crowds[points], clouds, points, ink)
                points += 1
            elif shape.kind == "line" or len(bars) > 1:
                self._draw_line(shape, lines, ink)
                lines += 1
            elif len(shape.y):
                self._draw_histogram(shape, ink)

    def _as_dots(self, shapes: Sequence[Shape]) -> bool:
        """Say whether points are dots: they are letters where groups or a ground need telling."""
        if not self.options.unicode or any(shape.kind == "grid" for shape in shapes):
            return False
        groups = sum(shape.kind == "points" for shape in shapes)
        return groups == 1 or self.options.colour != "none"

    def _draw_points(
        self,
        shape: Shape,
        crowd: NDArray[np.bool_],
        clouds: Glyphs | None,
        number: int,
        ink: Ink,
    ) -> None:
        marker = POINT_MARKERS[number % len(POINT_MARKERS)]
        if clouds is None:
            self.cells.put(crowd, ord(marker), self._add(ink))
        else:
            self.cells.put(crowd, clouds, self._add(ink))
        self._name(marker if clouds is None else "⠶", ink, shape)

    def _clouds(self, groups: Sequence[Shape]) -> Glyphs:
        """Return the dots of all groups, merged: a cell shows every point in it."""
        cells = self.cells
        merged = np.zeros(cells.glyphs.shape, dtype=np.uint32)
        for shape in groups:
            path = scatter(*self._dots(shape.x, shape.y), cells.width, cells.height)
            merged |= draw_path(path, cells.columns, cells.rows, cells.unicode)
        return merged

    def _draw_line(self, shape: Shape, number: int, ink: Ink) -> None:
        style = line_style(number)
        x, y = _outline(shape) if shape.kind == "hist" else _thinned(shape, self.cells.columns)
        cells, colourless = self.cells, self.options.colour == "none"
        path = polyline(*self._dots(x, y), cells.width, cells.height)
        line = draw_path(path, cells.columns, cells.rows, cells.unicode)
        cells.put_lines([(line, style, self._add(ink))], patterned=colourless)
        self._name(style.sample(self.options.unicode, patterned=colourless), ink, shape)

    def _draw_histogram(self, shape: Shape, ink: Ink) -> None:
        cells, unicode = self.cells, self.options.unicode
        low, high = self.x_range
        borders = low + (high - low) * np.arange(cells.columns + 1) / cells.columns
        first = np.searchsorted(shape.x, borders[:-1], side="right") - 1
        last = np.searchsorted(shape.x, borders[1:], side="left")
        counts = np.nan_to_num(shape.y, posinf=0, neginf=0)
        tops = np.zeros(cells.columns)
        for column, (start, stop) in enumerate(zip(first, last, strict=True)):
            inside = counts[max(start, 0) : stop]
            tops[column] = inside.max() if len(inside) else 0
        share = np.clip(fractions(tops, *self.y_range), 0, 1)
        eighths = np.where(tops > 0, np.maximum(np.rint(share * cells.rows * 8), 1), 0)
        filled = np.clip(eighths[None, :] - 8 * np.arange(cells.rows)[:, None], 0, 8)
        glyphs = (_EIGHTHS + filled).astype(np.uint32)
        shown = filled > 0 if unicode else filled >= 4
        cells.put(shown, glyphs if unicode else ord("#"), self._add(ink))
        self._name(chr(_FULL) if unicode else "#", ink, shape)

    def _crowds(self, shapes: Sequence[Shape]) -> list[NDArray[np.bool_]]:
        """Return for each group the cells in which it has the most points of all groups."""
        cells = self.cells
        counts = np.zeros((len(shapes), cells.rows, cells.columns), dtype=np.int64)
        for group, shape in enumerate(shapes):
            finite = np.isfinite(shape.x) & np.isfinite(shape.y)
            across, up = self._dots(shape.x[finite], shape.y[finite])
            inside = (across > -0.5) & (across < cells.width - 0.5)
            inside &= (up > -0.5) & (up < cells.height - 0.5)
            self.outside += int((~inside).sum())
            columns = np.rint(across[inside]).astype(np.int64) // cells.dots_x
            rows = np.rint(up[inside]).astype(np.int64) // cells.dots_y
            np.add.at(counts[group], (rows, columns), 1)
        most = counts.max(axis=0, initial=0)
        return [(count > 0) & (count == most) for count in counts]

    def _dots(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return places in dots, held within what arithmetic on them can bear."""
        with np.errstate(over="ignore", invalid="ignore"):
            across = _parts(x, self.x_range, self._log[0]) * (self.cells.width - 1)
            up = _parts(y, self.y_range, self._log[1]) * (self.cells.height - 1)
        return np.clip(across, -_FARTHEST, _FARTHEST), np.clip(up, -_FARTHEST, _FARTHEST)

    def _add(self, ink: Ink) -> int:
        return ink_number(ink, self.inks)

    def _name(self, marker: str, ink: Ink, shape: Shape) -> None:
        if shape.label:
            shown = ink if self.options.colour != "none" else None
            self.legend.append(LegendEntry(marker, shown, shape.label))


def _parts(values: Floats, limits: Range, log: bool) -> Floats:
    """Return how far along an axis values lie, 0 to 1; nowhere if a log axis has no place."""
    if not log:
        return fractions(values, *limits)
    with np.errstate(divide="ignore", invalid="ignore"):
        powers: Floats = np.where(values > 0, np.log10(values), np.nan)
    return fractions(powers, math.log10(limits[0]), math.log10(limits[1]))


def _outline(shape: Shape) -> tuple[Floats, Floats]:
    """Return the corners of a histogram, from the base line up, along, and down again."""
    if len(shape.y) == 0:
        return shape.y, shape.y
    return np.repeat(shape.x, 2), np.concatenate([[0], np.repeat(shape.y, 2), [0]])


def _thinned(shape: Shape, columns: int) -> tuple[Floats, Floats]:
    """Return a curve with fewer points if it has many and runs from left to right."""
    x, y = np.where(np.isfinite(shape.x), shape.x, np.nan), shape.y
    y = np.where(np.isfinite(y), y, np.nan)
    if np.isfinite(x).all() and np.isfinite(y).all() and bool((x[1:] >= x[:-1]).all()):
        return thin(x, y, columns)
    return x, y
