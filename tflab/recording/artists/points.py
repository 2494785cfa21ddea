"""Lines and clouds of points of matplotlib."""

from __future__ import annotations

from typing import Any

import numpy as np

from tflab.recording.artists.parts import NotDataError, label_of
from tflab.recording.figures import Layers

_MOST_GROUPS = 8


def add_line(layers: Layers, axes: Any, line: Any) -> None:
    """Add a line, or the points of one that has only marks.

    Raises:
        NotDataError: When it lies somewhere else than in the axes.
    """
    x = np.asarray(line.get_xdata(orig=False), dtype=np.float64).reshape(-1)
    y = np.asarray(line.get_ydata(orig=False), dtype=np.float64).reshape(-1)
    in_x, in_y = line.get_transform().contains_branch_seperately(axes.transData)
    if not in_x and not in_y:
        raise NotDataError
    if not in_x:
        x = _along(x, axes.get_xlim())
    if not in_y:
        y = _along(y, axes.get_ylim())
    if not len(x):
        return
    label = label_of(line)
    if line.get_linestyle() in ("None", "none", "", " "):
        layers.add_points({label: np.column_stack([x, y])})
        return
    if line.get_drawstyle() != "default":
        x, y = _stepped(x, y, line.get_drawstyle())
    layers.add_lines({label: (x, y)})


def _along(parts: np.ndarray[Any, Any], limits: tuple[float, float]) -> np.ndarray[Any, Any]:
    return limits[0] + parts * (limits[1] - limits[0])


def _stepped(x: Any, y: Any, style: str) -> tuple[Any, Any]:
    """Return the corners of a line drawn in steps."""
    if style == "steps-mid":
        middle = (x[1:] + x[:-1]) / 2
        return np.concatenate([x[:1], np.repeat(middle, 2), x[-1:]]), np.repeat(y, 2)
    across, up = np.repeat(x, 2), np.repeat(y, 2)
    return (across[1:], up[:-1]) if style == "steps-post" else (across[:-1], up[1:])


def add_scatter(layers: Layers, artist: Any) -> None:
    """Add points, a group for each of a few colours.

    Raises:
        NotDataError: When their sizes or many colours say something too.
    """
    points = np.ma.filled(np.ma.asarray(artist.get_offsets(), dtype=np.float64), np.nan)
    sizes = np.asarray(artist.get_sizes())
    if len(sizes) > 1 and np.ptp(sizes) > 0:
        raise NotDataError
    for label, group in _groups(artist, points):
        layers.add_points({label: group})


def _groups(artist: Any, points: Any) -> list[tuple[str, Any]]:
    """Return the points of each colour, if the colours are few."""
    shades = artist.get_array()
    label = label_of(artist)
    if shades is not None:
        keys: Any = np.asarray(shades, dtype=np.float64).reshape(-1)
        classes: Any = np.unique(keys)
        if len(classes) > _MOST_GROUPS or (classes != np.rint(classes)).any():
            raise NotDataError
        names = [f"{label} {value:.0f}".strip() for value in classes]
    else:
        keys = np.asarray(artist.get_facecolors())
        if len(keys) < len(points):
            return [(label, points)]
        classes, keys = np.unique(keys, axis=0, return_inverse=True)
        keys = keys.reshape(-1)
        if len(classes) == 1:
            return [(label, points)]
        if len(classes) > _MOST_GROUPS:
            raise NotDataError
        classes = np.arange(len(classes))
        names = [f"{label or 'colour'} {number + 1}" for number in classes]
    if len(keys) != len(points):
        raise NotDataError
    return [(name, points[keys == value]) for name, value in zip(names, classes, strict=True)]
