"""The loss pane: live curves, their legend, what was left out, and how far the run is."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tflab.charts.drawing import Curve, Memo
from tflab.runs.metrics import measure
from tflab.runs.series import Series
from tflab.runs.state import RunState
from tflab.ui.actions import SCOPE_TITLES, bindings
from tflab.ui.widgets.css import beside
from tflab.ui.widgets.drawing_view import DrawingView, legend_content
from tflab.ui.workbench.messages import ChartHeadingChanged
from tflab.ui.workbench.progress_text import progress_content

_NO_RUN = "Run the lesson to see its curves here (^r)."
_NONE_HERE = "No curves in this lesson: see the output of its cells."
_NO_CURVES = "No curves in this run: see the output of its cells."
# More than these cannot be told apart, and their legend has no room.
_MOST_CURVES = 12
_PROGRESS_SECONDS = 0.5
_SMOOTHING = (0.0, 0.6, 0.9)


class LossChart(Vertical, can_focus=True):
    """Draws the series of the run on show; the run before stays as a ghost until there are points.

    Redraws are paced: four a second, two over SSH, and only when something changed.
    """

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("loss"))

    def __init__(self) -> None:
        super().__init__(id="loss")
        self._heading = (SCOPE_TITLES["loss"], False)
        self._state: RunState | None = None
        self._expected = True
        self._ghost: list[Curve] = []
        self._memos: dict[str, Memo] = {}
        self._diagnosis = ""
        self._said: dict[str, Content] = {}
        self._metric = "loss"
        self._left_out = 0
        self._log_y = False
        self._smoothing = 0.0
        self._y_range: tuple[float, float] | None = None
        self._drawn_points = -1
        self._next_draw = 0.0
        self._next_progress = 0.0
        self._pause = 0.5 if os.environ.get("SSH_CONNECTION") else 0.25

    def compose(self) -> ComposeResult:
        """Lay out legend, picture, notes and progress."""
        yield Static("", id="loss-legend")
        yield DrawingView(id="loss-picture")
        yield Static("", id="loss-notes")
        yield Static("", id="loss-progress")

    def on_mount(self) -> None:
        """Follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.redraw())

    @on(DrawingView.Resized)
    def _resized(self, event: DrawingView.Resized) -> None:
        """Draw again: notes, legend and progress take room from the picture as they come."""
        event.stop()
        self.redraw()

    def clear(self, expected: bool = True) -> None:
        """Show no run; where no curves are `expected` of the lesson, take little room."""
        self._state, self._ghost, self._expected = None, [], expected
        self._metric, self._diagnosis = "loss", ""
        self._head(title=SCOPE_TITLES["loss"])
        self._show_progress()
        self.redraw()

    def show_run(self, state: RunState, before: str = "") -> None:
        """Bring the chart up to date with a run, unless it was drawn a moment ago.

        Args:
            state: The run on show.
            before: What the run before it had otherwise; names its curve. Without a name, that
                curve is not shown.
        """
        if state is not self._state:
            self._begin(state, before)
        changed = state.points != self._drawn_points
        due = time.monotonic() >= self._next_draw or state.ended is not None
        first = self._drawn_points <= 0
        if (changed and (due or first)) or (state.ended is not None and not state.points):
            self.redraw()
        if time.monotonic() >= self._next_progress or state.ended is not None:
            self._next_progress = time.monotonic() + _PROGRESS_SECONDS
            self._show_progress()

    def redraw(self) -> None:
        """Draw now, whatever has changed."""
        picture = self.query_one("#loss-picture", DrawingView)
        state, size = self._state, picture.size
        own = self._curves(state) if state else []
        ghosts = [ghost for ghost in self._ghost if _fits_beside(ghost, own)]
        self._head(low=not own and not self._expected)
        if size.width < 10 or size.height < 1:
            return
        self._next_draw = time.monotonic() + self._pause
        self._drawn_points = state.points if state else -1
        if not own and not ghosts:
            self._show_none(picture)
            return
        options = picture.chart_options(
            log_y=self._log_y,
            smoothing=self._smoothing,
            x_max=self._x_max(state),
            y_range=self._y_range,
        )
        # NumPy is a tenth of a second that a lesson need not wait for.
        from tflab.charts.loss import draw_loss

        drawing = draw_loss([*ghosts, *own], (size.width, size.height), options)
        self._y_range = drawing.y_range
        picture.show_drawing(drawing)
        # All ghosts are of one run and have its name: one entry says it.
        legend = drawing.legend[:1] + drawing.legend[max(len(ghosts), 1) :]
        self._say("#loss-legend", legend_content(legend, size.width))
        notes = [*drawing.notes, self._diagnosis] if self._diagnosis else list(drawing.notes)
        if self._left_out:
            notes.append(f"{len(own)} of {len(own) + self._left_out} curves are drawn.")
        self._say("#loss-notes", Content("\n".join(notes)))
        self.query_one("#loss-notes").display = bool(notes)

    def _show_none(self, picture: DrawingView) -> None:
        """Say why there is nothing to see."""
        self._say("#loss-legend", Content())
        self.query_one("#loss-notes").display = False
        if not self._expected:
            picture.show_words(_NONE_HERE)
        elif self._state is None:
            picture.show_words(_NO_RUN)
        else:
            picture.show_words(_NO_CURVES if self._state.ended else "")

    def show_diagnosis(self, text: str) -> None:
        """Say below the chart what stands out in the run that ended; nothing when empty."""
        self._diagnosis = text
        self.redraw()

    def action_log_axis(self) -> None:
        """Change between a linear and a logarithmic y axis."""
        self._log_y, self._y_range = not self._log_y, None
        self.redraw()

    def action_smooth(self) -> None:
        """Go to the next strength of smoothing."""
        place = _SMOOTHING.index(self._smoothing)
        self._smoothing = _SMOOTHING[(place + 1) % len(_SMOOTHING)]
        self.notify(f"Smoothing {self._smoothing:g}" if self._smoothing else "Smoothing off")
        self.redraw()

    def action_next_metric(self) -> None:
        """Show the next metric."""
        metrics = self._metrics()
        if not metrics:
            return
        place = metrics.index(self._metric) if self._metric in metrics else -1
        self._choose(metrics[(place + 1) % len(metrics)])
        self.redraw()

    def action_copy_chart(self) -> None:
        """Copy the chart as text, without colours."""
        rows = self.query_one("#loss-picture", DrawingView).plain_rows()
        self.app.copy_to_clipboard("\n".join(rows))
        self.notify("Chart copied as text.")

    def _begin(self, state: RunState, before: str) -> None:
        self._ghost = []
        if before and self._state is not None and self._state.points:
            self._ghost = [
                replace(curve, label=before, ghost=True) for curve in self._curves(self._state)
            ][:2]
        self._state, self._y_range, self._drawn_points = state, None, -1
        self._memos, self._diagnosis = {}, ""
        self.query_one("#loss-notes", Static).display = False
        self.query_one("#loss-progress", Static).display = False

    def _curves(self, state: RunState) -> list[Curve]:
        metrics = self._metrics()
        if metrics and self._metric not in metrics:
            self._choose(metrics[0])
        chosen = [s for s in state.series.values() if measure(s.tag) == self._metric]
        self._left_out = max(0, len(chosen) - _MOST_CURVES)
        return [
            Curve(
                label=series.tag,
                steps=series.steps,
                values=series.values,
                style=index,
                memo=self._memo(series),
            )
            for index, series in enumerate(chosen[:_MOST_CURVES])
        ]

    def _memo(self, series: Series) -> Memo:
        if series.tag not in self._memos:
            self._memos[series.tag] = Memo(series)
        return self._memos[series.tag]

    def _metrics(self) -> list[str]:
        series = self._state.series.values() if self._state else []
        return list(dict.fromkeys(measure(s.tag) for s in series))

    def _choose(self, metric: str) -> None:
        self._metric, self._y_range, self._ghost = metric, None, []
        self._head(title=metric.capitalize())

    def _head(self, title: str | None = None, low: bool | None = None) -> None:
        before = self._heading
        self._heading = (
            before[0] if title is None else title,
            before[1] if low is None else low,
        )
        if self._heading != before:
            self.post_message(ChartHeadingChanged(*self._heading))

    def _x_max(self, state: RunState | None) -> float | None:
        """Return the right end of the axis, chosen so that it seldom moves while a run goes on."""
        if state is None or state.ended is not None:
            return None
        last = max((s.steps[-1] for s in state.series.values() if s.steps), default=0.0)
        total = state.progress.total if state.progress is not None else None
        if total is not None and last <= total:
            return float(total)
        return round_up(last)

    def _say(self, selector: str, content: Content) -> None:
        """Write a line, unless it stands there already: each write is sent to the terminal."""
        if self._said.get(selector) != content:
            self._said[selector] = content
            self.query_one(selector, Static).update(content)

    def _show_progress(self) -> None:
        widget = self.query_one("#loss-progress", Static)
        state = self._state
        running = state is not None and state.ended is None and state.progress is not None
        widget.display = running
        if running and state is not None:
            widget.update(progress_content(state, self.size.width))


def _fits_beside(ghost: Curve, own: Sequence[Curve]) -> bool:
    """Return whether a ghost leaves the new curves legible: it did not go to other heights."""
    values = [v for curve in own for v in curve.values[:1]]
    top = max((abs(v) for v in ghost.values if math.isfinite(v)), default=0.0)
    return not values or top <= 10 * max(map(abs, values))


def round_up(value: float) -> float:
    """Return the next of 1, 1.5, 2, 3, 5, 7.5 times a power of ten at or above `value`."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.5, 2, 3, 5, 7.5, 10) if step * power >= value)
