"""How much each parameter of a sweep decides, and the runs as points over one of them.

A parameter's share is the effect size of Kruskal and Wallis, the adjusted epsilon squared: how much
of the order of the runs, by their metric, the parameter alone explains; 0 is as much as chance
does, 1 is all. By ranks, so that one run that diverged does not drown the others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tflab.sweeps.plan import SweepPlan, metric_order
from tflab.sweeps.table import SweepRow

if TYPE_CHECKING:
    from tflab.charts.drawing import ChartOptions, Drawing, Size
    from tflab.charts.response import Trial

LEAST = 10
"""Runs below which no share is told: chance alone would explain as much."""

_MOST_GROUPS = 5
_LEAST_IN_GROUP = 3
_FEW_VALUES = 6


class Importance(NamedTuple):
    """What the parameters decide.

    Attributes:
        shares: From 0 to 1 by parameter, the largest first; empty where it cannot be told.
        note: Why it cannot, or what is to be kept in mind.
    """

    shares: dict[str, float]
    note: str


def importance(plan: SweepPlan, rows: Sequence[SweepRow], metric: str) -> Importance:
    """Return how much each parameter that varies decides about a metric.

    Runs that were stopped early count as worse than those that finished, diverged ones as worst.

    Args:
        plan: What the sweep is to do.
        rows: Its rows.
        metric: What ranks the runs.
    """
    larger = plan.larger if metric == plan.metric else metric_order(metric)[1]
    found = [
        (_badness(run.status, value, larger), row.parameters)
        for row in rows
        for run in row.runs
        if run.status in ("finished", "pruned") and (value := run.value(metric)) is not None
    ]
    if len(found) < LEAST:
        note = f"Importance is told from {LEAST} runs that have ended; {len(found)} have."
        return Importance({}, note)
    ranks = _ranks([badness for badness, _ in found])
    if len(set(ranks)) < 2:
        return Importance({}, "All runs gave the same, so nothing decides.")
    values = {name: [parameters[name] for _, parameters in found] for name in plan.varied}
    shares = {name: _share(ranks, _groups(column)) for name, column in values.items()}
    ordered = dict(sorted(shares.items(), key=lambda pair: -pair[1]))
    few = len(found) < 2 * LEAST
    note = f"From {len(found)} runs only: take it as a hint." if few else ""
    return Importance(ordered, note)


def importance_text(found: Importance) -> list[str]:
    """Return the shares in words, a line each, and the note."""
    lines = [f"{name} decides {share:.0%} of the order" for name, share in found.shares.items()]
    return [*lines, *([found.note] if found.note else [])]


def draw_importance(found: Importance, size: Size, options: ChartOptions) -> Drawing:
    """Draw a bar for each parameter."""
    from tflab.charts.bars import Bar, draw_bars
    from tflab.charts.drawing import Drawing, encode_row

    bars = [Bar(name, round(share, 2), 0) for name, share in found.shares.items()]
    runs = draw_bars(bars, size, options, most=1.0) if bars else ()
    rows = tuple(encode_row(row, options.colour) for row in runs)
    return Drawing(rows, (found.note,) if found.note else (), runs=runs)


def trials_of(rows: Sequence[SweepRow], parameter: str, metric: str) -> list[Trial]:
    """Return what came of each run that has ended: a metric over a parameter."""
    from tflab.charts.response import Trial

    return [
        Trial(row.parameters[parameter], value, row.best, run.status == "pruned")
        for row in rows
        for run in row.runs
        if run.over and (value := run.value(metric)) is not None
    ]


def _badness(status: str, value: float, larger: bool) -> tuple[int, float]:
    """Order runs from the best to the worst."""
    if math.isnan(value) or value == (-math.inf if larger else math.inf):
        return 2, 0.0
    return int(status == "pruned"), -value if larger else value


def _ranks(values: Sequence[Any]) -> list[float]:
    """Return the rank of each value; equal ones share the middle of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + end - 1) / 2
        start = end
    return ranks


def _groups(column: Sequence[Any]) -> list[Any]:
    """Return the group of each run: its value, or where that lies among many numbers."""
    distinct = list(dict.fromkeys(map(repr, column)))
    if len(distinct) < _FEW_VALUES or not all(_is_number(value) for value in column):
        return [repr(value) for value in column]
    count = min(_MOST_GROUPS, len(column) // _LEAST_IN_GROUP)
    return [int(rank * count / len(column)) for rank in _ranks(column)]


def _share(ranks: Sequence[float], groups: Sequence[Any]) -> float:
    members: dict[Any, list[float]] = {}
    for rank, group in zip(ranks, groups, strict=True):
        members.setdefault(group, []).append(rank)
    count, kinds = len(ranks), len(members)
    if kinds < 2 or kinds >= count:
        return 0.0
    mean = sum(ranks) / count
    total = sum((rank - mean) ** 2 for rank in ranks)
    between = sum(len(one) * (sum(one) / len(one) - mean) ** 2 for one in members.values())
    within = (total - between) / (count - kinds)
    return max(0.0, 1 - within / (total / (count - 1)))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
