"""A look at the run under the cursor of the history: its curve, its values, what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from tflab.charts.metrics import by_metric, curve_of
from tflab.runs.history import HistoryRow
from tflab.runs.metrics import main_metric, measure
from tflab.runs.state import RunState
from tflab.session.history import RunPreviewed
from tflab.session.history_columns import value_text
from tflab.session.lesson_end import goal_counts
from tflab.session.machine_text import machine_line
from tflab.session.run_names import name_of_row
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import box_title, short_line
from tflab.ui.widgets.drawing_view import DrawingView
from tflab.ui.widgets.output_text import output_text

_MOST_CURVES = 6
_LAST_LINES = 12
_TOO_LONG = "This run is long: Enter opens it."
_UNREADABLE = "This run cannot be read."
_NO_CURVES = "No curves in this run."


class RunPreview(Container):
    """Shows one run in little room; the screen reads it when the cursor comes to rest.

    Args:
        defaults: The open lesson's.
        lesson: Id of the open lesson; of other lessons every value counts as changed.
    """

    def __init__(self, defaults: Mapping[str, Any], lesson: str) -> None:
        super().__init__()
        self._defaults = defaults
        self._lesson = lesson
        self._state: RunState | None = None

    def compose(self) -> ComposeResult:
        """Lay out the picture and the words."""
        yield DrawingView()
        yield Static("", classes="words")

    def on_mount(self) -> None:
        """Follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    @on(DrawingView.Resized)
    def _resized(self, event: DrawingView.Resized) -> None:
        event.stop()
        self._draw()

    def show_run(self, row: HistoryRow, read: RunPreviewed) -> None:
        """Show a run of the list."""
        run = row.summary
        ours = run.lesson == self._lesson
        name = name_of_row(run, self._defaults if ours else {})
        given = f"{row.marks.name} {glyphs().dot} " if row.marks.name else ""
        self.border_title = box_title(f"{given}{name.text}")
        self._state = read.state
        words = self.query_one(".words", Static)
        if read.state is None:
            words.update(Content(_UNREADABLE if read.record is None else _TOO_LONG))
        else:
            words.update(_words(row, read.state))
        self._draw()

    def _draw(self) -> None:
        """Draw the metric that says most."""
        # NumPy takes a tenth of a second that the first screen need not wait for.
        from tflab.charts.loss import draw_loss

        picture, state = self.query_one(DrawingView), self._state
        width, height = picture.size
        if width < 10 or height < 3:
            return
        if state is None:
            picture.show_words("")
            return
        wanted = measure(main_metric(state.series) or "")
        groups = by_metric(state.series.values())
        chosen = next((found for metric, found in groups.items() if metric.name == wanted), [])
        curves = [
            curve_of(series, series.tag, at) for at, series in enumerate(chosen[:_MOST_CURVES])
        ]
        if not curves:
            picture.show_words(_NO_CURVES)
            return
        picture.show_drawing(
            draw_loss(curves, (width, height), picture.chart_options(end_labels=True))
        )


def _words(row: HistoryRow, state: RunState) -> Content:
    """Return values, goals, what it printed last, and how it failed."""
    run = row.summary
    lines = [
        Content.assemble((f"{short_line(name)} ", "$text-quiet"), short_line(value_text(value)))
        for name, value in {**run.parameters, "seed": run.seed}.items()
    ]
    values = Content("   ").join(lines)
    marks = glyphs()
    counts = f" {marks.dot} ".join(goal_counts(state))
    goals = [Content(counts)] if counts else []
    if state.earlier:
        text = f"{marks.continues} goes on from run {state.earlier[-1]}"
        goals.insert(0, Content.styled(text, "$text-quiet"))
    machine = machine_line(state)
    goals += [Content.styled(short_line(machine), "$text-quiet")] if machine else []
    note = [Content.styled(short_line(row.marks.note), "$warning")] if row.marks.note else []
    said: list[str] = []
    for cell in state.cells:
        said += output_text(state, cell).splitlines()
    tail = [
        Content.styled(short_line(line), "$text-quiet")
        for line in said[-_LAST_LINES:]
        if line.strip()
    ]
    return Content("\n").join([values, *note, *goals, *tail])
