"""The curves of the run on show by metric, and those of the run before it as ghosts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from tflab.charts.drawing import Curve, Memo
from tflab.charts.metrics import Metric, by_metric, curve_of
from tflab.programs.program import ProgramKind
from tflab.runs.events import SYSTEM, Progress
from tflab.runs.series import Series
from tflab.runs.state import RunState

MOST_CURVES = 12
"""More than these cannot be told apart, and their legend has no room."""

FIRST = Metric("loss", "step")
"""What is looked for first."""

_MOST_GHOSTS = 2

_NO_RUN: dict[ProgramKind | None, str] = {
    None: "Run a program to see its curves here (^r).",
    "lesson": "Run the lesson to see its curves here (^r).",
    "notebook": "Run the notebook to see its curves here (^r).",
    "script": "Run the script to see its curves here (^r).",
}
_NONE_HERE: dict[ProgramKind, str] = {
    "lesson": "No curves in this lesson: see the output of its cells.",
    "notebook": "No curves in this notebook: see the output of its cells.",
    "script": "No curves in this script: see its output.",
}
_NO_CURVES = "No curves in this run: see the output of its cells."
_NO_POINTS = "The run goes on; its curves begin here with the first point."


class RunCurves:
    """What can be drawn of a run, and what drawing learned of it.

    Attributes:
        state: The run on show, None without one.
        metric: The metric on show.
    """

    def __init__(self) -> None:
        self.state: RunState | None = None
        self.metric = FIRST
        self._chosen = False
        self._ghosts: list[Curve] = []
        self._memos: dict[tuple[str, int], Memo] = {}

    def clear(self) -> None:
        """Show no run."""
        self.state, self.metric, self._ghosts = None, FIRST, []
        self._chosen = False

    def begin(self, state: RunState, before: str) -> None:
        """Show another run; the one before becomes a ghost if it has a name, else it goes."""
        ghosts: list[Curve] = []
        if before and self.state is not None and self.state.points:
            ghosts = [replace(curve, label=before, ghost=True) for curve in self.own()]
        self.state, self._ghosts, self._memos = state, ghosts[:_MOST_GHOSTS], {}

    def choose(self, metric: Metric, by_hand: bool = False) -> None:
        """Show another metric; the ghosts were of the one before."""
        self.metric, self._ghosts = metric, []
        self._chosen = self._chosen or by_hand

    def over_epochs(self) -> Metric | None:
        """Return the curve over epochs that one over batches gives way to, if nobody chose that.

        None before that is a curve, of two points at least.
        """
        name = self.metric.name.removeprefix("batch_")
        if self._chosen or name == self.metric.name:
            return None
        for metric, series in self._found().items():
            if metric.name == name and any(len(one) > 1 for one in series):
                return metric
        return None

    def metrics(self) -> list[Metric]:
        """Return the metrics of the run in the order in which it logged them."""
        return list(by_metric(self.state.series.values())) if self.state else []

    def known(self) -> list[Metric]:
        """Return its metrics, and after them what the machine did."""
        return list(self._found())

    def own(self) -> list[Curve]:
        """Return the curves of the metric on show."""
        return self.of(self.metric)

    def of(self, metric: Metric) -> list[Curve]:
        """Return the curves of a metric."""
        series = self._found().get(metric, [])[:MOST_CURVES]
        return [
            curve_of(s, s.tag.removeprefix(SYSTEM), index, self._memo(s))
            for index, s in enumerate(series)
        ]

    def left_out(self) -> int:
        """Return how many curves of the metric on show are too many."""
        return max(0, len(self._found().get(self.metric, ())) - MOST_CURVES)

    def ghosts(self, own: Sequence[Curve]) -> list[Curve]:
        """Return the ghosts that leave the new curves legible: those of similar heights."""
        values = [value for curve in own for value in curve.values[:1]]
        limit = 10 * max(map(abs, values), default=math.inf)
        return [ghost for ghost in self._ghosts if _top(ghost) <= limit]

    def why_none(self, kind: ProgramKind | None, expected: bool) -> str:
        """Say why there is no curve to see.

        Args:
            kind: The kind of the program on show; None without one.
            expected: Whether it is a program that draws curves.
        """
        if kind is not None and not expected:
            return _NONE_HERE[kind]
        if self.state is None:
            return _NO_RUN[kind]
        return _NO_CURVES if self.state.ended else _NO_POINTS

    def x_max(self, metric: Metric | None = None) -> float | None:
        """Return the right end of the axis, chosen so that it seldom moves while a run goes on.

        Args:
            metric: Whose axis; that of the one on show by default.
        """
        state = self.state
        if state is None or state.ended is not None:
            return None
        series = self._found().get(metric or self.metric, ())
        last = max((s.steps[-1] for s in series if s.steps), default=0.0)
        axes = {s.axis for s in series}
        total = _total(state.progress, axes) if state.progress is not None else None
        if total is not None and last <= total:
            return float(total)
        return round_up(last)

    def _found(self) -> dict[Metric, list[Series]]:
        if self.state is None:
            return {}
        found = by_metric(self.state.series.values())
        return found | by_metric(self.state.system.values())

    def _memo(self, series: Series) -> Memo:
        # A series that was cut is no longer one that was only added to.
        key = series.tag, series.cuts
        if key not in self._memos:
            self._memos[key] = Memo(series)
        return self._memos[key]


def _total(progress: Progress, axes: set[str]) -> int | None:
    """Return where an axis ends that counts what the progress counts."""
    if axes == {"epoch"} and progress.epoch is not None:
        return progress.epochs
    return progress.total if axes <= {progress.unit} else None


def round_up(value: float) -> float:
    """Return the next of 1, 1.5, 2, 3, 5, 7.5 times a power of ten at or above `value`."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.5, 2, 3, 5, 7.5, 10) if step * power >= value)


def _top(curve: Curve) -> float:
    return max((abs(value) for value in curve.values if math.isfinite(value)), default=0.0)
