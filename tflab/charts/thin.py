"""Thinning: fewer points that draw the same picture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DOTS_A_COLUMN = 2
_POINTS_A_DOT = 4
_MOST_STRETCHES = 64
_FEWEST = 8
"""Points that the shortest stretch may keep: its ends, its extremes and one more column."""


def thin(
    steps: Sequence[float] | Floats, values: Sequence[float] | Floats, columns: int
) -> tuple[Floats, Floats]:
    """Return the points that matter when a series is drawn `columns` cells wide.

    M4 keeps the first, last, lowest and highest point of each dot column, so a line through them
    covers the same dots. The true minimum and maximum, the first and the last point stay. Points
    that are not finite are dropped. Steps may be unevenly spaced; where they jump back, as after a
    restart, each stretch is thinned by itself. A series that is short already comes back unchanged,
    so thinning twice gives what thinning once gave.

    Args:
        steps: x of each point; `array("d")` is viewed, not copied.
        values: y of each point. The longer of the two is cut.
        columns: Width in cells, two dots each.
    """
    x, y = as_points(steps, values)
    finite = np.isfinite(x) & np.isfinite(y)
    if not finite.all():
        x, y = x[finite], y[finite]
    room = max(columns, 1) * _DOTS_A_COLUMN * _POINTS_A_DOT
    if len(x) <= room + _MOST_STRETCHES * _FEWEST:
        return x, y
    kept = np.concatenate([_keep(x, y, part, room, len(x)) for part in stretches(x)])
    return x[kept], y[kept]


def as_points(
    steps: Sequence[float] | Floats, values: Sequence[float] | Floats
) -> tuple[Floats, Floats]:
    """Return both as arrays of doubles, equally long; `array("d")` is viewed, not copied."""
    x = np.asarray(steps, dtype=np.float64)
    y = np.asarray(values, dtype=np.float64)
    count = min(len(x), len(y))
    return x[:count], y[:count]


def stretches(x: Floats) -> list[slice]:
    """Return the stretches in which `x` never falls, in order.

    More than 64 of them means that the order says nothing; then there is one, the whole.
    """
    falls = np.flatnonzero(x[1:] < x[:-1]) + 1
    if len(falls) >= _MOST_STRETCHES:
        return [slice(0, len(x))]
    ends = [0, *falls.tolist(), len(x)]
    return [slice(start, end) for start, end in pairwise(ends)]


def _keep(x: Floats, y: Floats, part: slice, room: int, total: int) -> NDArray[np.int64]:
    """Return the places of the points to keep from one stretch, its share of the room."""
    length = part.stop - part.start
    share = max(_FEWEST, room * length // total // _POINTS_A_DOT * _POINTS_A_DOT)
    if length <= share:
        return np.arange(part.start, part.stop)
    # 60 ms to import; only long series need it.
    from tsdownsample import M4Downsampler

    x, y, room = x[part], y[part], share - _POINTS_A_DOT
    must = np.array([0, length - 1, y.argmin(), y.argmax()])
    with np.errstate(over="ignore"):
        width = x[-1] - x[0]
    # Without x the bins hold equally many points; with fewer than two bins it panics on x.
    by_place = room < 2 * _POINTS_A_DOT or not 0 < width < np.inf
    by_place = by_place or bool((x[1:] < x[:-1]).any())
    chosen = M4Downsampler().downsample(*((y,) if by_place else (x, y)), n_out=room)
    kept: NDArray[np.int64] = np.union1d(np.asarray(chosen, dtype=np.int64), must)
    kept += part.start
    return kept
