"""Recording whatever shows itself as a picture: figures of matplotlib, images, `_repr_png_`."""

from __future__ import annotations

import base64
import dataclasses
import io
import math
import random
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from tflab.recording.artists.figure import figure_data, figure_images, figure_title
from tflab.recording.conversion import ConversionError
from tflab.recording.images import (
    MAX_DOTS,
    MAX_TILES,
    Dots,
    Image,
    image_of,
    read_batch,
    read_image,
    tile,
)
from tflab.recording.pictures import Drawn
from tflab.recording.png import png_size
from tflab.recording.recorder import Recorder
from tflab.recording.values import to_text
from tflab.runs.events import Picture, Tiles

_NO_GLYPH = "The picture's font has no sign for some letters."


def is_figure(value: Any) -> bool:
    """Say whether `value` is a figure of matplotlib."""
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


def show_as_picture(recorder: Recorder, value: Any, title: str = "") -> bool:
    """Record `value` if it shows itself as a picture; return whether it does.

    That is a figure of matplotlib, an image of Pillow's, or anything with a `_repr_png_`, as
    IPython asks for it.

    Raises:
        ConversionError: When it is an image that cannot be kept.
    """
    if is_figure(value):
        record_figure(recorder, value, recorder.figure_number(), draw_figure(value), title)
        return True
    image = _image_of(value)
    if image is None:
        return False
    record_image(recorder, image, title)
    return True


def record_picture(recorder: Recorder, title: str, step: int | None, value: Any) -> None:
    """Record a picture of any kind that `lab.image` takes.

    Raises:
        ConversionError: When it is no picture.
    """
    if is_figure(value):
        number = recorder.figure_number(_name_of(recorder, title, step))
        record_figure(recorder, value, number, draw_figure(value), title, step)
    else:
        record_image(recorder, read_image(value), title, step)


def record_images(
    recorder: Recorder,
    titles: list[str],
    title: str,
    columns: int | None,
    step: int | None,
    batch: Any,
) -> None:
    """Record images side by side in rows.

    Raises:
        ConversionError: When something among them is no image.
    """
    many = list(read_batch(batch))
    if not many:
        raise ConversionError("There is no image in it.", "Give at least one.")
    note = f"The first {MAX_TILES} of {len(many)} images." if len(many) > MAX_TILES else ""
    names = titles[:MAX_TILES]
    dots, size, across = tile(many[:MAX_TILES], columns)
    picture = Picture(
        cell=recorder.cell,
        figure=recorder.figure_number(_name_of(recorder, title, step)),
        title=to_text(title),
        tiles=Tiles(
            file="",
            width=size[0],
            height=size[1],
            columns=across,
            count=min(len(many), MAX_TILES),
            titles=names,
        ),
        step=step,
        note=note,
        at=recorder.at(),
    )
    image = image_of(dots)
    if image.note:
        picture = dataclasses.replace(picture, tiles=None)
    recorder.show_picture(Drawn(picture, image))


def _name_of(recorder: Recorder, title: str, step: int | None) -> Any:
    """Return what frames of one moving picture have in common; None for a picture of its own."""
    return None if step is None else (recorder.cell, title)


def record_image(
    recorder: Recorder, image: Image, title: str = "", step: int | None = None
) -> None:
    """Record a picture; those of one title with a step are frames of a moving picture."""
    name = _name_of(recorder, title, step)
    recorder.show_picture(
        Drawn(
            Picture(
                cell=recorder.cell,
                figure=recorder.figure_number(name),
                title=to_text(title),
                step=step,
                at=recorder.at(),
            ),
            image,
        )
    )


def record_figure(
    recorder: Recorder,
    figure: Any,
    number: int,
    image: Image,
    title: str = "",
    step: int | None = None,
) -> None:
    """Record a figure of matplotlib: its picture, and its data where all of it can be told.

    Args:
        recorder: What records it.
        figure: The figure.
        number: Its number in the run.
        image: Its picture, as `draw_figure` returns it.
        title: Its title, if not its own.
        step: What the program counts its frames by, if it does.
    """
    name = to_text(title) or figure_title(figure)
    images = figure_images(figure)
    data = [] if len(images) > 1 else figure_data(figure, recorder.cell, name)
    if data:
        images = []
    sheet, tiles = _sheet(images, _columns(figure)) if images else (None, None)
    picture = Picture(
        cell=recorder.cell,
        figure=number,
        title=name,
        data=data,
        tiles=tiles,
        step=step,
        at=recorder.at(),
    )
    recorder.show_picture(Drawn(picture, image, sheet))


def _sheet(images: Sequence[tuple[Dots, str]], wanted: int | None) -> tuple[Image, Tiles | None]:
    """Return the images of a figure as one, and how it is to be cut; None where it was shrunk."""
    dots, (width, height), columns = tile([one for one, _ in images], wanted)
    sheet = image_of(dots)
    if sheet.note:
        return sheet, None
    titles = [text for _, text in images]
    return sheet, Tiles(
        file="",
        width=width,
        height=height,
        columns=columns,
        count=len(images),
        titles=titles if any(titles) else [],
    )


def draw_figure(figure: Any) -> Image:
    """Return the picture of a figure as its own backend draws it, at its own size.

    What the program draws at random, and the warnings it asked for, are not touched.
    """
    across, down = figure.get_size_inches()
    dots = across * down * figure.dpi**2
    dpi = figure.dpi * min(1.0, math.sqrt(MAX_DOTS / max(dots, 1.0)))
    states = random.getstate(), np.random.get_state()
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            content = _printed(figure, dpi, tight=True)
            size = png_size(content)
            if size is None or size[0] * size[1] > 2 * MAX_DOTS:
                content = _printed(figure, dpi, tight=False)
                size = png_size(content)
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
    lacks = any("missing from" in str(warning.message) for warning in caught)
    assert size is not None, "matplotlib has written a PNG file"
    return Image(content, *size, _NO_GLYPH if lacks else "")


def _printed(figure: Any, dpi: float, tight: bool) -> bytes:
    file = io.BytesIO()
    figure.canvas.print_figure(
        file,
        format="png",
        dpi=dpi,
        facecolor=figure.get_facecolor(),
        edgecolor=figure.get_edgecolor(),
        bbox_inches="tight" if tight else None,
    )
    return file.getvalue()


def _columns(figure: Any) -> int | None:
    """Return how many axes a figure has side by side, if they stand in a grid."""
    specs = [one.get_subplotspec() for one in figure.axes]
    columns = {spec.get_gridspec().ncols for spec in specs if spec is not None}
    return columns.pop() if len(columns) == 1 and None not in specs else None


def _image_of(value: Any) -> Image | None:
    if type(value).__module__.partition(".")[0] == "PIL" and hasattr(value, "convert"):
        return read_image(value)
    if isinstance(value, type):
        return None
    for name in ("_repr_png_", "_repr_jpeg_"):
        draw = getattr(value, name, None)
        found = draw() if callable(draw) else None
        content = found[0] if isinstance(found, tuple) else found
        try:
            if isinstance(content, str):
                # So IPython hands out its own images.
                content = base64.b64decode(content, validate=True)
            if isinstance(content, bytes):
                return read_image(content)
        except (ConversionError, ValueError):
            continue
    return None
