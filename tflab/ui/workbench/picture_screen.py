"""A picture on the whole screen: its frames, closer, as data, in another program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tflab.charts.drawing import Drawing, Row, Run
from tflab.charts.text import cell_width
from tflab.runs.events import Figure, Picture
from tflab.runs.text import plain
from tflab.ui.dialogs.dialog import Dialog
from tflab.ui.terminal.pixels import MOST_CELLS, Pixels
from tflab.ui.terminal.safe_text import box_title, short_line
from tflab.ui.widgets.css import beside
from tflab.ui.widgets.drawing_view import DrawingView, picture_colour
from tflab.ui.widgets.text_view import TextView
from tflab.ui.workbench.picture_images import PictureImages
from tflab.ui.workbench.picture_rows import tiles_in_pixels

if TYPE_CHECKING:
    from PIL.Image import Image

_CLOSEST = 16
_STEP = 0.25


class PictureScreen(Dialog[None]):
    """Shows a picture as large as the screen allows.

    Args:
        pictures: The frames of each picture that can be gone through.
        which: The picture to show first, and its frame.
        folder: The folder of their run.
        read: Makes what reads pictures, given what is to be called when one is there.
        pixels: Shows them as pixels, where the terminal can.
    """

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    COVERS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v,q,enter", "close", "Close"),
        Binding("left", "go(-1, 0)", "Left"),
        Binding("right", "go(1, 0)", "Right"),
        Binding("up", "go(0, -1)", "Up"),
        Binding("down", "go(0, 1)", "Down"),
        Binding("plus,equals_sign", "zoom(2)", "Closer"),
        Binding("minus", "zoom(-2)", "Farther"),
        Binding("n", "other(1)", "Next"),
        Binding("p", "other(-1)", "Before"),
        Binding("d", "data", "Data"),
        Binding("c", "copy", "Copy path"),
        Binding("o", "open", "Open"),
    ]

    def __init__(
        self,
        pictures: Sequence[Sequence[Picture]],
        which: tuple[int, int],
        folder: Path | None,
        read: Callable[[Callable[[], object]], PictureImages],
        pixels: Pixels | None = None,
    ) -> None:
        super().__init__()
        self._pictures = pictures
        self._which, self._place = which
        self._folder = folder
        self._images = read(self._draw)
        self._pixels = pixels
        self._zoom = 1
        self._middle = (0.5, 0.5)

    def compose(self) -> ComposeResult:
        """Lay out the picture, and its data behind it."""
        with Vertical(classes="sheet picture"):
            yield DrawingView(id="picture")
            yield Static(id="picture-note")

    def on_mount(self) -> None:
        """Show the picture; its data when asked."""
        self._draw()

    def on_drawing_view_resized(self) -> None:
        """Draw for another size."""
        self._draw()

    def action_go(self, across: int, down: int) -> None:
        """Go to the frame before or behind; closer by, move over the picture."""
        if self._zoom > 1:
            x, y = self._middle
            by = _STEP / self._zoom * 2
            self._middle = (_within(x + across * by), _within(y + down * by))
        elif across:
            self._place = max(0, min(self._place + across, len(self._frames) - 1))
        self._draw()

    def action_zoom(self, by: int) -> None:
        """See the middle twice as close, or from twice as far."""
        self._zoom = min(self._zoom * 2, _CLOSEST) if by > 0 else max(self._zoom // 2, 1)
        if self._zoom == 1:
            self._middle = (0.5, 0.5)
        self._draw()

    async def action_data(self) -> None:
        """Change between the picture and what it shows as data."""
        view = self.query_one("#picture")
        if not view.display:
            await self.query(TextView).remove()
            view.display = True
        elif text := data_text(self._picture):
            view.display = False
            await self.query_one(".picture").mount(TextView(text), before="#picture-note")
        else:
            self.notify("This picture shows nothing that can be told as data.")

    async def action_other(self, by: int) -> None:
        """Show the next picture, or the one before."""
        there = max(0, min(self._which + by, len(self._pictures) - 1))
        if there != self._which:
            self._which, self._place, self._zoom = there, len(self._pictures[there]) - 1, 1
            if not self.query_one("#picture").display:
                await self.action_data()
            self._draw()

    def action_copy(self) -> None:
        """Put the path of the file on the clipboard."""
        path = self._path
        if path is not None:
            self.app.copy_to_clipboard(str(path))
            self.notify(f"Path copied: {short_line(str(path))}")

    def action_open(self) -> None:
        """Open the file in what this machine shows pictures with; else copy its path."""
        path, viewer = self._path, _viewer()
        if path is None:
            return
        if viewer is None:
            self.app.copy_to_clipboard(str(path))
            self.notify("There is no program here that shows pictures. The path is copied.")
            return
        subprocess.Popen(
            [viewer, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.notify(f"Opened with {viewer}.")

    @property
    def _frames(self) -> Sequence[Picture]:
        return self._pictures[self._which]

    @property
    def _picture(self) -> Picture:
        return self._frames[self._place]

    @property
    def _path(self) -> Path | None:
        from tflab.charts.pictures import picture_path

        return picture_path(self._folder, self._picture.file) if self._folder else None

    @property
    def _file(self) -> str:
        """The file to draw: of images their own dots, but pixels show it as the program did."""
        picture = self._picture
        return picture.file if picture.tiles is None or self._pixels else picture.tiles.file

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        picture = self._picture
        sheet = self.query_one(".picture")
        sheet.border_title = box_title(picture.title or "Picture")
        sheet.border_subtitle = self._keys()
        view = self.query_one("#picture", DrawingView)
        self.query_one("#picture-note", Static).update(
            Content.styled(short_line(picture.note) if picture.note else "", "$text-quiet")
        )
        image = self._images.image(self._folder, self._file)
        if isinstance(image, str):
            view.show_words(image)
        elif image is not None and min(view.size) > 0:
            view.show_drawing(Drawing((), runs=_centred(self._rows(image, view), *view.size)))

    def _rows(self, image: Image, view: DrawingView) -> tuple[Row, ...]:
        from tflab.charts.pictures import (
            draw_picture,
            draw_tiles,
            encode_picture,
            picture_size,
        )

        options = view.chart_options(colour=picture_colour(view))
        picture, room = self._picture, (view.size.width, view.size.height)
        if picture.tiles is not None and self._zoom == 1 and self._file == picture.tiles.file:
            draw = tiles_in_pixels(self._pixels, self._folder, picture.tiles, options)
            return draw_tiles(image, picture.tiles, room, options, draw)[0]
        width, height = image.size
        size = picture_size((width, height), room)
        part = 1 / self._zoom
        x, y = (max(0.0, min(at - part / 2, 1 - part)) for at in self._middle)
        box = (x * width, y * height, (x + part) * width, (y + part) * height)
        left, top, right, bottom = map(round, box)
        seen = image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
        if self._pixels is not None and max(size) <= MOST_CELLS:
            name = (self._folder, picture.file, left, top, right, bottom)
            return self._pixels.rows(name, encode_picture(seen), *size)
        return draw_picture(seen, size, options)

    def _keys(self) -> str:
        keys = ["+ - zoom"]
        if len(self._frames) > 1 and self._zoom == 1:
            keys.insert(0, f"frame {self._place + 1}/{len(self._frames)} left right")
        if len(self._pictures) > 1:
            keys.insert(0, f"{self._which + 1} of {len(self._pictures)} n p")
        if self._picture.data:
            keys.append("d data")
        return "   ".join([*keys, "c path", "o open", "Esc"])


def data_text(picture: Picture) -> str:
    """Return what a picture shows as a table for each layer; empty when that cannot be told."""
    return "\n\n".join(_figure_text(figure) for figure in picture.data)


def _figure_text(figure: Figure) -> str:
    x, y = figure.x_label or "x", figure.y_label or "y"
    lines = [plain(figure.title)] if figure.title else []
    for layer in figure.layers:
        lines += ["", plain(layer.label or layer.kind)]
        if layer.kind in ("grid", "matrix"):
            lines += ["  ".join(f"{value:>10}" for value in row) for row in layer.grid]
        elif layer.kind == "bars":
            lines += [
                f"{plain(n):>14}  {v:>12}" for n, v in zip(layer.names, layer.y, strict=False)
            ]
        else:
            lines.append(f"{plain(x):>14}  {plain(y):>14}")
            lines += [f"{a:>14}  {b:>14}" for a, b in zip(layer.x, layer.y, strict=False)]
    return "\n".join(lines)


def _centred(rows: tuple[Row, ...], width: int, height: int) -> tuple[Row, ...]:
    widest = max((sum(cell_width(run.text) for run in row) for row in rows), default=0)
    left = Run(" " * ((width - widest) // 2), None)
    above = ((Run(" ", None),),) * ((height - len(rows)) // 2)
    return (*above, *((left, *row) for row in rows))


def _within(part: float) -> float:
    return max(0.0, min(part, 1.0))


def _viewer() -> str | None:
    """Return the program that opens pictures here, where there is a desktop to show them on."""
    if sys.platform == "darwin":
        return "open"
    has_desktop = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return "xdg-open" if has_desktop and shutil.which("xdg-open") else None
