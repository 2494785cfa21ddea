"""One axes of matplotlib as a figure of ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tflab.recording.artists.bars import add_bars, add_histogram, add_steps, is_histogram
from tflab.recording.artists.parts import NotDataError, drawn_artists, is_kind
from tflab.recording.artists.points import add_line, add_scatter
from tflab.recording.figures import Layers, axis_range
from tflab.recording.values import rounded, to_text
from tflab.runs.events import Figure, Layer

_LARGEST_MATRIX = 30
_PLAIN_SCALES = ("linear", "log")
_PLAIN_TICKS = ("ScalarFormatter", "LogFormatterSciNotation", "LogFormatter", "NullFormatter")


def read_axes(axes: Any, cell: int, title: str) -> Figure:
    """Return what axes show.

    Raises:
        NotDataError: When something in them cannot be told as data.
        ConversionError: When something in them is no number.
    """
    if axes.name != "rectilinear":
        raise NotDataError
    scales = axes.get_xscale(), axes.get_yscale()
    if any(scale not in _PLAIN_SCALES for scale in scales):
        raise NotDataError
    artists = drawn_artists(axes)
    layers = Layers()
    ranges: tuple[Any, Any] = (None, None)
    bars = [one for one in axes.containers if hasattr(one, "patches") and len(one.patches)]
    if len(axes.images) == 1 and (matrix := _matrix(axes, artists)) is not None:
        layers.found.append(matrix)
    elif bars and not is_histogram(bars[0]):
        add_bars(layers, axes, bars, artists)
    else:
        _check_ticks(axes)
        ranges = _set_ranges(axes, _add_artists(layers, axes, artists, bars))
    if not layers.found:
        raise NotDataError
    return Figure(
        cell=cell,
        title=title,
        layers=layers.found,
        x_label=to_text(axes.get_xlabel()),
        y_label=to_text(axes.get_ylabel()),
        x_range=axis_range(ranges[0]),
        y_range=axis_range(ranges[1]),
        log_x=scales[0] == "log",
        log_y=scales[1] == "log",
        note=layers.note,
    )


def _set_ranges(axes: Any, asked: tuple[Any, Any]) -> tuple[Any, Any]:
    """Return the ranges that a grid asks for, else those that the program has set."""
    x_range, y_range = asked
    if not axes.get_autoscalex_on() and x_range is None:
        x_range = tuple(sorted(axes.get_xlim()))
    if not axes.get_autoscaley_on() and y_range is None:
        y_range = tuple(sorted(axes.get_ylim()))
    return x_range, y_range


def _check_ticks(axes: Any) -> None:
    """Refuse axes of names or dates, and those that run backwards."""
    for axis in (axes.xaxis, axes.yaxis):
        if type(axis.get_major_formatter()).__name__ not in _PLAIN_TICKS:
            raise NotDataError
    inverted = axes.xaxis_inverted() or axes.yaxis_inverted()
    if inverted:
        raise NotDataError


def _add_artists(
    layers: Layers, axes: Any, artists: Iterable[Any], bars: list[Any]
) -> tuple[Any, Any]:
    """Add each artist as a layer, and return the ranges that a grid asks for."""
    ranges: tuple[Any, Any] = (None, None)
    of_bars = {id(patch) for container in bars for patch in container.patches}
    for container in bars:
        add_histogram(layers, container)
    for artist in artists:
        if id(artist) in of_bars:
            continue
        if is_kind(artist, "lines", "Line2D"):
            add_line(layers, axes, artist)
        elif is_kind(artist, "collections", "PathCollection"):
            add_scatter(layers, artist)
        elif is_kind(artist, "patches", "StepPatch"):
            add_steps(layers, artist)
        elif is_kind(artist, "image", "AxesImage"):
            ranges = _add_grid(layers, artist)
        else:
            raise NotDataError
    return ranges


def _add_grid(layers: Layers, image: Any) -> tuple[Any, Any]:
    shades = image.get_array()
    if shades is None or shades.ndim != 2 or image.origin != "lower":
        raise NotDataError
    left, right, bottom, top = image.get_extent()
    if left >= right or bottom >= top:
        raise NotDataError
    layers.add_grid(np.ma.filled(np.ma.asarray(shades, dtype=np.float64), np.nan))
    return (left, right), (bottom, top)


def _matrix(axes: Any, artists: list[Any]) -> Layer | None:
    """Return the layer of a confusion matrix: a square of numbers, each written in its cell."""
    image = axes.images[0]
    shades = image.get_array()
    texts = [artist for artist in artists if artist is not image]
    if shades is None or shades.ndim != 2 or shades.shape[0] != shades.shape[1]:
        return None
    side = len(shades)
    written = all(is_kind(artist, "text", "Text") for artist in texts)
    if side > _LARGEST_MATRIX or image.origin != "upper" or not written:
        return None
    if len(texts) != shades.size:
        return None
    names = [text.get_text() for text in axes.get_yticklabels()]
    if len(names) != side or not all(names):
        names = [str(number) for number in range(side)]
    grid = np.asarray(shades, dtype=np.float64)
    rows = [rounded(row) for row in grid]
    return Layer(kind="matrix", names=[to_text(name) for name in names], grid=rows)
