"""One run of a sweep: where it stands and what came out, kept small once it has ended."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Literal, NamedTuple, TypeVar

from tflab.runs.events import RunStatus
from tflab.runs.series import Series
from tflab.runs.state import RunState
from tflab.runs.summary import RunSummary, summarise
from tflab.sweeps.plan import Point
from tflab.targets.live_run import LiveRun

Status = Literal["waiting", "not begun"] | RunStatus

_BUCKETS = 200
_REPORT_BITS = 7

_Found = TypeVar("_Found")


class Points(NamedTuple):
    """A series of a run, thinned once the run is over. `axis` is what its steps count."""

    steps: array[float]
    values: array[float]
    axis: str = "step"


class SweepRun:
    """One run of a sweep.

    Attributes:
        index: Its place in the plan.
        id: Its id once it has begun; empty before, and for one that never did.
        status: Where it stands; `waiting` until it has a slot, `not begun` if it never gets one.
        live: The run while it goes on; None before and after.
        summary: What is known of it at its end.
        cause: Why it failed, or was stopped early, in words.
        ended: When it ended, in seconds since the epoch; 0.0 while that is not known.
        watched: The metric that a search follows; empty where none does.
        reports: Steps and values of that metric, thinned evenly to as many as a search needs.
        axis: What those steps count.
        future: What its executor promised, if it was submitted here.
    """

    def __init__(self, index: int, point: Point, run: str = "", watched: str = "") -> None:
        self.index = index
        self.point = point
        self.id = run
        self.status: Status = "waiting"
        self.live: LiveRun | None = None
        self.summary: RunSummary | None = None
        self.cause = ""
        self.future: Future[RunSummary] | None = None
        self.ended = 0.0
        self.watched = watched
        self.reports: list[tuple[int, float]] = []
        self.axis = "step"
        self._reported = 0
        self._curves: dict[str, Points] = {}
        self._results: dict[str, float] = {}

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status not in ("waiting", "queued", "starting", "running")

    @property
    def place(self) -> str:
        """Where it waits in the queue of its target, and why; empty where it is in none."""
        return self.live.state.queued if self.live is not None and self.status == "queued" else ""

    @property
    def seconds(self) -> float | None:
        """How long it took, or None while it is not known."""
        return self.summary.seconds if self.summary is not None else None

    def follow(self, live: LiveRun) -> None:
        """Take in where a run stands that goes on."""
        self.live, self.id = live, live.record.id
        # A run is over when its whole log was read, not with the event that says so: see `settle`.
        self.status = live.state.status if live.state.ended is None else "running"
        self._report(live.state)

    def settle(self, live: LiveRun) -> None:
        """Keep what is needed of a run that has ended, and let go of the rest."""
        state = live.state
        self.id, self.status, self.live = live.record.id, state.status, None
        self.summary = summarise(live.record, state)
        self.ended = state.ended.time if state.ended is not None else 0.0
        self._report(state)
        self._curves = {tag: brief(series) for tag, series in state.series.items()}
        self._results = _numbers(state)
        self.cause = _cause(state)

    def give_up(self, status: Status, cause: str = "") -> None:
        """End a run that never began."""
        self.status, self.cause, self.live = status, cause, None

    def value(self, metric: str) -> float | None:
        """Return the newest value of a metric: of a series by its tag, or of a result by name."""
        curve = self.curve(metric)
        if curve is not None and curve.values:
            return curve.values[-1]
        found = _numbers(self.live.state) if self.live is not None else self._results
        return found.get(metric)

    def curve(self, metric: str) -> Points | None:
        """Return the points of a series by its tag, or by the part behind its group."""
        curves = self._curves
        if self.live is not None:
            curves = {tag: _all_of(series) for tag, series in self.live.state.series.items()}
        return _named(curves, metric)

    def _report(self, state: RunState) -> None:
        """Take in the new points of the watched metric."""
        series = _named(state.series, self.watched) if self.watched else None
        if series is None or len(series) == self._reported:
            return
        self.axis = series.axis or "step"
        last = self.reports[-1][0] if self.reports else -1
        new = slice(self._reported, len(series))
        for step, value in zip(series.steps[new], series.values[new], strict=True):
            if step > last and is_reported(int(step)):
                last = int(step)
                self.reports.append((last, value))
        self._reported = len(series)

    @property
    def series(self) -> list[str]:
        """The tags of its series."""
        return list(self.live.state.series if self.live is not None else self._curves)

    @property
    def axes(self) -> list[str]:
        """What the steps of its series count, each once."""
        found = (self.curve(tag) for tag in self.series)
        return list(dict.fromkeys(points.axis for points in found if points is not None))

    def metrics(self) -> list[str]:
        """Return everything that could rank it: tags of series, then names of results."""
        if self.live is not None:
            return [*self.live.state.series, *_numbers(self.live.state)]
        return [*self._curves, *self._results]


def is_reported(step: int) -> bool:
    """Return whether a search looks at a step: at each of the first 64, then at ever fewer.

    The same steps of every run, so that runs can be held against each other.
    """
    return step >= 0 and step % (1 << max(0, step.bit_length() - _REPORT_BITS)) == 0


def _named(found: Mapping[str, _Found], metric: str) -> _Found | None:
    """Return what stands under a tag, or under one whose part behind its group is that name."""
    if metric in found:
        return found[metric]
    return next((one for tag, one in found.items() if tag.rsplit("/", 1)[-1] == metric), None)


def _all_of(series: Series) -> Points:
    return Points(series.steps, series.values, series.axis or "step")


def brief(series: Series) -> Points:
    """Return a series as few points: lowest and highest of each stretch, and every odd one out.

    Short ones come as they are. First and last point are always among them.
    """
    count = len(series)
    if count <= 4 * _BUCKETS:
        return _all_of(series)
    kept = {0, count - 1}
    stride = -(-count // _BUCKETS)
    for start in range(0, count, stride):
        values = series.values[start : start + stride]
        if series.nonfinite:
            kept.update(_some_not_finite(start, values))
        else:
            kept.add(start + values.index(min(values)))
            kept.add(start + values.index(max(values)))
    places = sorted(kept)
    return Points(
        array("d", [series.steps[place] for place in places]),
        array("d", [series.values[place] for place in places]),
        series.axis or "step",
    )


def _some_not_finite(start: int, values: array[float]) -> set[int]:
    strange = [place for place, value in enumerate(values) if not math.isfinite(value)]
    places = [place for place, value in enumerate(values) if math.isfinite(value)]
    kept = {start + strange[0]} if strange else set()
    if places:
        kept.add(start + min(places, key=values.__getitem__))
        kept.add(start + max(places, key=values.__getitem__))
    return kept


def _numbers(state: RunState) -> dict[str, float]:
    """Results that are one number."""
    found: dict[str, float] = {}
    for name, result in state.results.items():
        value = result.value
        if result.tensor is not None and not result.tensor.shape:
            value = result.tensor.values
        if isinstance(value, int | float) and not isinstance(value, bool):
            found[name] = float(value)
        elif value in ("nan", "inf", "-inf"):
            found[name] = float(str(value))
    return found


def _cause(state: RunState) -> str:
    if state.ended is not None and state.ended.state == "pruned":
        return state.ended.cause
    if state.error is not None:
        return f"{state.error.title}: {state.error.cause}".rstrip(": ")
    if state.ended is not None and state.ended.state in ("failed", "lost"):
        return state.ended.cause
    return ""
