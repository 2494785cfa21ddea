"""The curves of a sweep as one chart: all of them faint, the best and the chosen one bright."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import NamedTuple

from tflab.charts.drawing import Curve, LegendEntry, Memo
from tflab.sweeps.run import SweepRun
from tflab.sweeps.table import SweepRow

MOST_CURVES = 32
"""Faint ones: more could not be told apart, and each takes its time at every drawing."""

_TOO_HIGH = 1.5
_WIDE = 100.0
_BEST, _CHOSEN, _OTHERS = _ORDER = ("best", "at the cursor", "others")


class _Kept(NamedTuple):
    """What was drawn of a run: `cut` is where it left the chart, infinity where it did not."""

    values: array[float]
    cut: float
    steps: array[float]
    drawn: array[float]
    memo: Memo


class _Low(NamedTuple):
    """The lowest of the first `seen` values of a run."""

    values: array[float]
    seen: int
    low: float


class SweepCurves:
    """Makes curves from rows, and remembers what drawing learned of each run."""

    def __init__(self) -> None:
        self._kept: dict[int, _Kept] = {}
        self._lows: dict[int, _Low] = {}

    def make(
        self, rows: Sequence[SweepRow], metric: str, chosen: SweepRow | None
    ) -> tuple[list[Curve], list[str]]:
        """Return the curves, faint ones first, and sentences about what is not drawn.

        Args:
            rows: All rows, best first.
            metric: Whose series are drawn.
            chosen: The row under the cursor.
        """
        shown = [(row, run) for row in rows for run in row.runs if run.curve(metric) is not None]
        bright = [pair for pair in shown if pair[0].best or pair[0] is chosen]
        faint = [pair for pair in shown if not pair[0].best and pair[0] is not chosen]
        notes = []
        if len(faint) > MOST_CURVES:
            notes.append(f"{len(faint) - MOST_CURVES} of {len(shown)} curves are not drawn")
            faint = sorted(faint, key=lambda pair: _turn(pair[1]))[:MOST_CURVES]
        limit = _limit([run for _, run in [*bright, *faint]], metric)
        curves = [self._curve(run, metric, limit, _OTHERS, 2, True) for _, run in faint]
        for row, run in bright:
            label, style = (_BEST, 0) if row.best else (_CHOSEN, 1)
            curves.append(self._curve(run, metric, limit, label, style, False))
        cut = sum(_leaves(run, metric, limit) for _, run in [*bright, *faint])
        if cut:
            notes.append(f"{cut} run{'s' if cut > 1 else ''} diverged and left the chart")
        return curves, notes

    def wants_log(self, rows: Sequence[SweepRow], metric: str) -> bool:
        """Return whether the curves span so much that only a log axis shows them."""
        curves = {
            run.index: points.values
            for row in rows
            for run in row.runs
            if (points := run.curve(metric)) is not None and points.values
        }
        lows = [self._low(index, values) for index, values in curves.items()]
        firsts = [values[0] for values in curves.values()]
        finite = all(map(math.isfinite, [*lows, *firsts]))
        return bool(lows) and finite and min(lows) > 0 and max(firsts) / min(lows) > _WIDE

    def _low(self, index: int, values: array[float]) -> float:
        """Return the lowest value of a run; only those that are new are looked at."""
        known = self._lows.get(index)
        if known is None or known.values is not values:
            known = _Low(values, 0, math.inf)
        if known.seen < len(values):
            newest = min(values[known.seen :])
            # In this order one that is not a number stays.
            low = min(known.low, newest) if known.seen else newest
            known = self._lows[index] = _Low(values, len(values), low)
        return known.low

    def _curve(
        self, run: SweepRun, metric: str, limit: float, label: str, style: int, ghost: bool
    ) -> Curve:
        found = run.curve(metric)
        assert found is not None
        steps, values, axis = found
        cut = limit if _leaves(run, metric, limit) else math.inf
        kept = self._kept.get(run.index)
        grows = run.live is not None and cut < math.inf
        if kept is None or kept.values is not values or kept.cut != cut or grows:
            if cut < math.inf:
                end = next(at for at, value in enumerate(values) if not value <= limit)
                steps, values = steps[:end], values[:end]
            kept = self._kept[run.index] = _Kept(found.values, cut, steps, values, Memo())
        return Curve(label, kept.steps, kept.drawn, style, ghost, kept.memo, axis)


def short_legend(legend: Sequence[LegendEntry]) -> list[LegendEntry]:
    """Return one entry for each kind of curve, the best first and the faint ones last."""
    kinds = {entry.label: entry for entry in legend}
    return sorted(kinds.values(), key=lambda entry: _ORDER.index(entry.label))


def _turn(run: SweepRun) -> tuple[bool, int]:
    """Order in which faint curves are drawn while there are too many: those that go on first.

    The others in the order of their number with its bits turned around: its first few lie evenly
    over the plan, and stay the same as more come.
    """
    return run.live is None, int(f"{run.index:016b}"[::-1], 2)


def _limit(runs: Sequence[SweepRun], metric: str) -> float:
    """How high a curve may go before it is cut: above where all begin."""
    found = [points for run in runs if (points := run.curve(metric)) is not None]
    firsts = [points.values[0] for points in found if points.values]
    firsts = [value for value in firsts if math.isfinite(value)]
    highest = max(firsts, default=0.0)
    return highest * _TOO_HIGH if highest > 0 else math.inf


def _leaves(run: SweepRun, metric: str, limit: float) -> bool:
    found = run.curve(metric)
    if found is None or not found.values:
        return False
    last = found.values[-1]
    return math.isnan(last) or last > limit
