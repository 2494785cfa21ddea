"""Which dots a line covers. Whole arrays throughout: no loop over points."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tflab.charts.raster import Mask
from tflab.charts.thin import Floats

_SHORT = 256
"""Points a dot column up to which reading them all is as fast."""

Places = NDArray[np.int64]
ToFraction = Callable[[Floats], Floats]
"""Where values lie on their axis, 0 at its start and 1 at its end."""


def fractions(values: Floats, low: float, high: float, log: bool = False) -> Floats:
    """Return where `values` lie between `low` (0.0) and `high` (1.0); beyond them if outside."""
    if log:
        # Averages of the smallest doubles may round to 0.
        values = np.maximum(values, low)
        values, low, high = np.log10(values), float(np.log10(low)), float(np.log10(high))
    # A quarter of each keeps the difference of the largest doubles finite.
    placed: Floats = (values / 4 - low / 4) / (high / 4 - low / 4)
    return placed


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
    """
    if known is not None:
        # The last column may have grown; all before it are complete.
        resume = int(known.starts[-1])
        newer = sum_up(x[resume:], y[resume:], width, x_range)
        return _append(known, newer._replace(starts=newer.starts + resume))
    low, high = x_range
    part = (np.arange(1, width) - 0.5) / max(width - 1, 1)
    borders = np.searchsorted(x, low * (1 - part) + high * part)
    starts = np.concatenate([[0], borders])
    stops = np.concatenate([borders, [len(x)]])
    columns = np.flatnonzero(stops > starts)
    starts, stops = starts[columns], stops[columns]
    joined = np.ones(len(columns) - 1, dtype=bool)
    if places is not None:
        joined = places[starts[1:]] - places[starts[1:] - 1] == 1
    if blocks is not None and len(y) > _SHORT * width:
        lows, highs = _extremes(y, starts, stops, blocks)
    else:
        lows, highs = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    return Spans(columns, starts, lows, highs, y[starts], y[stops - 1], joined)


def trace(stretches: Iterable[Spans], to_fraction: ToFraction, shape: tuple[int, int]) -> Mask:
    """Return the dots that a series covers, as an array of `shape` (height, width).

    Each dot column is filled from lowest to highest, and joined to its neighbours from its last
    point to their first: what a line through every point would cover. Each stretch is a line of
    its own.

    Args:
        stretches: From `sum_up`, for an axis of the same width.
        to_fraction: Maps values to the y axis; monotonic.
        shape: Height and width in dots.
    """
    height, width = shape
    covered = np.zeros(shape, dtype=bool)
    up = np.arange(height)[:, None]
    for spans in stretches:
        low, high, first, last = (
            np.rint(np.clip(to_fraction(values), 0, 1) * (height - 1)).astype(np.int64)
            for values in (spans.low, spans.high, spans.first, spans.last)
        )
        bottom, top = np.full(width, height), np.full(width, -1)
        bottom[spans.columns], top[spans.columns] = low, high
        begin, end = spans.columns[:-1][spans.joined], spans.columns[1:][spans.joined]
        _join(bottom, top, begin, end, last[:-1][spans.joined], first[1:][spans.joined])
        covered |= (up >= bottom) & (up <= top)
    return covered


def polyline(columns: Floats, rows: Floats, shape: tuple[int, int]) -> Mask:
    """Return the dots that a line through points in any order covers; NaN makes a gap.

    Args:
        columns: Across, in dots, 0 the centre of the leftmost; may lie outside.
        rows: Up, in dots.
        shape: Height and width in dots.
    """
    height, width = shape
    covered = np.zeros(shape, dtype=bool)
    ends = np.stack([columns[:-1], rows[:-1], columns[1:], rows[1:]])
    ends = ends[:, np.isfinite(ends).all(axis=0)]
    start, end = _clip(ends, width, height)
    counts = np.ceil(np.abs(end - start).max(axis=0, initial=0)).astype(np.int64) + 1
    segment = np.repeat(np.arange(len(counts)), counts)
    along = np.arange(len(segment)) - np.repeat(np.cumsum(counts) - counts, counts)
    part = along / np.maximum(counts - 1, 1)[segment]
    points = start[:, segment] + (end - start)[:, segment] * part
    mark_dots(covered, points[0], points[1])
    alone = np.isfinite(columns) & np.isfinite(rows)
    mark_dots(covered, columns[alone], rows[alone])
    return covered


def mark_dots(covered: Mask, columns: Floats, rows: Floats) -> None:
    """Set the dots at these places; those outside are passed over."""
    height, width = covered.shape
    inside = (columns > -0.5) & (columns < width - 0.5) & (rows > -0.5) & (rows < height - 0.5)
    across = np.rint(columns[inside]).astype(np.int64)
    up = np.rint(rows[inside]).astype(np.int64)
    covered[up, across] = True


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


def _join(
    bottom: Places, top: Places, begin: Places, end: Places, from_row: Places, to_row: Places
) -> None:
    """Extend columns so that the line from (begin, from_row) to (end, to_row) has no hole."""
    lengths = end - begin
    pair = np.repeat(np.arange(len(lengths)), lengths)
    along = np.arange(len(pair)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    slope = ((to_row - from_row) / np.maximum(lengths, 1))[pair]
    left = np.rint(from_row[pair] + slope * along).astype(np.int64)
    right = np.rint(from_row[pair] + slope * (along + 1)).astype(np.int64)
    rising = left <= right
    middle = (left + right + ~rising) // 2
    across = begin[pair] + along
    _extend(bottom, top, across, left, middle)
    beyond = np.where(rising, np.minimum(middle + 1, right), np.maximum(middle - 1, right))
    _extend(bottom, top, across + 1, beyond, right)


def _extend(bottom: Places, top: Places, columns: Places, one: Places, other: Places) -> None:
    bottom[columns] = np.minimum(bottom[columns], np.minimum(one, other))
    top[columns] = np.maximum(top[columns], np.maximum(one, other))


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
