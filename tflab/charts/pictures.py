"""Pictures drawn with half blocks: two dots in each cell, one above the other.

Where there are not enough colours for that, with shades.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tflab.charts.drawing import ChartOptions, Row, Run, Size
from tflab.charts.palette import Ink
from tflab.charts.text import cell_width, clean, fit
from tflab.runs.atomic_files import open_file
from tflab.runs.events import Tiles
from tflab.runs.log_writer import PICTURES

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_DOTS = 40_000_000
"""Dots of a picture that is opened: a file of a few bytes may say that it has any number."""

MAX_FILE = 64 << 20

_NAME = re.compile(rf"{PICTURES}/[0-9]{{1,6}}\.png")
_SHADES = " ░▒▓█"
_SHADES_ASCII = " .:-=+*#%@"
_UPPER = "▀"
_LEAST_TILE = 12
_GAP = 2
_LARGEST_SCALE = 4
_SHARP = 240
"""Dots across to which a small image grows by whole numbers before a terminal scales it."""

_FINE = 3
"""Dots of a cell in each direction, from which its shade is chosen."""


class PictureError(Exception):
    """A picture cannot be shown; the text says why."""


def read_picture(path: Path) -> Image:
    """Return the picture of a file, opaque, on white.

    Raises:
        PictureError: When it is gone, or no picture, or far too large.
    """
    # Loading it takes longer than a lesson to be read.
    from PIL import Image

    try:
        with open(open_file(path), "rb") as file:
            content = file.read(MAX_FILE + 1)
        if len(content) > MAX_FILE:
            raise PictureError(f"{path.name} is larger than {MAX_FILE >> 20} MiB.")
        opened = Image.open(io.BytesIO(content), formats=("PNG",))
        if opened.width * opened.height > MAX_DOTS:
            raise PictureError(f"{path.name} has {opened.width} × {opened.height} dots.")
        found = opened.convert("RGBA")
    except OSError as error:
        raise PictureError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    except (ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"{path.name} is no picture.") from error
    page = Image.new("RGBA", found.size, "white")
    return Image.alpha_composite(page, found).convert("RGB")


def encode_tile(tile: Image) -> bytes:
    """Return the PNG file of a small image with its dots enlarged: a terminal would blur them."""
    from PIL.Image import Resampling

    scale = max(_SHARP // max(tile.width, 1), 1)
    size = (tile.width * scale, tile.height * scale)
    return encode_picture(tile.resize(size, Resampling.NEAREST))


def encode_picture(picture: Image, most: Size = (1920, 1200)) -> bytes:
    """Return the PNG file of a picture, no larger than a screen has dots."""
    from PIL.Image import Resampling

    if picture.width > most[0] or picture.height > most[1]:
        picture = picture.copy()
        picture.thumbnail(most, Resampling.LANCZOS)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def picture_path(folder: Path, file: str) -> Path | None:
    """Return where a picture of a run is; None for what no run names its pictures."""
    return folder / file if _NAME.fullmatch(file) else None


def picture_size(dots: Size, room: Size) -> Size:
    """Return the cells that a picture takes: all the room it can have in its proportions.

    A small one grows by whole numbers only, and not by more than four.
    """
    width, height = max(dots[0], 1), max(dots[1], 1)
    columns, rows = max(room[0], 1), max(room[1], 1)
    scale = min(columns / width, 2 * rows / height)
    if scale >= 1:
        scale = min(int(scale), _LARGEST_SCALE)
    return max(round(width * scale), 1), max(-(-round(height * scale) // 2), 1)


def draw_picture(picture: Image, size: Size, options: ChartOptions) -> tuple[Row, ...]:
    """Return the rows of a picture that fills `size` cells."""
    columns, rows = size
    if options.colour in ("none", "16") or not options.unicode:
        fine = _scaled(picture, (columns * _FINE, rows * _FINE))
        return _draw_shades(fine, options)
    return _draw_halves(_scaled(picture, (columns, 2 * rows)))


def draw_tiles(
    sheet: Image,
    tiles: Tiles,
    room: Size,
    options: ChartOptions,
    draw: Callable[[Image, int, Size], Sequence[Row]] | None = None,
) -> tuple[tuple[Row, ...], int]:
    """Return the rows of images side by side, each over its title, and how many are in them.

    They stand as in the sheet where that leaves them legible, and in fewer columns otherwise.

    Args:
        sheet: The picture that holds all of them.
        tiles: Where they are in it.
        room: The most cells, across and down.
        options: Colours and glyphs.
        draw: Draws an image, with its number, in so many cells; by default dot by dot.
    """
    if draw is None:

        def draw(image: Image, number: int, size: Size) -> Sequence[Row]:
            del number
            return draw_picture(image, size, options)

    columns = max(1, min(tiles.columns, tiles.count, (room[0] + _GAP) // (_LEAST_TILE + _GAP)))
    width = (room[0] - _GAP * (columns - 1)) // columns
    titles = [clean(title, options.unicode) for title in tiles.titles]
    below = int(any(titles))
    size = picture_size((tiles.width, tiles.height), (width, max(room[1] - below, 1)))
    width = max(size[0], min(width, max(map(cell_width, titles), default=0)))
    lines = -(-tiles.count // columns)
    shown = max(1, min(lines, (room[1] + 1 - below) // (size[1] + 1)))
    rows: list[Row] = []
    for line in range(shown):
        numbers = range(line * columns, min((line + 1) * columns, tiles.count))
        drawn = [draw(_tile(sheet, tiles, number), number, size) for number in numbers]
        if rows and not below:
            rows.append((Run(" ", None),))
        rows += [_beside([one[row] for one in drawn], size[0], width) for row in range(size[1])]
        if below:
            names = [titles[number] if number < len(titles) else "" for number in numbers]
            rows.append(_names(names, width, options.unicode))
    return tuple(rows), min(tiles.count, shown * columns)


def _beside(parts: Sequence[Row], size: int, width: int) -> Row:
    gap = Run(" " * (width - size + _GAP), None)
    row: list[Run] = []
    for part in parts:
        row += [*([gap] if row else []), *part]
    return tuple(row)


def _names(names: list[str], width: int, unicode: bool) -> Row:
    cut = [fit(name, width, unicode) for name in names]
    padded = [name + " " * (width - cell_width(name) + _GAP) for name in cut]
    return (Run("".join(padded).rstrip() or " ", None),)


def _tile(sheet: Image, tiles: Tiles, number: int) -> Image:
    row, column = divmod(number, max(tiles.columns, 1))
    left, top = column * tiles.width, row * tiles.height
    return sheet.crop((left, top, left + tiles.width, top + tiles.height))


def _scaled(picture: Image, size: Size) -> NDArray[np.uint8]:
    from PIL.Image import Resampling

    grows = size[0] >= picture.width and size[1] >= picture.height
    way = Resampling.NEAREST if grows else Resampling.BOX
    dots: NDArray[np.uint8] = np.asarray(picture.resize(size, way))
    return dots


def _draw_halves(dots: NDArray[np.uint8]) -> tuple[Row, ...]:
    upper, lower = dots[::2], dots[1::2]
    return tuple(
        _halves(above.tolist(), below.tolist()) for above, below in zip(upper, lower, strict=True)
    )


def _halves(above: list[list[int]], below: list[list[int]]) -> Row:
    """Return a row of cells; neighbours of the same two colours make one run."""
    runs: list[Run] = []
    start = 0
    pairs = [(tuple(a), tuple(b)) for a, b in zip(above, below, strict=True)]
    for place in range(1, len(pairs) + 1):
        if place == len(pairs) or pairs[place] != pairs[start]:
            (red, green, blue), ground = pairs[start]
            runs.append(
                Run(
                    _UPPER * (place - start),
                    Ink((red, green, blue), 37),
                    Ink((ground[0], ground[1], ground[2]), 37),
                )
            )
            start = place
    return tuple(runs)


def _draw_shades(dots: NDArray[np.uint8], options: ChartOptions) -> tuple[Row, ...]:
    """Return the picture in shades of the text's own colour, light on dark or dark on light.

    A cell has half its mean and half its dot that differs most from the ground of the picture:
    by the mean alone, thin lines would be lost among so few shades.
    """
    shades = _SHADES if options.unicode else _SHADES_ASCII
    light = dots.astype(np.float64) @ np.array([0.2126, 0.7152, 0.0722]) / 255
    rows, columns = light.shape[0] // _FINE, light.shape[1] // _FINE
    blocks = light.reshape(rows, _FINE, columns, _FINE).swapaxes(1, 2).reshape(rows, columns, -1)
    far = np.abs(blocks - np.median(light)).argmax(axis=2)
    farthest = np.take_along_axis(blocks, far[:, :, None], axis=2)[:, :, 0]
    mixed = (blocks.mean(axis=2) + farthest) / 2
    level = mixed if options.dark else 1 - mixed
    places = np.rint(level * (len(shades) - 1)).astype(np.int64)
    return tuple((Run("".join(shades[place] for place in row), None),) for row in places.tolist())
