"""A picture of the program as rows of the page: as data where it can be told, else as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from tflab.charts.drawing import ChartOptions, Size
from tflab.charts.drawing import Row as DrawnRow
from tflab.runs.events import Picture, Tiles
from tflab.ui.terminal.pixels import MOST_CELLS
from tflab.ui.terminal.safe_text import short_line
from tflab.ui.workbench.figure_rows import Frames, PictureStyle, draw_rows
from tflab.ui.workbench.lesson_document import Row

if TYPE_CHECKING:
    from PIL.Image import Image

    from tflab.ui.terminal.pixels import Pixels


class PictureRows(Frames[Picture]):
    """One picture with its title.

    Args:
        frames: Its frames.
        folder: The folder of its run, where its files are.
    """

    def __init__(self, frames: Sequence[Picture], folder: Path | None) -> None:
        super().__init__(frames)
        self._folder = folder

    def _seen(self, frame: Picture, style: PictureStyle) -> object:
        return None if _as_data(frame, style) else id(self._image(frame, style))

    def _draw(self, frame: Picture, width: int, style: PictureStyle) -> list[Row]:
        title = self._title(short_line(frame.title), frame.step)
        notes: list[str] = []
        if _as_data(frame, style):
            rows = self._draw_data(frame, width, style, title)
        else:
            drawn, notes = self._draw_dots(frame, width, style)
            rows = [*(map(Row, title.wrap(width)) if title else ()), *drawn]
        if frame.note:
            notes.append(short_line(frame.note))
        if frame.file:
            notes.append(f"picture {frame.width} × {frame.height}, v shows it large")
        below = Content.styled("\n".join(notes), "$text-quiet")
        return [*rows, *(map(Row, below.wrap(width)) if notes else ())]

    def _draw_data(
        self, frame: Picture, width: int, style: PictureStyle, title: Content
    ) -> list[Row]:
        """Return each axes as a figure, a blank row between."""
        rows: list[Row] = []
        for number, figure in enumerate(frame.data):
            head = title if number == 0 and len(frame.data) == 1 else None
            if head is None:
                head = Content.styled(short_line(figure.title), "bold")
            if number:
                rows.append(Row(Content()))
            elif len(frame.data) > 1 and title.plain not in ("", figure.title):
                rows += map(Row, title.wrap(width))
            rows += draw_rows(figure, width, style, head)
        return rows

    def _draw_dots(
        self, frame: Picture, width: int, style: PictureStyle
    ) -> tuple[list[Row], list[str]]:
        """Return the rows of the picture itself, and what there is to say of it."""
        from tflab.charts.pictures import draw_picture, draw_tiles, picture_size

        image = self._image(frame, style)
        if image is None or isinstance(image, str):
            return [], [image] if image else []
        room, tiles = (width, style.picture_rows), self._tiles(frame, style)
        drawn: Sequence[DrawnRow]
        if tiles is not None:
            draw = tiles_in_pixels(style.pixels, self._folder, tiles, style.options)
            drawn, shown = draw_tiles(image, tiles, room, style.options, draw)
            notes = [f"{shown} of {tiles.count} images"] if shown < tiles.count else []
            return [*map(Row, drawn)], notes
        size = picture_size((frame.width, frame.height), room)
        if style.pixels is not None and style.images is not None and max(size) <= MOST_CELLS:
            content = style.images.content(self._folder, frame.file)
            name = (self._folder, frame.file)
            return [*map(Row, style.pixels.rows(name, content, *size))], []
        return [*map(Row, draw_picture(image, size, style.options))], []

    def _tiles(self, frame: Picture, style: PictureStyle) -> Tiles | None:
        """Return the images to be drawn one by one; a picture of them is shown as pixels whole."""
        tiles = frame.tiles
        whole = tiles is not None and tiles.file != frame.file
        return None if style.pixels is not None and whole else tiles

    def _image(self, frame: Picture, style: PictureStyle) -> Image | str | None:
        """Return the picture; why there is none; None while it is read."""
        tiles = self._tiles(frame, style)
        file = tiles.file if tiles is not None else frame.file
        if not file or style.images is None:
            return ""
        return style.images.image(self._folder, file)


def _as_data(frame: Picture, style: PictureStyle) -> bool:
    """Say whether a picture is drawn as data: pixels show it as the program drew it."""
    pixels = style.pixels is not None and bool(frame.file)
    return bool(frame.data) and frame.tiles is None and not pixels


def tiles_in_pixels(
    pixels: Pixels | None, folder: Path | None, tiles: Tiles, options: ChartOptions
) -> Callable[[Image, int, Size], Sequence[DrawnRow]] | None:
    """Return what draws each of several images as pixels; None where they are drawn in dots.

    Args:
        pixels: Shows pictures as pixels, where the terminal can.
        folder: The folder of their run.
        tiles: Where they are.
        options: Colours and glyphs for one that is too large for pixels.
    """
    from tflab.charts.pictures import draw_picture, encode_tile

    if pixels is None:
        return None

    def draw(image: Image, number: int, size: Size) -> Sequence[DrawnRow]:
        if max(size) > MOST_CELLS:
            return draw_picture(image, size, options)
        return pixels.rows((folder, tiles.file, number), encode_tile(image), *size)

    return draw
