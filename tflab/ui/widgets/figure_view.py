"""A figure of the lesson, drawn in place; several frames make a moving picture."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tflab.charts.figures import draw_figure
from tflab.runs.events import Figure
from tflab.runs.transcript import plain_line
from tflab.ui.chart_options import chart_options
from tflab.ui.widgets.drawing_view import DrawingView
from tflab.ui.widgets.legend import legend_content

_ROWS = 16


class FigureView(Vertical):
    """One figure with its title and legend. The newest frame is shown."""

    def __init__(self, frames: Sequence[Figure]) -> None:
        super().__init__(classes="figure")
        self._frames = list(frames)

    def compose(self) -> ComposeResult:
        """Lay out the title, the picture and the legend."""
        yield Static("", classes="figure-title")
        yield DrawingView(classes="figure-picture")
        yield Static("", classes="figure-legend")

    def show_frames(self, frames: Sequence[Figure]) -> None:
        """Take in new frames and show the newest."""
        self._frames = list(frames)
        self._draw()

    def on_resize(self) -> None:
        """Draw again at the new size."""
        self._draw()

    def on_mount(self) -> None:
        """Follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    def _draw(self) -> None:
        picture = self.query_one(DrawingView)
        figure = self._frames[-1]
        width = self.size.width
        if width < 10:
            return
        drawing = draw_figure(figure, (width, _ROWS), chart_options(self.app))
        picture.styles.height = len(drawing.rows)
        picture.show_drawing(drawing)
        frame = f"  step {figure.step}" if figure.step is not None else ""
        title = Content.assemble((plain_line(figure.title), "bold"), (frame, "$text-quiet"))
        self.query_one(".figure-title", Static).update(title)
        axes = " · ".join(n for n in (drawing.x_label, drawing.y_label) if n)
        notes = [plain_line(note) for note in (axes, *drawing.notes, figure.note) if note]
        legend = legend_content(drawing.legend)
        self.query_one(".figure-legend", Static).update(
            Content("\n").join([part for part in (legend, *map(Content, notes)) if part])
        )
