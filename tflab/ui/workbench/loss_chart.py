"""The loss pane: live curves, their legend, what was left out, and how far the run is."""

from __future__ import annotations

import os
import time
from typing import ClassVar

from textual import events, on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tflab.charts.metrics import Metric
from tflab.programs.program import ProgramKind
from tflab.runs.state import RunState
from tflab.ui.actions import SCOPE_TITLES, bindings
from tflab.ui.widgets.css import beside
from tflab.ui.widgets.drawing_view import DrawingView, legend_in_rows
from tflab.ui.workbench.loss_view import LossView
from tflab.ui.workbench.messages import ChartHeadingChanged
from tflab.ui.workbench.progress_text import machine_content, metric_title, progress_content
from tflab.ui.workbench.run_curves import RunCurves
from tflab.ui.workbench.run_drawing import RunDrawing

_LEGEND_ROWS = 3
_PROGRESS_SECONDS = 0.5
_ROOM_FOR_MACHINE = 9
_NO_STEPS = "There are no curves to read yet."


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
        self._kind: ProgramKind | None = None
        self._curves = RunCurves()
        self._expected = True
        self._diagnosis = ""
        self._said: dict[str, Content] = {}
        self._view = LossView()
        self._drawing = RunDrawing(self._curves, self._view)
        self._drawn_points = -1
        self._next_draw = 0.0
        self._next_progress = 0.0
        self._pause = 0.5 if os.environ.get("SSH_CONNECTION") else 0.25

    def compose(self) -> ComposeResult:
        """Lay out legend, picture, notes and progress."""
        yield Static("", id="loss-legend")
        yield DrawingView(id="loss-picture")
        yield Static("", id="loss-notes")
        yield Static("", id="loss-machine")
        yield Static("", id="loss-progress")

    def on_mount(self) -> None:
        """Follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.redraw())

    @on(DrawingView.Resized)
    def _resized(self, event: DrawingView.Resized) -> None:
        """Draw again: notes, legend and progress take room from the picture as they come."""
        event.stop()
        self.redraw()

    def clear(self, expected: bool = True, kind: ProgramKind = "lesson") -> None:
        """Show no run; where no curves are `expected` of the program, take little room."""
        self._curves.clear()
        self._kind = kind
        self._expected, self._diagnosis = expected, ""
        self._head(title=SCOPE_TITLES["loss"])
        self._show_progress()
        self._show_machine()
        self.redraw()

    def show_run(self, state: RunState, before: str = "") -> None:
        """Bring the chart up to date with a run, unless it was drawn a moment ago.

        Args:
            state: The run on show.
            before: What the run before it had otherwise; names its curve. Without a name, that
                curve is not shown.
        """
        if state is not self._curves.state:
            self._begin(state, before)
        changed = _count(state) != self._drawn_points
        due = time.monotonic() >= self._next_draw or state.ended is not None
        first = self._drawn_points <= 0
        if (changed and (due or first)) or (state.ended is not None and not state.points):
            self.redraw()
        if time.monotonic() >= self._next_progress or state.ended is not None:
            self._next_progress = time.monotonic() + _PROGRESS_SECONDS
            self._show_progress()
            self._show_machine()

    def redraw(self) -> None:
        """Draw now, whatever has changed."""
        picture = self.query_one("#loss-picture", DrawingView)
        state, size = self._curves.state, picture.size
        metrics = self._curves.metrics()
        if metrics and self._curves.metric not in self._curves.known():
            # The same over other steps is nearer than another metric.
            alike = [m for m in metrics if m.name == self._curves.metric.name]
            self._choose((alike or metrics)[0])
        elif over_epochs := self._curves.over_epochs():
            self._choose(over_epochs)
        own = self._curves.own()
        ghosts = self._curves.ghosts(own)
        self._head(low=not own and not self._expected)
        if size.width < 10 or size.height < 1:
            return
        self._next_draw = time.monotonic() + self._pause
        self._drawn_points = _count(state) if state else -1
        if not own and not ghosts:
            self._show_none(picture)
            return
        drawing, legend = self._drawing.draw(picture, ghosts, own)
        picture.show_drawing(drawing)
        reading = Content(self._view.reading(own))
        parts = [reading, legend_in_rows(legend, size.width, _LEGEND_ROWS - bool(reading))]
        self._say("#loss-legend", Content("\n").join(part for part in parts if part))
        self.query_one("#loss-legend").display = any(parts)
        notes = [*drawing.notes, self._diagnosis] if self._diagnosis else list(drawing.notes)
        if self._curves.left_out():
            notes.append(f"{len(own)} of {len(own) + self._curves.left_out()} curves are drawn.")
        self._say("#loss-notes", Content("\n".join(notes)))
        self.query_one("#loss-notes").display = bool(notes)

    def _show_none(self, picture: DrawingView) -> None:
        """Say why there is nothing to see."""
        self._say("#loss-legend", Content())
        self.query_one("#loss-legend").display = False
        self.query_one("#loss-notes").display = False
        picture.show_words(self._curves.why_none(self._kind, self._expected))

    def show_diagnosis(self, text: str) -> None:
        """Say below the chart what stands out in the run that ended; nothing when empty."""
        self._diagnosis = text
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is."""
        if self._view.point_at(self._column(event)):
            self.redraw()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Draw the cursor along while a button is held."""
        if event.button and self._view.point_at(self._column(event)):
            self.redraw()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """See less of the steps, around the mouse."""
        event.stop()
        self._zoom(True, self._column(event))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """See more of the steps."""
        event.stop()
        self._zoom(False, self._column(event))

    def action_cursor(self, by: int) -> None:
        """Move the cursor, and read off the values where it stands."""
        self._view.move_cursor(by)
        if self._view.cursor is None:
            self.notify(_NO_STEPS)
        self.redraw()

    def action_zoom(self, inwards: bool) -> None:
        """See less of the steps, or more."""
        self._zoom(inwards)

    def action_back(self) -> None:
        """Show all steps again, or take the cursor away; leave the key to others if neither."""
        if not self._view.back():
            raise SkipAction
        self.redraw()

    def action_log_axis(self) -> None:
        """Change between a linear and a logarithmic y axis."""
        self._view.toggle_log_y()
        self.redraw()

    def action_log_steps(self) -> None:
        """Change between a linear and a logarithmic axis of steps."""
        self._view.toggle_log_x()
        self.redraw()

    def action_smooth(self) -> None:
        """Go to the next strength of smoothing."""
        self._view.next_smoothing()
        weight = self._view.smoothing
        self.notify(f"Smoothing {weight:g}" if weight else "Smoothing off")
        self.redraw()

    def action_all_metrics(self) -> None:
        """Show a small chart for each metric, or one metric again."""
        self._drawing.all_metrics = not self._drawing.all_metrics
        self._view.reset()
        self.redraw()

    def action_next_metric(self) -> None:
        """Show the next metric."""
        metrics, metric = self._curves.known(), self._curves.metric
        if not metrics:
            return
        place = metrics.index(metric) if metric in metrics else -1
        self._drawing.all_metrics = False
        self._choose(metrics[(place + 1) % len(metrics)], by_hand=True)
        self.redraw()

    def action_copy_chart(self) -> None:
        """Copy the chart as text, without colours."""
        rows = self.query_one("#loss-picture", DrawingView).plain_rows()
        self.app.copy_to_clipboard("\n".join(rows))
        self.notify("Chart copied as text.")

    def _zoom(self, inwards: bool, column: int | None = None) -> None:
        self._view.zoom(inwards, column)
        self.redraw()

    def _column(self, event: events.MouseEvent) -> int:
        """Return the column of the picture at which the mouse is."""
        picture = self.query_one("#loss-picture", DrawingView)
        return int(event.screen_x) - picture.content_region.x

    def _begin(self, state: RunState, before: str) -> None:
        self._curves.begin(state, before)
        if not before:
            self.call_after_refresh(self.redraw)
        self._drawn_points, self._diagnosis = -1, ""
        self._drawing.begin()
        self.query_one("#loss-notes", Static).display = False
        self.query_one("#loss-progress", Static).display = False

    def _choose(self, metric: Metric, by_hand: bool = False) -> None:
        self._curves.choose(metric, by_hand)
        self._view.reset()
        self._head(title=metric_title(metric))

    def _head(self, title: str | None = None, low: bool | None = None) -> None:
        before = self._heading
        self._heading = (
            before[0] if title is None else title,
            before[1] if low is None else low,
        )
        if self._heading != before:
            self.post_message(ChartHeadingChanged(*self._heading))

    def _say(self, selector: str, content: Content, layout: bool = True) -> None:
        """Write a line, unless it stands there already: each write is sent to the terminal.

        Where its rows stay as many, no `layout` is needed, which sends all around it as well.
        """
        said = self._said.get(selector)
        # `==` would take a text in the colours of the other theme for the same.
        if said is None or not said.is_same(content):
            self._said[selector] = content
            self.query_one(selector, Static).update(content, layout=layout)

    def _show_machine(self) -> None:
        """Show how busy processor, memory and GPU are, where there is room for a line.

        While a run goes on the line is kept before there is anything to say, so that the chart is
        not laid out and sent anew a second after its beginning.
        """
        state = self._curves.state
        words = machine_content(state, self.size.width) if state is not None else Content()
        going = state is not None and state.ended is None
        shown = (bool(words) or going) and self.size.height >= _ROOM_FOR_MACHINE
        self.query_one("#loss-machine").display = shown
        if shown:
            self._say("#loss-machine", words, layout=False)

    def _show_progress(self) -> None:
        widget = self.query_one("#loss-progress", Static)
        state = self._curves.state
        running = state is not None and state.ended is None and state.progress is not None
        widget.display = running
        if running and state is not None:
            # Its line stays one line.
            widget.update(progress_content(state, self.size.width), layout=False)


def _count(state: RunState) -> int:
    """Return how many points there are to draw, with those of the machine."""
    return state.points + max((len(series) for series in state.system.values()), default=0)
