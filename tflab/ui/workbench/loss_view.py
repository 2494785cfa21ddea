"""What a person chose to see of the loss chart: axes, smoothing, window and cursor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tflab.charts.drawing import Curve, Drawing
from tflab.charts.scale import short

Range = tuple[float, float]

_SMOOTHING = (0.0, 0.6, 0.9)
_ZOOM = 0.5


class LossView:
    """The choices, and what the last drawing showed, on which the next choice builds.

    Attributes:
        smoothing: Weight of the past in the smoothed curves.
        log_x: Whether the axis of steps is logarithmic.
        window: The steps on show; None for all of them.
        cursor: The step that the cursor stands at; None without one.
    """

    def __init__(self) -> None:
        self.smoothing = 0.0
        self.log_x = False
        self._log_y: bool | None = None
        self.reset()

    def reset(self) -> None:
        """Forget what belongs to one run and one metric."""
        self.window: Range | None = None
        self.cursor: float | None = None
        self._drawing: Drawing | None = None
        self._whole: Range | None = None

    def options(self) -> dict[str, Any]:
        """Return the choices as `ChartOptions` has them."""
        return {
            "log_y": self._log_y,
            "log_x": self.log_x,
            "smoothing": self.smoothing,
            "x_range": self.window,
            "cursor": self.cursor,
            "y_range": self._drawing.y_range if self._drawing else None,
        }

    def drawn(self, drawing: Drawing) -> None:
        """Take in what was drawn with these choices."""
        if self._drawing is not None and drawing.log_y != self._drawing.log_y:
            self._drawing = None
        self._drawing = drawing
        if self.window is None and drawing.x_axis is not None:
            self._whole = drawing.x_axis.low, drawing.x_axis.high

    def toggle_log_y(self) -> None:
        """Change between a linear and a logarithmic y axis, whoever chose the present one."""
        self._log_y = not (self._drawing is not None and self._drawing.log_y)
        self._drop_heights()

    def toggle_log_x(self) -> None:
        """Change between a linear and a logarithmic axis of steps."""
        self.log_x, self.window = not self.log_x, None
        self._drop_heights()

    def next_smoothing(self) -> None:
        """Go to the next strength of smoothing."""
        self.smoothing = _SMOOTHING[(_SMOOTHING.index(self.smoothing) + 1) % len(_SMOOTHING)]

    def point_at(self, column: int) -> bool:
        """Put the cursor into a column of the drawing; return whether it moved."""
        axis = self._drawing.x_axis if self._drawing else None
        if axis is None:
            return False
        before, (start, stop) = self.cursor, axis.steps_at(column)
        self.cursor = (start + stop) / 2
        return self.cursor != before

    def move_cursor(self, by: int) -> None:
        """Move the cursor by columns; it comes in at the end. At a border the window goes along."""
        axis = self._drawing.x_axis if self._drawing else None
        if axis is None:
            return
        last = axis.left + axis.columns - 1
        if self.cursor is None:
            self.point_at(last)
            return
        column = axis.column_of(self.cursor) + by
        if self.window is not None and self._whole and not axis.left <= column <= last:
            from tflab.charts.cursor import moved

            self.window = moved(self.window, math.copysign(0.25, by), self._whole)
            self._drop_heights()
            return
        self.point_at(min(max(column, axis.left), last))

    def zoom(self, inwards: bool, column: int | None = None) -> None:
        """See less of the steps or more, around a column, else around the cursor or the middle."""
        axis = self._drawing.x_axis if self._drawing else None
        if axis is None or self._whole is None:
            return
        if column is None:
            middle = axis.left + axis.columns // 2
            column = middle if self.cursor is None else axis.column_of(self.cursor)
        from tflab.charts.cursor import zoomed

        centre = sum(axis.steps_at(column)) / 2
        factor = _ZOOM if inwards else 1 / _ZOOM
        self.window = zoomed((axis.low, axis.high), centre, factor, self._whole)
        self._drop_heights()

    def back(self) -> bool:
        """Take back the window, else the cursor; return whether there was one."""
        if self.window is not None:
            self.window = None
            self._drop_heights()
            return True
        if self.cursor is not None:
            self.cursor = None
            return True
        return False

    def reading(self, curves: Sequence[Curve]) -> str:
        """Return what the curves are worth at the cursor, as one line; empty without a cursor."""
        axis = self._drawing.x_axis if self._drawing else None
        if self.cursor is None or axis is None:
            return ""
        from tflab.charts.cursor import read_values

        readings = read_values(curves, axis, axis.column_of(self.cursor))
        parts = []
        for reading in readings:
            spread = ""
            if reading.points > 1 and reading.low < reading.high:
                spread = f" ({short(reading.low)} to {short(reading.high)})"
            parts.append(f"{reading.curve.label} {short(reading.value)}{spread}")
        step = f"{readings[0].step:.0f}" if readings else f"{self.cursor:.0f}"
        name = curves[0].axis if curves else "step"
        return f"{name} {step}   " + "   ".join(parts)

    def _drop_heights(self) -> None:
        """Let the next drawing choose its heights anew."""
        if self._drawing is not None:
            self._drawing = replace(self._drawing, y_range=None)
