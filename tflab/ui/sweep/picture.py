"""The picture of a sweep: the curves of its runs, or a metric against one of its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tflab.charts.drawing import Drawing, LegendEntry
from tflab.charts.loss import draw_loss
from tflab.charts.response import draw_response
from tflab.runs.text import plain_line
from tflab.sweeps.importance import draw_importance, importance, trials_of
from tflab.sweeps.sweep import Sweep
from tflab.sweeps.table import SweepRow
from tflab.ui.sweep.curves import SweepCurves, short_legend
from tflab.ui.widgets.drawing_view import DrawingView


class Picture(NamedTuple):
    """A drawing with what is said above and below it."""

    drawing: Drawing
    title: str
    legend: Sequence[LegendEntry]
    notes: Sequence[str]


class SweepPicture:
    """Draws a sweep, and keeps its axes as still as can be.

    Args:
        sweep: What to draw.

    Attributes:
        metric: What ranks the runs.
    """

    def __init__(self, sweep: Sweep) -> None:
        self.metric = sweep.plan.metric
        self._sweep = sweep
        self._curves = SweepCurves()
        self._log_y: bool | None = None
        self._parameter: str | None = None
        self._log_response = False
        self._importance = False
        self._y_range: tuple[float, float] | None = None

    def draw(self, view: DrawingView, rows: Sequence[SweepRow], chosen: SweepRow | None) -> Picture:
        """Return the picture that fits a view, with the row under the cursor standing out."""
        if self._importance:
            return self._draw_importance(view, rows)
        if self._parameter is not None:
            picture = self._draw_response(view, rows, self._parameter)
        else:
            picture = self._draw_curves(view, rows, chosen)
        self._y_range = picture.drawing.y_range
        return picture

    def toggle_log_y(self, rows: Sequence[SweepRow]) -> None:
        """Change between a linear and a logarithmic y axis."""
        drawn = self._log_response if self._parameter is not None else self._is_log(rows)
        self._log_y, self._y_range = not drawn, None

    def next_parameter(self) -> None:
        """Go to the metric against the next parameter that varies, or to the curves again."""
        self._importance = False
        names = [None, *self._sweep.plan.shown]
        self._parameter = names[(names.index(self._parameter) + 1) % len(names)]
        self._y_range = None

    def toggle_importance(self) -> None:
        """Go to the importance of the parameters, or back to what was drawn before."""
        self._importance = not self._importance

    def next_metric(self) -> bool:
        """Go to the next metric or result that the runs have given; False when there is none."""
        metrics = self._sweep.metrics()
        if not metrics:
            return False
        place = metrics.index(self.metric) if self.metric in metrics else -1
        self.metric = metrics[(place + 1) % len(metrics)]
        self._y_range = None
        return True

    def _drawn_metric(self) -> str:
        """The metric whose curves are drawn; a result has none, so those of the loss stay."""
        drawn = any(run.curve(self.metric) is not None for run in self._sweep.runs)
        return self.metric if drawn else self._sweep.plan.metric

    def _is_log(self, rows: Sequence[SweepRow]) -> bool:
        if self._log_y is not None:
            return self._log_y
        return self._curves.wants_log(rows, self._drawn_metric())

    def _draw_curves(
        self, view: DrawingView, rows: Sequence[SweepRow], chosen: SweepRow | None
    ) -> Picture:
        metric = self._drawn_metric()
        curves, notes = self._curves.make(rows, metric, chosen)
        options = view.chart_options(log_y=self._is_log(rows), y_range=self._y_range)
        drawing = draw_loss(curves, (view.size.width, view.size.height), options)
        return Picture(drawing, plain_line(metric), short_legend(drawing.legend), notes)

    def _draw_response(
        self, view: DrawingView, rows: Sequence[SweepRow], parameter: str
    ) -> Picture:
        """Draw the metric that ranks the runs against a parameter."""
        name, metric = plain_line(parameter), plain_line(self.metric)
        options = view.chart_options(
            log_y=self._log_y,
            y_range=self._y_range,
            x_label=name,
            log_x=self._sweep.plan.is_log(parameter),
        )
        trials = trials_of(rows, parameter, self.metric)
        drawing = draw_response(trials, (view.size.width, view.size.height), options)
        self._log_response = drawing.log_y
        return Picture(drawing, f"{metric} against {name}", drawing.legend, drawing.notes)

    def _draw_importance(self, view: DrawingView, rows: Sequence[SweepRow]) -> Picture:
        found = importance(self._sweep.plan, rows, self.metric)
        drawing = draw_importance(found, (view.size.width, view.size.height), view.chart_options())
        return Picture(drawing, f"What decides {plain_line(self.metric)}", (), drawing.notes)
