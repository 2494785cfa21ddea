"""A curve made ready to draw: its finite points, and what became of the others."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tflab.charts.drawing import Curve, Memo
from tflab.charts.smooth import clamp_weight, smooth, smooth_samples
from tflab.charts.strokes import Blocks, Spans, sum_up
from tflab.charts.thin import Floats, as_points, stretches
from tflab.runs.series import BLOCK

_SAMPLES = 8192


@dataclass(frozen=True, slots=True)
class Track:
    """The points of a curve that an axis can show, in the order in which they were logged.

    Attributes:
        curve: Where they come from.
        x: Their steps; in order, or starting over a few times.
        y: Their values, all finite; all above 0 on a log axis.
        stretches: The parts of them in which steps never fall.
        places: Where each stood among all points, None when none was left out. A line has a gap
            where a point is missing.
        low, high: Limits of `y`; 0 and 0 without points.
        nonfinite: How many values were not finite.
        first_nonfinite: Step of the first of them.
        diverged: Whether the series ends in one of them.
        not_on_log: How many finite values were at or below 0, on a log axis.
        memo: The memo of a series that is whole and in order; None for others.
    """

    curve: Curve
    x: Floats
    y: Floats
    stretches: tuple[slice, ...] = ()
    places: NDArray[np.int64] | None = None
    low: float = 0.0
    high: float = 0.0
    nonfinite: int = 0
    first_nonfinite: float = math.nan
    diverged: bool = False
    not_on_log: int = 0
    memo: Memo | None = None

    def __len__(self) -> int:
        """Return how many points there are to draw."""
        return sum(part.stop - part.start for part in self.stretches)

    @property
    def end(self) -> tuple[float, float]:
        """Step and value of the last point to draw."""
        last = self.stretches[-1].stop - 1
        return float(self.x[last]), float(self.y[last])


def read_track(curve: Curve, log: bool) -> Track:
    """Separate what can be drawn from what cannot. A million good points take under 1 ms."""
    x, y = as_points(curve.steps, curve.values)
    if len(y) == 0:
        return Track(curve, x, y)
    memo = curve.memo or Memo()
    _look_at_new(memo, x, y)
    finite = math.isfinite(memo.low) and math.isfinite(memo.high)
    if memo.in_order and finite and (not log or memo.low > 0):
        whole = (slice(0, len(x)),)
        return Track(curve, x, y, whole, None, memo.low, memo.high, memo=memo)
    known = memo.kept.get(log)
    if known is None or known[0] != len(x):
        known = memo.kept[log] = len(x), _separate(curve, x, y, log)
    separated: Track = known[1]
    return replace(separated, curve=curve)


def smoothed(track: Track, weight: float) -> Track:
    """Return the moving average of `track`, exact at each of its points.

    Beyond 8,192 points it is computed for every second, fourth, … point: a power of two, so that
    the points of one frame are among those of the next.
    """
    weight = clamp_weight(weight)
    if len(track) <= _SAMPLES:
        return replace(track, y=smooth(track.y, weight), memo=None)
    every = 1 << math.ceil(math.log2(len(track) / _SAMPLES))
    known, key, memo = None, (weight, every), track.memo
    if memo is not None and memo.averages is not None and memo.averages[0] == key:
        known = memo.averages[1]
    samples = smooth_samples(track.y, weight, every, known)
    if memo is not None:
        memo.averages = key, samples
    x = track.x[samples.places]
    return Track(track.curve, x, samples.averages, tuple(stretches(x)))


def between(track: Track, low: float, high: float) -> Track:
    """Return the part of a track with steps from `low` to `high`, itself if that is all."""
    parts, ends = [], []
    for part in track.stretches:
        x = track.x[part]
        begin, end = np.searchsorted(x, low, "left"), np.searchsorted(x, high, "right")
        ends.append((begin == 0) and (end == len(x)))
        if end > begin:
            parts.append(slice(part.start + int(begin), part.start + int(end)))
    if all(ends):
        return track
    kept = [track.y[part] for part in parts]
    return replace(
        track,
        stretches=tuple(parts),
        low=min((float(y.min()) for y in kept), default=0.0),
        high=max((float(y.max()) for y in kept), default=0.0),
        memo=None,
    )


def spans(track: Track, width: int, x_range: tuple[float, float], log: bool = False) -> list[Spans]:
    """Return what each dot column of an axis holds, for each stretch of the track.

    With a memo, a healthy series costs only its new points while the axis stays the same.
    """
    memo = track.memo
    if memo is None:
        return [_sum_up_part(track, part, width, x_range, log) for part in track.stretches]
    key = (width, x_range, log)
    known: Spans | None = memo.spans[1] if memo.spans and memo.spans[0] == key else None
    blocks = Blocks(BLOCK, *map(np.asarray, memo.blocks)) if memo.blocks and known is None else None
    whole = sum_up(track.x, track.y, width, x_range, known=known, blocks=blocks, log=log)
    memo.spans = key, whole
    return [whole]


def describe_losses(track: Track, named: bool) -> list[str]:
    """Return what was left out of the picture, in sentences; `named` puts the label before them."""
    prefix = f"{track.curve.label}: " if named and track.curve.label else ""
    notes = []
    if track.nonfinite:
        step = _step(track.first_nonfinite)
        if track.diverged:
            notes.append(f"{prefix}diverged at step {step}")
        else:
            notes.append(f"{prefix}{_values(track.nonfinite)} not finite, the first at step {step}")
    if track.not_on_log:
        values = _values(track.not_on_log)
        notes.append(f"{prefix}{values} at or below 0 and not on the log axis")
    return notes


def _sum_up_part(
    track: Track, part: slice, width: int, x_range: tuple[float, float], log: bool
) -> Spans:
    places = None if track.places is None else track.places[part]
    return sum_up(track.x[part], track.y[part], width, x_range, places, log=log)


def _look_at_new(memo: Memo, x: Floats, y: Floats) -> None:
    """Bring `memo` up to date. NaN and infinities show in the extremes: no mask is needed."""
    if memo.count > len(x):
        memo.clear()
    new_x, new_y = x[memo.count :], y[memo.count :]
    if len(new_x) == 0:
        return
    first, last = float(new_x[0]), float(new_x[-1])
    # In order from a finite start to a finite end leaves no room for NaN in between.
    rising = bool((new_x[1:] >= new_x[:-1]).all()) and -math.inf < first and last < math.inf
    memo.in_order = memo.in_order and rising and first >= memo.last_step
    memo.low = float(np.minimum(memo.low, new_y.min()))
    memo.high = float(np.maximum(memo.high, new_y.max()))
    memo.last_step, memo.count = last, len(x)


def _separate(curve: Curve, x: Floats, y: Floats, log: bool) -> Track:
    placed = np.isfinite(x)
    finite = np.isfinite(y)
    strange = np.flatnonzero(~finite)
    good = placed & finite
    not_on_log = 0
    if log:
        positive = y > 0
        not_on_log = int((good & ~positive).sum())
        good &= positive
    places: NDArray[np.int64] | None = np.flatnonzero(good)
    steps, kept = x[good], y[good]
    parts = stretches(steps)
    if len(parts) == 1 and bool((steps[1:] < steps[:-1]).any()):
        # Steps in no order at all: only their values say something.
        order = np.argsort(steps, kind="stable")
        steps, kept, places = steps[order], kept[order], None
    return Track(
        curve,
        steps,
        kept,
        tuple(parts),
        places,
        float(kept.min()) if len(kept) else 0.0,
        float(kept.max()) if len(kept) else 0.0,
        nonfinite=len(strange),
        first_nonfinite=float(x[strange[0]]) if len(strange) else math.nan,
        diverged=not bool(finite[-1]),
        not_on_log=not_on_log,
    )


def _values(count: int) -> str:
    return "1 value is" if count == 1 else f"{count} values are"


def _step(step: float) -> str:
    return f"{step:.0f}" if math.isfinite(step) and abs(step) < 1e15 else f"{step:g}"
