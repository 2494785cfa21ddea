"""Bars and histograms of matplotlib, read off their patches."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from tflab.recording.artists.parts import NotDataError, label_of
from tflab.recording.conversion import ConversionError
from tflab.recording.figures import Layers
from tflab.recording.values import to_text

_NEAR = 1e-6
_MOST_BARS = 40


def is_histogram(container: Any) -> bool:
    """Say whether the bars of a container stand side by side without a gap, as bins do."""
    patches = list(container.patches)
    if getattr(container, "orientation", "vertical") != "vertical" or len(patches) < 2:
        return False
    for patch, following in pairwise(patches):
        edge, width = patch.get_x() + patch.get_width(), abs(patch.get_width())
        if abs(edge - following.get_x()) > _NEAR * max(width, abs(edge)):
            return False
    return all(patch.get_y() == 0 for patch in patches)


def add_bars(layers: Layers, axes: Any, containers: list[Any], artists: list[Any]) -> None:
    """Add a layer of bars for each container, named by the ticks that stand at them.

    Raises:
        ConversionError: When the axes hold more than bars that begin at 0.
    """
    patches = {id(patch) for container in containers for patch in container.patches}
    for artist in artists:
        # The height of a bar, written at it.
        text = artist.get_text() if hasattr(artist, "get_text") else None
        if id(artist) not in patches and (text is None or not _is_number(text)):
            raise _not_bars()
    for container in containers:
        upright = getattr(container, "orientation", "vertical") != "horizontal"
        heights = {}
        names = _names(axes, container, upright)
        for name, patch in zip(names, container.patches, strict=True):
            start = patch.get_y() if upright else patch.get_x()
            if start != 0:
                raise _not_bars()
            heights[name] = float(patch.get_height() if upright else patch.get_width())
        if len(heights) < len(container.patches) or len(heights) > _MOST_BARS:
            raise _not_bars()
        layers.add_bars(heights, label_of(container))


def add_histogram(layers: Layers, container: Any) -> None:
    """Add bars that are bins.

    Raises:
        NotDataError: When they are not.
    """
    if not is_histogram(container):
        raise NotDataError
    patches = list(container.patches)
    edges = [patch.get_x() for patch in patches]
    edges.append(patches[-1].get_x() + patches[-1].get_width())
    counts = [float(patch.get_height()) for patch in patches]
    layers.add_counts(label_of(container), edges, counts)


def add_steps(layers: Layers, artist: Any) -> None:
    """Add a histogram that is drawn as one outline.

    Raises:
        NotDataError: When it does not begin at 0.
    """
    values, edges, base = artist.get_data()
    if base is not None and np.any(np.asarray(base) != 0):
        raise NotDataError
    layers.add_counts(label_of(artist), edges, values)


def _names(axes: Any, container: Any, upright: bool) -> list[str]:
    axis = axes.xaxis if upright else axes.yaxis
    ticks = list(zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False))
    named = [(float(place), label.get_text()) for place, label in ticks if label.get_text()]
    plain = type(axis.get_major_formatter()).__name__ == "ScalarFormatter"
    names = []
    for patch in container.patches:
        start = patch.get_x() if upright else patch.get_y()
        width = patch.get_width() if upright else patch.get_height()
        middle = start + width / 2
        near = min(named, key=lambda tick: abs(tick[0] - middle), default=None)
        if not plain and near is not None and abs(near[0] - middle) <= abs(width) * 2:
            names.append(to_text(near[1]))
        elif abs(middle - round(middle)) < _NEAR * max(1, abs(width)):
            names.append(str(round(middle)))
        else:
            # Bins, or places that mean something on a line.
            raise _not_bars()
    return names


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text.strip().rstrip("%").replace("−", "-").replace(",", "")))
    except ValueError:
        return not text.strip()


def _not_bars() -> ConversionError:
    return ConversionError("The axes hold more than bars that begin at 0.", "Look at the picture.")
