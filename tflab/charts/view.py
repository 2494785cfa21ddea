"""What part of the series a loss chart shows: the limits of its axes, linear or logarithmic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from tflab.charts.drawing import ChartOptions, Curve
from tflab.charts.limits import Rows, even_range
from tflab.charts.scale import usable
from tflab.charts.track import Track, between, read_track

Range = tuple[float, float]

_DECADES = 100.0
"""How many times its lowest value a series reaches before its axis becomes logarithmic."""


class View(NamedTuple):
    """The limits of the axes."""

    x_range: Range
    y_range: Range
    log_x: bool
    log_y: bool


def read_tracks(curves: Sequence[Curve], log_y: bool | None) -> tuple[list[Track], bool]:
    """Return what can be drawn of curves, and whether the y axis is logarithmic."""
    tracks = [read_track(curve, log=False) for curve in curves] if not log_y else []
    if log_y is None:
        log_y = _spans_decades(tracks)
    if log_y:
        tracks = [read_track(curve, log=True) for curve in curves]
    return tracks, log_y


def choose_view(
    tracks: Sequence[Track], rows: Rows, log_y: bool, options: ChartOptions
) -> tuple[View, list[Track]]:
    """Return the limits for tracks with points, and the part of each that they show.

    Where none has a point in `options.x_range`, all of them is shown.
    """
    low, high = x_range = _x_range(tracks, options.x_max)
    log_x = options.log_x and high > 0
    if log_x:
        low = min((float(t.x[t.x > 0].min()) for t in tracks if (t.x > 0).any()), default=high / 10)
        x_range = (low, high) if low < high / 1.001 else (high / 10, high)
    if options.x_range is not None and usable(*options.x_range):
        low, high = options.x_range
        x_range = (max(low, x_range[0]) if log_x else low, high)
    shown = [between(track, *x_range) for track in tracks]
    if not any(map(len, shown)) or (log_x and x_range[0] >= x_range[1]):
        x_range, log_x, shown = _x_range(tracks, options.x_max), False, list(tracks)
    shown = [track for track in shown if len(track)]
    y_range = even_range(
        min(track.low for track in shown),
        max(track.high for track in shown),
        rows,
        log_y,
        options.y_range,
    )
    return View(x_range, y_range, log_x, log_y), shown


def _spans_decades(tracks: Sequence[Track]) -> bool:
    drawn = [track for track in tracks if len(track)]
    above = all(track.low > 0 for track in drawn)
    return above and any(track.high / _DECADES >= track.low for track in drawn)


def _x_range(tracks: Sequence[Track], x_max: float | None) -> Range:
    parts = [(track.x, part) for track in tracks for part in track.stretches]
    low = min(float(x[part.start]) for x, part in parts)
    high = max(float(x[part.stop - 1]) for x, part in parts)
    if x_max is not None and math.isfinite(x_max):
        high = max(high, x_max)
    if 0 < low <= 0.1 * high:
        low = 0.0
    if usable(low, high):
        return low, high
    # One step only: it stands in the middle.
    room = max(1.0, abs(low) * 1e-3)
    return max(low - room, -1.7e308), min(low + room, 1.7e308)
