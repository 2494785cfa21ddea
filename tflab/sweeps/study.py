"""What Optuna makes of a sweep's runs: which values come next, and which run is to stop early.

It is asked and told in memory; the run logs are what it learns from, so a search that was left is
gone on with by telling it all that they hold. Nothing else imports Optuna, and nothing imports this
before a search is asked for: that takes half a second.

What it answers depends on the runs alone, never on when they were looked at: with one run at a time
a search is the same again, also when it was interrupted.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import Trial, TrialState

from tflab.programs.search_values import Range, Space, draw_one, space_size
from tflab.runs.text import plain_line
from tflab.sweeps.plan import SweepPlan
from tflab.sweeps.search import Answer, Heard, Pruner

_KEPT_PERCENT = 75.0
_BEFORE_STOPPING = 5
"""Runs that have to come to their end before one is stopped early."""
_MOST_AT_RANDOM = 10
_FIRST_PART = 10
"""No run is stopped in the first tenth of its steps, where its start alone decides."""
_ATTEMPTS = 20
_TRIES = 2000

_WORSE = {
    "percentile": "was worse than 75 % of the earlier runs",
    "median": "was worse than half of the earlier runs",
    "halving": "was not among the best quarter of the runs that came so far",
}


class Study:
    """One search. Belongs to one thread at a time.

    Args:
        plan: The sweep; its points are not looked at.
    """

    def __init__(self, plan: SweepPlan) -> None:
        assert plan.search is not None
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._search = plan.search
        self._metric = plan.metric
        self._larger = plan.larger
        self._space: Space = plan.space
        self._axes = {n: found for n, v in self._space.items() if (found := _axis(v)) is not None}
        self._study = optuna.create_study(
            direction="maximize" if plan.larger else "minimize", pruner=optuna.pruners.NopPruner()
        )
        self._trials: dict[int, Trial] = {}
        self._best: dict[int, float] = {}
        self._last: dict[int, int] = {}
        self._stopped: dict[int, str] = {}
        self._diverged: set[int] = set()
        self._seen: set[str] = set()
        self._pruner_set = False

    def turn(self, heard: Sequence[Heard], wanted: int) -> Answer:
        """Take in what has come from runs, those that ended last at the end, and say what is next.

        Args:
            heard: In the order in which it is to be told.
            wanted: How many new runs there is room for.
        """
        stops: dict[int, str] = {}
        for one in heard:
            if one.place not in self._trials:
                self._begin(one.place, one.parameters)
            reason = self._report(one)
            if reason and not one.end:
                stops[one.place] = reason
            if one.end:
                self._end(one)
        points: list[dict[str, Any]] = []
        while len(points) < wanted:
            index = max(self._trials, default=-1) + 1
            values = self._ask(index)
            if values is None:
                return Answer(stops, points, tried=True)
            self._begin(index, values)
            points.append(values)
        return Answer(stops, points)

    def _begin(self, index: int, values: dict[str, Any]) -> None:
        """Let the study know of a run with these values, whoever has chosen them."""
        self._seen.add(repr(values))
        axes = self._axes if self._search.method == "tpe" else {}
        asked = {name: axis.inside(values[name]) for name, axis in axes.items()}
        if asked:
            self._study.enqueue_trial(asked)
        self._trials[index] = self._study.ask({n: axis.distribution for n, axis in axes.items()})

    def _ask(self, index: int) -> dict[str, Any] | None:
        """Return values that were not tried before; None when there are none left."""
        size = space_size(self._space)
        if len(self._seen) >= size:
            return None
        at_random = min(_MOST_AT_RANDOM, max(4, self._search.trials // 4))
        for attempt in range(_ATTEMPTS):
            # A sampler for each run: what it draws then depends on its number, not on what was
            # drawn in a workbench that is closed by now.
            self._study.sampler = optuna.samplers.TPESampler(
                n_startup_trials=at_random,
                multivariate=True,
                constant_liar=True,
                seed=random.Random(f"{self._search.seed} {index} {attempt}").getrandbits(32),
            )
            trial = self._study.ask({n: axis.distribution for n, axis in self._axes.items()})
            found = {n: axis.outside(trial.params[n]) for n, axis in self._axes.items()}
            # It only served to choose; the run has a trial of its own, with its rounded values.
            self._study.tell(trial, state=TrialState.FAIL)
            values = {name: found.get(name, self._only(name)) for name in self._space}
            if repr(values) not in self._seen:
                return values
        chance = random.Random(f"{self._search.seed} {index}")
        drawn = (draw_one(self._space, chance) for _ in range(_TRIES))
        return next((values for values in drawn if repr(values) not in self._seen), None)

    def _only(self, name: str) -> Any:
        """The single value of a parameter that is not searched."""
        values = self._space[name]
        return None if isinstance(values, Range) else values[0]

    def _report(self, heard: Heard) -> str:
        """Take in points of a run; return why it is to stop, if it is."""
        if self._search.pruner is None:
            return ""
        trial = self._trials[heard.place]
        for step, value in heard.points:
            if heard.place in self._stopped:
                break
            trial.report(value, step)
            self._last[heard.place] = step
            if not math.isfinite(value):
                self._diverged.add(heard.place)
                self._stopped[heard.place] = self._words(value, heard.axis, step, "is no number")
                continue
            best = self._best.get(heard.place, value)
            best = self._best[heard.place] = (max if self._larger else min)(best, value)
            if trial.should_prune():
                cause = _WORSE[self._search.pruner]
                self._stopped[heard.place] = self._words(best, heard.axis, step, cause)
        return self._stopped.get(heard.place, "")

    def _words(self, value: float, axis: str, step: int, cause: str) -> str:
        metric = plain_line(self._metric)
        return f"Stopped early: {metric} {value:.4g} by {axis} {step} {cause}."

    def _end(self, heard: Heard) -> None:
        trial = self._trials[heard.place]
        value = heard.value if heard.end in ("finished", "pruned") else None
        diverged = heard.place in self._diverged
        # A value that is none would be learned from as if it were one.
        if value is None or diverged or not math.isfinite(value):
            self._study.tell(trial, state=TrialState.FAIL)
        elif heard.place in self._stopped or heard.end == "pruned":
            # Also a run that was too quick to be stopped: what is learned is not left to chance.
            self._study.tell(trial, state=TrialState.PRUNED)
        else:
            self._study.tell(trial, value)
            self._set_pruner(heard.place)

    def _set_pruner(self, index: int) -> None:
        """Begin to stop runs, once one has shown how many steps they have."""
        if self._search.pruner is not None and not self._pruner_set and index in self._last:
            self._pruner_set = True
            self._study.pruner = _pruner(
                self._search.pruner, (self._last[index] + 1) // _FIRST_PART
            )


class _Axis(NamedTuple):
    """A parameter as Optuna has it. Numbers in a list keep their order: they are counted."""

    distribution: BaseDistribution
    values: Sequence[Any] | None = None
    range: Range | None = None

    def inside(self, value: Any) -> Any:
        return value if self.values is None else self.values.index(value)

    def outside(self, found: Any) -> Any:
        if self.range is not None:
            return self.range.tidy(found)
        return found if self.values is None else self.values[found]


def _axis(values: Sequence[Any] | Range) -> _Axis | None:
    """Return what a parameter is for Optuna; None for one that has a single value."""
    if isinstance(values, Range):
        low, high, log = values.low, values.high, values.log
        if values.whole:
            return _Axis(IntDistribution(int(low), int(high), log=log), range=values)
        return _Axis(FloatDistribution(low, high, log=log), range=values)
    if len(values) < 2:
        return None
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return _Axis(IntDistribution(0, len(values) - 1), sorted(values))
    return _Axis(CategoricalDistribution(tuple(values)))


def _pruner(name: Pruner, first: int) -> optuna.pruners.BasePruner:
    """Return what stops runs, none of them before step `first`."""
    if name == "percentile":
        return optuna.pruners.PercentilePruner(
            _KEPT_PERCENT,
            n_startup_trials=_BEFORE_STOPPING,
            n_warmup_steps=first,
            n_min_trials=_BEFORE_STOPPING,
        )
    if name == "median":
        return optuna.pruners.MedianPruner(
            n_startup_trials=_BEFORE_STOPPING,
            n_warmup_steps=first,
            n_min_trials=_BEFORE_STOPPING,
        )
    return optuna.pruners.SuccessiveHalvingPruner(min_resource=max(1, first))
