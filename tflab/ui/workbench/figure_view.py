"""A figure of the lesson, drawn in place; several frames make a moving picture."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tflab.charts.drawing import Drawing
from tflab.runs.events import Figure
from tflab.runs.text import plain_line
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.widgets.drawing_view import DrawingView, legend_content

_ROWS = 16
_NARROW_ROWS = 14


class FigureView(Vertical):
    """One figure with its title and legend.

    A moving picture follows the run frame by frame until a person scrubs through it; at the last
    frame it follows again.
    """

    def __init__(self, frames: Sequence[Figure]) -> None:
        super().__init__(classes="figure")
        self._frames = list(frames)
        self._chosen: int | None = None

    def compose(self) -> ComposeResult:
        """Lay out the title, the picture and the legend."""
        yield Static("", classes="figure-title")
        yield DrawingView(classes="figure-picture")
        yield Static("", classes="figure-legend")

    @property
    def moving(self) -> bool:
        """Whether there are frames to go through."""
        return len(self._frames) > 1

    def show_frames(self, frames: Sequence[Figure]) -> None:
        """Take in new frames; the newest is shown unless a person chose another."""
        self._frames = list(frames)
        self._draw()

    def step_frame(self, by: int) -> None:
        """Go `by` frames on or, when negative, back."""
        last = len(self._frames) - 1
        here = last if self._chosen is None else self._chosen
        there = max(0, min(here + by, last))
        self._chosen = None if there == last else there
        self._draw()

    def on_resize(self) -> None:
        """Draw again at the new size."""
        self._draw()

    def on_mount(self) -> None:
        """Follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    def _draw(self) -> None:
        width = self.size.width
        if width < 10:
            return
        index = len(self._frames) - 1 if self._chosen is None else self._chosen
        figure = self._frames[index]
        rows = _ROWS if self.app.size.height > 30 else _NARROW_ROWS
        # NumPy is a tenth of a second that a lesson need not wait for.
        from tflab.charts.figures import draw_figure

        picture = self.query_one(DrawingView)
        drawing = draw_figure(figure, (width, rows), picture.chart_options())
        picture.styles.height = len(drawing.rows)
        picture.show_drawing(drawing)
        title = self._title(figure, index)
        if drawing.y_label:
            title += Content.styled(f"\n{drawing.y_label}", "$text-quiet")
        self.query_one(".figure-title", Static).update(title)
        self.query_one(".figure-legend", Static).update(_below(drawing, figure, width))

    def _title(self, figure: Figure, index: int) -> Content:
        title = Content.styled(plain_line(figure.title), "bold")
        if not self.moving:
            return title
        marks = glyphs()
        arrows = "← →" if marks.unicode else "left right"
        step = "" if figure.step is None else f"step {figure.step}  "
        where = f"  {step}{index + 1}/{len(self._frames)} {arrows}"
        return title + Content.styled(where, "$text-quiet")


def _below(drawing: Drawing, figure: Figure, width: int) -> Content:
    notes = [plain_line(note) for note in (*drawing.notes, figure.note) if note]
    lines = [legend_content(drawing.legend, width)]
    lines += [Content.styled(text, "$text-quiet") for text in (drawing.x_label, *notes) if text]
    return Content("\n").join([line for line in lines if line])
