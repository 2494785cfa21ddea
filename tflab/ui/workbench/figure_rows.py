"""A figure of the lesson as rows of the page; several frames make a moving picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content

from tflab.charts.drawing import ChartOptions, Drawing
from tflab.runs.events import Figure
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import short_line
from tflab.ui.widgets.drawing_view import legend_content
from tflab.ui.workbench.lesson_document import Row

_NARROWEST = 10


class PictureStyle(NamedTuple):
    """How pictures are drawn here: colours and glyphs, and the most rows that one may take."""

    options: ChartOptions
    rows: int


class FigureRows:
    """One figure with its title and legend.

    A moving picture follows the run frame by frame until a person scrubs through it; at the last
    frame it follows again.
    """

    def __init__(self, frames: Sequence[Figure]) -> None:
        self._frames = list(frames)
        self._chosen: int | None = None
        self._drawn: tuple[object, list[Row]] = (None, [])

    @property
    def moving(self) -> bool:
        """Whether there are frames to go through."""
        return len(self._frames) > 1

    def show_frames(self, frames: Sequence[Figure]) -> None:
        """Take in new frames; the newest is shown unless a person chose another."""
        self._frames = list(frames)

    def step_frame(self, by: int) -> None:
        """Go `by` frames on or, when negative, back."""
        last = len(self._frames) - 1
        there = max(0, min(self._place + by, last))
        self._chosen = None if there == last else there

    def rows(self, width: int, style: PictureStyle) -> list[Row]:
        """Return title, picture and legend, with a blank row above and below."""
        figure, place = self._frames[self._place], (self._place, len(self._frames))
        if width < _NARROWEST:
            return []
        key = (id(figure), place, width, style)
        if self._drawn[0] != key:
            self._drawn = key, list(self._draw(figure, width, style))
        return self._drawn[1]

    @property
    def _place(self) -> int:
        return len(self._frames) - 1 if self._chosen is None else self._chosen

    def _draw(self, figure: Figure, width: int, style: PictureStyle) -> Sequence[Row]:
        # NumPy is a tenth of a second that a lesson need not wait for.
        from tflab.charts.figures import draw_figure

        drawing = draw_figure(figure, (width, style.rows), style.options)
        above = self._title(figure)
        if drawing.y_label:
            above += Content.styled(f"\n{short_line(drawing.y_label)}", "$text-quiet")
        below = _below(drawing, figure, width)
        rows = [*map(Row, above.wrap(width)), *map(Row, drawing.runs), *map(Row, below.wrap(width))]
        return [Row(Content()), *rows, Row(Content())]

    def _title(self, figure: Figure) -> Content:
        title = Content.styled(short_line(figure.title), "bold")
        if not self.moving:
            return title
        arrows = "← →" if glyphs().unicode else "left right"
        step = "" if figure.step is None else f"step {figure.step}  "
        where = f"  {step}{self._place + 1}/{len(self._frames)} {arrows}"
        return title + Content.styled(where, "$text-quiet")


def _below(drawing: Drawing, figure: Figure, width: int) -> Content:
    notes = [short_line(note) for note in (*drawing.notes, figure.note) if note]
    lines = [legend_content(drawing.legend, width)]
    lines += [Content.styled(text, "$text-quiet") for text in (drawing.x_label, *notes) if text]
    return Content("\n").join([line for line in lines if line])
