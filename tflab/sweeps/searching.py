"""A search beside its runs: tells it what they log, and brings back what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.text import plain_line
from tflab.sweeps.plan import SweepPlan
from tflab.sweeps.run import SweepRun
from tflab.sweeps.search import Answer, Heard

if TYPE_CHECKING:
    from tflab.sweeps.study import Study

_BLIND = 3
"""Finished runs without the metric after which no more are begun."""


class Found(NamedTuple):
    """What a search wants now: values of new runs, and runs to stop, each with its reason."""

    points: list[dict[str, Any]]
    stops: dict[int, str]


_NOTHING = Found([], {})


class Searching:
    """Drives one search. Optuna is imported, asked and told beside the thread that calls.

    Args:
        plan: The sweep.
        queue: Where the search is asked and told, one turn at a time.

    Attributes:
        over: Whether no more runs will come.
        note: Why it has ended before it had all its runs; empty where it has not.
    """

    def __init__(self, plan: SweepPlan, queue: DiskQueue) -> None:
        assert plan.search is not None
        self.over = plan.search.method != "tpe"
        self.note = ""
        self._plan = plan
        self._trials = plan.search.trials
        self._queue = queue
        self._study: Study | None = None
        self._turn: Future[Answer] | None = None
        self._told: dict[int, int] = {}
        self._ended: set[int] = set()

    def advance(self, runs: Sequence[SweepRun], room: int) -> Found:
        """Tell of what is new in the runs, and return what has come back since.

        Args:
            runs: All of the sweep.
            room: How many more could go at once.
        """
        found = self._take()
        if self._turn is not None or found is not _NOTHING:
            return found
        if not self.over and len(runs) >= self._trials:
            self.over = True
        self._look_for_metric(runs)
        wanted = 0 if self.over else max(0, min(room, self._trials - len(runs)))
        heard = self._heard(runs)
        if not heard and not wanted:
            return _NOTHING
        self._turn = self._queue.do(partial(self._do_turn, heard, wanted))
        return self._take()

    def end(self, note: str = "") -> None:
        """Begin no more runs."""
        self.note = self.note or ("" if self.over else note)
        self.over = True

    def _take(self) -> Found:
        if self._turn is None or not self._turn.done():
            return _NOTHING
        turn, self._turn = self._turn, None
        error = turn.exception()
        if error is not None:
            self.end(f"The search has failed: {error}")
            return _NOTHING
        answer = turn.result()
        points = [] if self.over else answer.points
        if answer.tried:
            self.end("Every combination was tried.")
        return Found(points, answer.stops)

    def _do_turn(self, heard: Sequence[Heard], wanted: int) -> Answer:
        from tflab.sweeps.study import Study

        self._study = self._study or Study(self._plan)
        return self._study.turn(heard, wanted)

    def _heard(self, runs: Sequence[SweepRun]) -> list[Heard]:
        """Return what is new, in the order of the runs' ends; those that go on come last."""
        found: list[Heard] = []
        news = [run for run in runs if run.index not in self._ended and self._is_news(run)]
        for run in sorted(news, key=lambda run: (not run.over, run.ended, run.index)):
            points = run.reports[self._told.get(run.index, 0) :]
            self._told[run.index] = len(run.reports)
            end, value = "", None
            if run.over:
                self._ended.add(run.index)
                end, value = run.status, run.value(self._plan.metric)
            found.append(Heard(run.index, run.point.parameters, points, run.axis, end, value))
        return found

    def _is_news(self, run: SweepRun) -> bool:
        # One that waits is told of too, so that its values are not chosen again.
        fresh = run.index not in self._told
        return fresh or run.over or len(run.reports) > self._told[run.index]

    def _look_for_metric(self, runs: Sequence[SweepRun]) -> None:
        """End a search whose metric no run gives: it could learn nothing."""
        finished = [run for run in runs if run.status == "finished"]
        if self.over or len(finished) < _BLIND:
            return
        metric = self._plan.metric
        if all(run.value(metric) is None for run in finished):
            self.end(missing_metric(metric, runs))


def missing_metric(metric: str, runs: Sequence[SweepRun]) -> str:
    """Say that no run gave a metric, and what they gave."""
    names = dict.fromkeys(name for run in runs for name in run.metrics())
    given = ", ".join(names) or "nothing"
    return plain_line(f"No run gave {metric}; they gave {given}.")
