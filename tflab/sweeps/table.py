"""The table of a sweep: repeats put together, best first, as rows and as text."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tflab.programs.parameters import format_value
from tflab.sweeps.plan import SweepPlan, metric_order
from tflab.sweeps.run import SweepRun

_GOING_TO_BEST = (
    "running", "starting", "queued", "waiting", "failed", "lost", "cancelled", "pruned",
    "not begun", "finished",
)  # fmt: skip


@dataclass(frozen=True)
class SweepRow:
    """The runs with the same values.

    Attributes:
        parameters: Those values.
        runs: The repeats.
        mean: Mean of the metric over the finished repeats, or its newest value while none has
            finished; None before there is one. Not finite when a repeat diverged.
        spread: Standard deviation over the finished repeats; None with fewer than two.
        finished: How many repeats have finished.
        best: Whether this is the best row so far.
    """

    parameters: dict[str, Any]
    runs: tuple[SweepRun, ...]
    mean: float | None
    spread: float | None
    finished: int
    best: bool = False

    @property
    def status(self) -> str:
        """The state of the repeats in a word: the one furthest from its end, or the worst."""
        states = {run.status for run in self.runs}
        if "waiting" in states and states & {"finished", "failed", "lost", "cancelled", "pruned"}:
            never = {"waiting", "cancelled", "not begun"}
            return "running" if not states <= never else "waiting"
        return next(state for state in _GOING_TO_BEST if state in states)

    @property
    def remark(self) -> str:
        """Why a repeat failed or was stopped early, else where one waits in a queue, in words."""
        said = (run.cause for run in self.runs if run.cause)
        places = (run.place for run in self.runs if run.place)
        return next(said, "") or (next(places, "") if self.status == "queued" else "")

    @property
    def going(self) -> bool:
        """Whether one of the repeats goes on now."""
        return any(run.status in ("running", "starting") for run in self.runs)

    @property
    def seconds(self) -> float | None:
        """Mean time of the finished repeats, or None."""
        took = [r.seconds for r in self.runs if r.status == "finished" and r.seconds is not None]
        return statistics.fmean(took) if took else None


def make_rows(
    plan: SweepPlan, runs: Sequence[SweepRun], metric: str | None = None
) -> list[SweepRow]:
    """Return a row for each combination of values: finished ones by metric, then the others.

    Args:
        plan: What the sweep is to do.
        runs: Its runs, in the plan's order.
        metric: What ranks them; the plan's own by default.
    """
    name, larger = plan.metric, plan.larger
    if metric is not None and metric != plan.metric:
        name, larger = metric_order(metric)
    rows = [
        _row(tuple(runs[start : start + plan.repeat]), name)
        for start in range(0, len(runs), plan.repeat)
    ]
    rows.sort(key=lambda row: _rank(row, larger))
    if rows and rows[0].finished and _is_finite(rows[0].mean):
        first = rows[0]
        rows[0] = SweepRow(
            first.parameters, first.runs, first.mean, first.spread, first.finished, best=True
        )
    return rows


def going_first(rows: Sequence[SweepRow], most: int) -> list[SweepRow]:
    """Return rows for a place with little room: right under the best one those that go on now.

    Args:
        rows: Best first, as `make_rows` returns them.
        most: Only so many are brought up, in the plan's order; the others stay in their place.
    """
    top = [row for row in rows[:1] if row.best]
    going = [row for row in rows[len(top) :] if row.going]
    going = sorted(going, key=lambda row: row.runs[0].index)[: max(0, most)]
    brought = {id(row) for row in going}
    return [*top, *going, *(row for row in rows[len(top) :] if id(row) not in brought)]


def number(value: float | None) -> str:
    """Return a metric with four digits that count; a dash while there is none."""
    return "-" if value is None else f"{value:.4g}"


def mean_text(row: SweepRow, plus_minus: str = "±") -> str:
    """Return mean and spread of a row, such as `0.0273 ± 0.0004`."""
    if row.spread is None or not math.isfinite(row.spread):
        return number(row.mean)
    return f"{number(row.mean)} {plus_minus} {row.spread:.2g}"


def columns(plan: SweepPlan, metric: str | None = None) -> list[str]:
    """Return the names of the columns that `cells` fills."""
    repeats = ["runs"] if plan.repeat > 1 else []
    return [
        *plan.shown,
        *repeats,
        metric or plan.metric,
        "time",
        "state",
    ]


def cells(plan: SweepPlan, row: SweepRow, plus_minus: str = "±") -> list[str]:
    """Return one row of the table as text."""
    repeats = [f"{row.finished}/{plan.repeat}"] if plan.repeat > 1 else []
    took = "" if row.seconds is None else f"{row.seconds:.1f} s"
    values = [format_value(row.parameters[name]) for name in plan.shown]
    return [*values, *repeats, mean_text(row, plus_minus), took, row.status]


def duration(seconds: float) -> str:
    """Return a time as people say it: `8 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(round(whole / 60), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _row(runs: tuple[SweepRun, ...], metric: str) -> SweepRow:
    finished = [run for run in runs if run.status == "finished"]
    found = [value for run in finished if (value := run.value(metric)) is not None]
    if found:
        mean = _mean(found)
        spread = statistics.stdev(found) if len(found) > 1 and math.isfinite(mean) else None
        return SweepRow(runs[0].point.parameters, runs, mean, spread, len(finished))
    going = [value for run in runs if (value := run.value(metric)) is not None]
    newest = _mean(going) if going else None
    return SweepRow(runs[0].point.parameters, runs, newest, None, len(finished))


def _mean(values: list[float]) -> float:
    total = sum(values)
    return statistics.fmean(values) if math.isfinite(total) else total


def _rank(row: SweepRow, larger: bool) -> tuple[int, float, int]:
    index = row.runs[0].index
    if row.finished and row.mean is not None:
        if math.isnan(row.mean):
            return 1, 0.0, index
        return 0 if _is_finite(row.mean) else 1, -row.mean if larger else row.mean, index
    order = {"running": 2, "starting": 3, "queued": 4, "waiting": 5, "not begun": 7}
    return order.get(row.status, 6), 0.0, index


def _is_finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
