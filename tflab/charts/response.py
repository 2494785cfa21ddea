"""A metric against a parameter: what came of the runs of a sweep."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tflab.charts.canvas import frame, lay_out, picture_rows
from tflab.charts.drawing import ChartOptions, Drawing, LegendEntry, Row, Size, encode_row
from tflab.charts.limits import even_range
from tflab.charts.marks import y_axis_marks
from tflab.charts.palette import Ink, alarm_ink, faint_ink, ink_number, label_ink, series_ink
from tflab.charts.plot import Mark, draw_path
from tflab.charts.raster import Cells
from tflab.charts.scale import Tick, place, short, ticks, usable
from tflab.charts.strokes import fractions, polyline
from tflab.charts.text import cell_width, clean, fit

_DECADES = 100.0
_RUN, _BEST, _PRUNED, _DIVERGED = "o", "*", "v", "✗"
_MANY_VALUES = 12
_BINS = 8
_LABEL_GAP = 2
_MARGIN = 2
"""Columns beside the first and the last value."""


class Trial(NamedTuple):
    """What came of a run.

    Attributes:
        value: Its value of the parameter.
        metric: Its metric; not finite where it diverged.
        best: Whether it is among the best ones.
        pruned: Whether it was stopped early; its metric is then that of where it was stopped.
    """

    value: Any
    metric: float
    best: bool = False
    pruned: bool = False


def draw_response(trials: Sequence[Trial], size: Size, options: ChartOptions) -> Drawing:
    """Draw each run as a point, its metric over its value, and a faint line through the medians.

    Numbers that span two decades stand on a logarithmic axis; values that are no numbers stand
    side by side in the order in which they come. Runs that diverged are marked at the upper end.

    Args:
        trials: The runs.
        size: Columns and rows; with none of either, the drawing has no rows.
        options: How to draw; `x_label` is the name of the parameter, which the caller writes: the
            row below has room for its values only.
    """
    columns, rows = size
    finite = [trial for trial in trials if math.isfinite(trial.metric)]
    lost = len(trials) - len(finite)
    notes = [f"{lost} run{'s' if lost > 1 else ''} diverged"] if lost else []
    if not trials:
        notes.append("no run has ended yet")
    if columns < 1 or rows < 1:
        return Drawing((), tuple(notes))
    picture = _Picture(trials, finite, size, options)
    runs = picture.draw()
    return Drawing(
        tuple(encode_row(row, options.colour) for row in runs),
        tuple(notes),
        picture.legend(),
        picture.y_range,
        runs,
        x_label=clean(options.x_label, options.unicode),
        log_y=picture.log_y,
    )


class _Places:
    """Where the values of a parameter are along the axis, 0 at its start and 1 at its end."""

    def __init__(self, trials: Sequence[Trial], log: bool = False) -> None:
        values = list(dict.fromkeys(trial.value for trial in trials))
        numbers = all(_is_number(value) for value in values)
        self._values = sorted(values) if numbers else values
        self._log = numbers and (_spans_decades(self._values) or (log and min(self._values) > 0))
        ends = (float(self._values[0]), float(self._values[-1])) if numbers and values else (0, 0)
        self._numeric = self._log or usable(*ends)

    def of(self, value: Any) -> float:
        """Return where a value is."""
        count = len(self._values)
        if count < 2:
            return 0.5
        if not self._numeric:
            return self._values.index(value) / (count - 1)
        return place(float(value), float(self._values[0]), float(self._values[-1]), self._log)

    def ordered(self, trials: Sequence[Trial]) -> list[tuple[float, float]]:
        """Return place and median of each value, from left to right; none for words.

        Where almost every run has a value of its own, of each stretch of them.
        """
        if not self._numeric:
            return []
        found: dict[Any, list[float]] = {value: [] for value in self._values}
        for trial in trials:
            found[trial.value].append(trial.metric)
        if len(found) <= _MANY_VALUES:
            return [(self.of(v), statistics.median(m)) for v, m in found.items() if m]
        points = sorted((self.of(trial.value), trial.metric) for trial in trials)
        size = -(-len(points) // _BINS)
        bins = [points[start : start + size] for start in range(0, len(points), size)]
        return [
            (statistics.fmean(p for p, _ in b), statistics.median(m for _, m in b)) for b in bins
        ]

    def marks(self, width: int, left: int, unicode: bool) -> list[Mark]:
        """Return the marks below: the values themselves, or round numbers where they are many."""
        labels = [(self.of(value), _text(value)) for value in self._values]
        marks = _spread(labels, width, left, unicode)
        if len(marks) == len(labels) or not self._numeric:
            return marks
        low, high = float(self._values[0]), float(self._values[-1])
        for count in range(max(2, width // 7), 1, -1):
            round_ones: list[Tick] = ticks(low, high, count, self._log)
            labels = [(place(t.value, low, high, self._log), t.label) for t in round_ones]
            labels = [(part, label) for part, label in labels if 0 <= part <= 1]
            marks = _spread(labels, width, left, unicode)
            if len(marks) == len(labels):
                break
        return marks


class _Picture:
    """One drawing: its axes, and the cells it is drawn in."""

    def __init__(
        self,
        trials: Sequence[Trial],
        finite: Sequence[Trial],
        size: Size,
        options: ChartOptions,
    ) -> None:
        self._trials, self._finite, self._options = trials, finite, options
        self._places = _Places(trials, options.log_x)
        heights = [trial.metric for trial in finite] or [0.0, 1.0]
        self.log_y = _spans_decades(heights) if options.log_y is None else options.log_y
        self.log_y = self.log_y and min(heights) > 0
        rows = picture_rows(size[1], options.unicode)
        self.y_range = even_range(min(heights), max(heights), rows, self.log_y, options.y_range)
        self._y_marks = y_axis_marks(self.y_range, rows, self.log_y)
        y_labels = [mark.label for mark in self._y_marks]
        self._layout = lay_out(*size, y_labels)
        self._cells = Cells(self._layout.width, self._layout.height, options.unicode)
        self._inks: list[Ink] = []

    def draw(self) -> tuple[Row, ...]:
        """Return the finished rows."""
        cells, dark = self._cells, self._options.dark
        self._draw_medians()
        for trial in sorted(self._finite, key=lambda trial: trial.best):
            mark, ink = (_BEST, series_ink(1, dark)) if trial.best else (_RUN, series_ink(0, dark))
            if trial.pruned:
                mark, ink = _PRUNED, label_ink(dark)
            row = round(self._height(trial.metric) * (cells.height - 1)) // cells.dots_y
            self._put(row, trial.value, mark, ink)
        for trial in self._trials:
            if not math.isfinite(trial.metric):
                self._put(cells.rows - 1, trial.value, self._diverged(), alarm_ink(dark))
        left = self._layout.columns - self._layout.width
        marks = self._places.marks(cells.columns, left, self._options.unicode)
        return frame(cells, self._layout, marks, self._y_marks, self._inks, self._options)

    def legend(self) -> tuple[LegendEntry, ...]:
        """Return what the marks mean that are in the picture."""
        dark = self._options.dark
        lost = len(self._trials) > len(self._finite)
        kinds = [
            (
                _RUN,
                series_ink(0, dark),
                "run",
                any(not (t.best or t.pruned) for t in self._finite),
            ),
            (_BEST, series_ink(1, dark), "best", any(t.best for t in self._finite)),
            (_PRUNED, label_ink(dark), "stopped early", any(t.pruned for t in self._finite)),
            (self._diverged(), alarm_ink(dark), "diverged", lost),
        ]
        coloured = self._options.colour != "none"
        return tuple(
            LegendEntry(mark, ink if coloured else None, name)
            for mark, ink, name, shown in kinds
            if shown
        )

    def _draw_medians(self) -> None:
        cells = self._cells
        points = self._places.ordered(self._finite)
        if len(points) < 2:
            return
        across = np.array([self._column(part) * cells.dots_x for part, _ in points], dtype=float)
        up = np.array([self._height(median) * (cells.height - 1) for _, median in points])
        path = polyline(across, up, cells.width, cells.height)
        line = draw_path(path, cells.columns, cells.rows, cells.unicode)
        number = ink_number(faint_ink(0, self._options.dark), self._inks)
        cells.put_faint(line, number, sparse=self._options.colour == "none")

    def _put(self, row: int, value: Any, mark: str, ink: Ink) -> None:
        column = self._column(self._places.of(value))
        self._cells.glyphs[row, column] = ord(mark)
        self._cells.inks[row, column] = ink_number(ink, self._inks)

    def _column(self, part: float) -> int:
        return _column(part, self._cells.columns)

    def _height(self, metric: float) -> float:
        part = float(fractions(np.array([metric]), *self.y_range, self.log_y)[0])
        return min(max(part, 0.0), 1.0)

    def _diverged(self) -> str:
        return _DIVERGED if self._options.unicode else "X"


def _column(part: float, columns: int) -> int:
    margin = min(_MARGIN, (columns - 1) // 4)
    return margin + round(part * (columns - 1 - 2 * margin))


def _spread(
    labels: Sequence[tuple[float, str]], width: int, left: int, unicode: bool
) -> list[Mark]:
    """Return a mark for each label that stands apart from the one before it."""
    marks: list[Mark] = []
    free = -left
    room = max(width // max(len(labels), 1), 6)
    for part, label in labels:
        text = fit(clean(label, unicode), room, unicode)
        column = _column(part, width)
        start = column - (cell_width(text) - 1) // 2
        if text and start >= free and start + cell_width(text) <= width:
            marks.append(Mark(column, text))
            free = start + cell_width(text) + _LABEL_GAP
    return marks


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _spans_decades(values: Sequence[float]) -> bool:
    return min(values) > 0 and max(values) / _DECADES >= min(values) if values else False


def _text(value: object) -> str:
    return short(float(value)) if isinstance(value, float) else str(value)
