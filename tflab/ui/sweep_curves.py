"""The curves of a sweep as one chart: all of them faint, the best and the chosen one bright."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tflab.charts.drawing import Curve, LegendEntry, Memo
from tflab.control.sweep_run import SweepRun
from tflab.control.sweep_table import SweepRow

MOST_CURVES = 32
"""Faint ones: more could not be told apart, and each takes its time at every drawing."""

_TOO_HIGH = 1.5
_WIDE = 100.0
_BEST, _CHOSEN, _OTHERS = _ORDER = ("best", "at the cursor", "others")


class SweepCurves:
    """Makes curves from rows, and remembers what drawing learned of each run."""

    def __init__(self) -> None:
        self._memos: dict[int, tuple[Any, Memo]] = {}

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
        faint = [pair for pair in shown if pair not in bright]
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

    def _curve(
        self, run: SweepRun, metric: str, limit: float, label: str, style: int, ghost: bool
    ) -> Curve:
        found = run.curve(metric)
        assert found is not None
        steps, values = found
        if _leaves(run, metric, limit):
            end = next(at for at, value in enumerate(values) if not value <= limit)
            return Curve(label, steps[:end], values[:end], style, ghost)
        kept, memo = self._memos.get(run.index, (None, Memo()))
        if kept is not values:
            memo = Memo()
            self._memos[run.index] = values, memo
        return Curve(label, steps, values, style, ghost, memo)


def short_legend(legend: Sequence[LegendEntry]) -> list[LegendEntry]:
    """Return one entry for each kind of curve, the best first and the faint ones last."""
    kinds = {entry.label: entry for entry in legend}
    return sorted(kinds.values(), key=lambda entry: _ORDER.index(entry.label))


def wants_log(rows: Sequence[SweepRow], metric: str) -> bool:
    """Return whether the curves span so much that only a log axis shows them."""
    curves = [c for row in rows for run in row.runs if (c := run.curve(metric)) is not None]
    lows = [min(values) for _, values in curves if values]
    firsts = [values[0] for _, values in curves if values]
    finite = all(map(math.isfinite, [*lows, *firsts]))
    return bool(lows) and finite and min(lows) > 0 and max(firsts) / min(lows) > _WIDE


def _turn(run: SweepRun) -> tuple[bool, int]:
    """Order in which faint curves are drawn while there are too many: those that go on first.

    The others in the order of their number with its bits turned around: its first few lie evenly
    over the plan, and stay the same as more come.
    """
    return run.live is None, int(f"{run.index:016b}"[::-1], 2)


def _limit(runs: Sequence[SweepRun], metric: str) -> float:
    """How high a curve may go before it is cut: above where all begin."""
    firsts = [c[1][0] for run in runs if (c := run.curve(metric)) is not None and len(c[1])]
    firsts = [value for value in firsts if math.isfinite(value)]
    highest = max(firsts, default=0.0)
    return highest * _TOO_HIGH if highest > 0 else math.inf


def _leaves(run: SweepRun, metric: str, limit: float) -> bool:
    found = run.curve(metric)
    if found is None or not len(found[1]):
        return False
    last = found[1][-1]
    return math.isnan(last) or last > limit
