"""Lines as few dots: thinned to what a picture shows. Whole arrays: no loop over points."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tflab.charts.plot import Path
from tflab.charts.thin import Floats

_SHORT = 256
"""Points a dot column up to which reading them all is as fast."""

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
ToFraction = Callable[[Floats], Floats]
"""Where values lie on their axis, 0 at its start and 1 at its end."""


_FAR = 1e9


def fractions(values: Floats, low: float, high: float, log: bool = False) -> Floats:
    """Return where `values` lie between `low` (0.0) and `high` (1.0); beyond them if outside."""
    if log:
        # Averages of the smallest doubles may round to 0.
        values = np.maximum(values, low)
        values, low, high = np.log10(values), float(np.log10(low)), float(np.log10(high))
    # A quarter of each keeps the difference of the largest doubles finite. What lies further away
    # than this leads straight up or down, however far it goes.
    with np.errstate(over="ignore"):
        placed: Floats = (values / 4 - low / 4) / (high / 4 - low / 4)
    return np.clip(placed, -_FAR, _FAR)


class Spans(NamedTuple):
    """A stretch of a series, summed up for the dot columns of an axis that hold points of it.

    Attributes:
        columns: The dot columns, left to right.
        starts: Place of the first point of each.
        low, high, first, last: Lowest, highest, first and last value in each.
        joined: Whether the line goes on to the next one; one shorter.
    """

    columns: Places
    starts: Places
    low: Floats
    high: Floats
    first: Floats
    last: Floats
    joined: Mask


class Blocks(NamedTuple):
    """The extremes of each `size` values in a row; those of a last part may be missing."""

    size: int
    lows: Floats
    highs: Floats


def sum_up(
    x: Floats,
    y: Floats,
    width: int,
    x_range: tuple[float, float],
    places: Places | None = None,
    known: Spans | None = None,
    blocks: Blocks | None = None,
    log: bool = False,
) -> Spans:
    """Return what each dot column holds. True extremes: every point counts.

    Columns are fixed to the axis, so new points leave what is known of earlier columns as it is.

    Args:
        x: Steps, at least one, finite and never falling, inside `x_range`.
        y: Values, finite.
        width: Dot columns of the axis.
        x_range: Limits of the axis.
        places: Place of each point among all points, to leave gaps where some are missing.
        known: The result for an earlier part of the same series on the same axis.
        blocks: What is known of `y`, so that a long series need not be read.
        log: Whether the axis is logarithmic; steps are above 0 then.
    """
    if known is not None:
        # The last column may have grown; all before it are complete.
        resume = int(known.starts[-1])
        newer = sum_up(x[resume:], y[resume:], width, x_range, log=log)
        return _append(known, newer._replace(starts=newer.starts + resume))
    borders = np.searchsorted(x, _column_ends(width, x_range, log))
    starts = np.concatenate([[0], borders])
    stops = np.concatenate([borders, [len(x)]])
    columns = np.flatnonzero(stops > starts)
    starts, stops = starts[columns], stops[columns]
    joined = _joined(starts, places)
    if blocks is not None and len(y) > _SHORT * width:
        lows, highs = _extremes(y, starts, stops, blocks)
    else:
        lows, highs = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    return Spans(columns, starts, lows, highs, y[starts], y[stops - 1], joined)


def _column_ends(width: int, x_range: tuple[float, float], log: bool) -> Floats:
    """Return where each dot column but the last ends on the axis."""
    low, high = x_range
    part = (np.arange(1, width) - 0.5) / max(width - 1, 1)
    ends: Floats = low ** (1 - part) * high**part if log else low * (1 - part) + high * part
    return ends


def _joined(starts: NDArray[np.int64], places: Places | None) -> NDArray[np.bool_]:
    """Return which columns go on from the one before: no point is missing between the two."""
    if places is None:
        return np.ones(len(starts) - 1, dtype=bool)
    joined: NDArray[np.bool_] = places[starts[1:]] - places[starts[1:] - 1] == 1
    return joined


def trace(stretches: Iterable[Spans], to_fraction: ToFraction, height: int) -> Path:
    """Return the line of a series: two points a dot column at most, its lowest and its highest.

    What lies between them is covered, as by a line through every point. Each stretch is a line of
    its own.

    Args:
        stretches: From `sum_up`.
        to_fraction: Maps values to the y axis; monotonic.
        height: Dots of the y axis.
    """
    parts = []
    for spans in stretches:
        low, high, first, last = (
            np.rint(np.clip(to_fraction(values), 0, 1) * (height - 1)).astype(np.int64)
            for values in (spans.low, spans.high, spans.first, spans.last)
        )
        # The order that is nearest to where the line comes from and where it goes.
        rises = (first - low) + (high - last) <= (high - first) + (last - low)
        pairs = np.stack([np.where(rises, low, high), np.where(rises, high, low)], axis=1)
        joined = np.ones(pairs.shape, dtype=bool)
        joined[:, 0] = np.concatenate([[False], spans.joined])
        parts.append(Path(np.repeat(spans.columns, 2), pairs.ravel(), joined.ravel()))
    return _thinner(Path.chain(parts))


def polyline(columns: Floats, rows: Floats, width: int, height: int) -> Path:
    """Return a line through points in any order, cut at the picture; NaN makes a gap.

    Args:
        columns: Across, in dots, 0 the centre of the leftmost; may lie outside.
        rows: Up, in dots.
        width: Dots of the picture, across.
        height: Dots of it, up.
    """
    ends = np.stack([columns[:-1], rows[:-1], columns[1:], rows[1:]])
    start, end = _clip(ends[:, np.isfinite(ends).all(axis=0)], width, height)
    points = np.rint(np.stack([start, end], axis=2).reshape(2, -1)).astype(np.int64)
    joined = np.arange(points.shape[1]) % 2 == 1
    # A segment that begins where the one before it ended goes on from there.
    joined[2::2] = (points[:, 2::2] == points[:, 1:-1:2]).all(axis=0)
    path = Path(points[0], points[1], joined)
    gaps = np.concatenate([[True], ~np.isfinite(columns + rows), [True]])
    alone = gaps[:-2] & gaps[2:]
    points_alone = scatter(columns[alone], rows[alone], width, height)
    return _thinner(Path.chain([path, points_alone]))


def scatter(columns: Floats, rows: Floats, width: int, height: int) -> Path:
    """Return the dots of single points, each once; those outside the picture are passed over."""
    with np.errstate(invalid="ignore"):
        inside = (columns > -0.5) & (columns < width - 0.5) & (rows > -0.5) & (rows < height - 0.5)
    across = np.rint(columns[inside]).astype(np.int64)
    up = np.rint(rows[inside]).astype(np.int64)
    dots = np.unique(up * width + across)
    return Path(dots % width, dots // width, np.zeros(len(dots), dtype=bool))


def _thinner(path: Path) -> Path:
    """Return a path without the points that its picture does not need.

    Those are points on the dot of the one before, and those inside a level or an upright stretch.
    """
    across, up, joined = path
    kept = np.ones(len(across), dtype=bool)
    kept[1:] = ~((across[1:] == across[:-1]) & (up[1:] == up[:-1]) & joined[1:])
    path = path.part(kept)
    across, up, joined = path
    between = np.zeros(len(across), dtype=bool)
    before, after = slice(None, -2), slice(2, None)
    for one, other in ((across, up), (up, across)):
        straight = (one[before] == one[1:-1]) & (one[1:-1] == one[after])
        onward = (other[1:-1] - other[before]) * (other[after] - other[1:-1]) > 0
        between[1:-1] |= straight & onward
    between[1:-1] &= joined[1:-1] & joined[after]
    return path.part(~between)


def _extremes(y: Floats, starts: Places, stops: Places, blocks: Blocks) -> tuple[Floats, Floats]:
    """Return the extremes of `y` from each start to its stop: whole blocks, and what is beside."""
    size = blocks.size
    begin, end = -(-starts // size), np.minimum(stops // size, len(blocks.lows))
    whole = end > begin
    # Two edges each: before the first whole block, and after the last one.
    edges = np.stack([starts, np.where(whole, end * size, stops)], axis=1).ravel()
    ends = np.stack([np.where(whole, begin * size, stops), stops], axis=1).ravel()
    counts = ends - edges
    shift = np.repeat(edges - (np.cumsum(counts) - counts), counts)
    beside = y[shift + np.arange(len(shift))]
    each = counts.reshape(-1, 2).sum(axis=1)
    some = each > 0
    places = (np.cumsum(each) - each)[some]
    pairs = np.stack([begin[whole], end[whole]], axis=1).ravel()
    found = []
    for reduce, values, nothing in (
        (np.minimum, blocks.lows, np.inf),
        (np.maximum, blocks.highs, -np.inf),
    ):
        best = np.full(len(starts), nothing)
        if len(places):
            best[some] = reduce.reduceat(beside, places)
        if len(pairs):
            inside = reduce.reduceat(np.append(values, nothing), pairs)[::2]
            best[whole] = reduce(best[whole], inside)
        found.append(best)
    return found[0], found[1]


def _append(known: Spans, newer: Spans) -> Spans:
    """Return `known` with its last column replaced by the columns of `newer`."""
    link = np.ones(min(len(known.columns) - 1, 1), dtype=bool)
    return Spans(
        np.concatenate([known.columns[:-1], newer.columns]),
        np.concatenate([known.starts[:-1], newer.starts]),
        np.concatenate([known.low[:-1], newer.low]),
        np.concatenate([known.high[:-1], newer.high]),
        np.concatenate([known.first[:-1], newer.first]),
        np.concatenate([known.last[:-1], newer.last]),
        np.concatenate([known.joined[:-1], link, newer.joined]),
    )


def _clip(ends: Floats, width: int, height: int) -> tuple[Floats, Floats]:
    """Return start and end of the segments cut to the picture (Liang and Barsky), others dropped.

    `ends` has the rows x, y of the start and x, y of the end, one column a segment.
    """
    start, delta = ends[:2], ends[2:] - ends[:2]
    limit = np.array([[width - 1.0], [height - 1.0]])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        one, other = -start / delta, (limit - start) / delta
    still = delta == 0
    inside = (start >= 0) & (start <= limit)
    enter = np.where(still, np.where(inside, 0.0, 2.0), np.minimum(one, other)).max(axis=0)
    leave = np.where(still, 1.0, np.maximum(one, other)).min(axis=0)
    enter, leave = np.maximum(enter, 0), np.minimum(leave, 1)
    kept = enter <= leave
    start, delta = start[:, kept], delta[:, kept]
    return start + delta * enter[kept], start + delta * leave[kept]
