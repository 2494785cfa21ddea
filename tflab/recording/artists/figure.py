"""A figure of matplotlib: its title, its axes as data, or the images in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tflab.recording.artists.axes import read_axes
from tflab.recording.artists.parts import NotDataError, axes_title, drawn_artists, is_kind
from tflab.recording.conversion import ConversionError
from tflab.recording.images import MAX_TILES, Dots, to_dots
from tflab.recording.values import to_text
from tflab.runs.events import Figure

MAX_AXES = 6
"""Axes of one figure that are told as data: more are no longer legible one below the other."""

_LARGEST_TILE = 256


def figure_title(figure: Any) -> str:
    """Return the title of a figure, or of its only axes; empty when it has none."""
    axes = _axes(figure)
    own = to_text(str(figure.get_suptitle())) if hasattr(figure, "get_suptitle") else ""
    return own or (axes_title(axes[0]) if len(axes) == 1 else "")


def figure_data(figure: Any, cell: int, title: str) -> list[Figure]:
    """Return a figure for each axes; none when anything in them cannot be told as data."""
    axes = _axes(figure)
    if not 0 < len(axes) <= MAX_AXES or _has_loose_parts(figure):
        return []
    found = []
    try:
        for number, one in enumerate(axes, 1):
            name = axes_title(one) or (title if len(axes) == 1 else f"{title} {number}".strip())
            found.append(read_axes(one, cell, name))
    except (NotDataError, ConversionError, ValueError, TypeError):
        # Whatever it is that was drawn, the picture has it.
        return []
    return found


def figure_images(figure: Any) -> list[tuple[Dots, str]]:
    """Return the images of a figure at their own size, if every one of its axes is an image."""
    axes = _axes(figure)
    if not 0 < len(axes) <= MAX_TILES or _has_loose_parts(figure):
        return []
    found = []
    for one in axes:
        artists = drawn_artists(one)
        if len(artists) != 1 or not is_kind(artists[0], "image", "AxesImage"):
            return []
        dots = _shades(artists[0])
        if dots is None:
            return []
        found.append((dots, axes_title(one) or to_text(one.get_xlabel())))
    return found


def _axes(figure: Any) -> list[Any]:
    """Return the axes that a figure shows, without those of colour bars."""
    shown = [one for one in figure.axes if one.get_visible()]
    bars = [
        getattr(artist, "colorbar", None)
        for one in shown
        for artist in (*one.images, *one.collections)
    ]
    beside = [bar.ax for bar in bars if bar is not None]
    return [one for one in shown if all(one is not other for other in beside)]


def _has_loose_parts(figure: Any) -> bool:
    """Say whether a figure has parts that belong to no axes."""
    titles = {
        getattr(figure, name)()
        for name in ("get_suptitle", "get_supxlabel", "get_supylabel")
        if hasattr(figure, name)
    }
    texts = [text for text in figure.texts if text.get_text() and text.get_text() not in titles]
    return bool(texts or figure.lines or figure.images or figure.subfigs or len(figure.patches))


def _shades(image: Any) -> Dots | None:
    """Return the dots of an image in the colours that it is drawn in."""
    content = image.get_array()
    if content is None or max(content.shape[:2]) > _LARGEST_TILE:
        return None
    if content.ndim == 2:
        dots: Dots = image.to_rgba(content, bytes=True)[:, :, :3]
    else:
        dots = to_dots(np.ma.filled(content, 0))[0]
    upright = dots if image.origin == "upper" else dots[::-1]
    return upright
