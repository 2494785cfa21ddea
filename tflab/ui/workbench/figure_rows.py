"""A figure of the lesson as rows of the page; several frames make a moving picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from textual.content import Content

from tflab.charts.drawing import ChartOptions, Drawing
from tflab.runs.events import Figure, Picture
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import short_line
from tflab.ui.widgets.drawing_view import legend_content
from tflab.ui.workbench.lesson_document import Row

if TYPE_CHECKING:
    from tflab.ui.terminal.pixels import Pixels
    from tflab.ui.workbench.picture_images import PictureImages

_NARROWEST = 10
_WORDS = 3
"""Rows of title and legend for which a picture does not have to become lower."""

_LEAST_ROWS = 6

Frame = TypeVar("Frame", bound=Figure | Picture)


class PictureStyle(NamedTuple):
    """How figures and pictures are drawn here.

    Attributes:
        options: Colours and glyphs.
        rows: The most rows that a figure may take.
        picture_rows: The most rows that a picture may take.
        images: Reads pictures.
        pixels: Shows pictures as pixels, where the terminal can.
    """

    options: ChartOptions
    rows: int
    picture_rows: int = 24
    images: PictureImages | None = None
    pixels: Pixels | None = None


class Frames(Generic[Frame]):
    """The frames of something that may move.

    It follows the run frame by frame until a person scrubs through it; at the last frame it follows
    again.
    """

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = list(frames)
        self._chosen: int | None = None
        self._drawn: tuple[object, list[Row]] = (None, [])

    @property
    def moving(self) -> bool:
        """Whether there are frames to go through."""
        return len(self._frames) > 1

    @property
    def frames(self) -> Sequence[Frame]:
        """All of them."""
        return self._frames

    @property
    def place(self) -> int:
        """Which of them is on show."""
        return len(self._frames) - 1 if self._chosen is None else self._chosen

    @property
    def frame(self) -> Frame:
        """The frame on show."""
        return self._frames[self.place]

    def show_frames(self, frames: Sequence[Frame]) -> None:
        """Take in new frames; the newest is shown unless a person chose another."""
        self._frames = list(frames)

    def step_frame(self, by: int) -> None:
        """Go `by` frames on or, when negative, back."""
        last = len(self._frames) - 1
        there = max(0, min(self.place + by, last))
        self._chosen = None if there == last else there

    def rows(self, width: int, style: PictureStyle) -> list[Row]:
        """Return title, picture and legend, with a blank row above and below."""
        frame, place = self.frame, (self.place, len(self._frames))
        if width < _NARROWEST:
            return []
        key = (id(frame), place, width, style, self._seen(frame, style))
        if self._drawn[0] != key:
            drawn = self._draw(frame, width, style)
            self._drawn = key, [Row(Content()), *drawn, Row(Content())]
        return self._drawn[1]

    def _seen(self, frame: Frame, style: PictureStyle) -> object:
        """Return what else decides how a frame looks."""
        del frame, style
        return None

    def _draw(self, frame: Frame, width: int, style: PictureStyle) -> list[Row]:
        raise NotImplementedError

    def _title(self, text: str, step: int | None) -> Content:
        title = Content.styled(text, "bold")
        if not self.moving:
            return title
        arrows = "← →" if glyphs().unicode else "left right"
        at = "" if step is None else f"step {step}  "
        where = f"  {at}{self.place + 1}/{len(self._frames)} {arrows}"
        return title + Content.styled(where, "$text-quiet")


class FigureRows(Frames[Figure]):
    """One figure with its title and legend."""

    def _draw(self, frame: Figure, width: int, style: PictureStyle) -> list[Row]:
        return draw_rows(frame, width, style, self._title(short_line(frame.title), frame.step))


def draw_rows(figure: Figure, width: int, style: PictureStyle, title: Content) -> list[Row]:
    """Return the rows of a figure: title, picture and legend."""
    # NumPy is a tenth of a second that a lesson need not wait for.
    from tflab.charts.figures import draw_figure

    drawing = draw_figure(figure, (width, style.rows), style.options)
    above = title
    if drawing.y_label:
        line = Content.styled(short_line(drawing.y_label), "$text-quiet")
        above = Content("\n").join([title, line]) if title else line
    heading = list(map(Row, above.wrap(width))) if above else []
    below = list(map(Row, _below(drawing, figure, width).wrap(width)))
    room = max(style.rows + _WORDS - len(heading) - len(below), _LEAST_ROWS)
    if room < len(drawing.runs):
        # Seen at a glance: what names the picture is not to push it out of view.
        drawing = draw_figure(figure, (width, room), style.options)
    return [*heading, *map(Row, drawing.runs), *below]


def _below(drawing: Drawing, figure: Figure, width: int) -> Content:
    notes = [short_line(note) for note in (*drawing.notes, figure.note) if note]
    lines = [legend_content(drawing.legend, width)]
    lines += [Content.styled(text, "$text-quiet") for text in (drawing.x_label, *notes) if text]
    return Content("\n").join([line for line in lines if line])
