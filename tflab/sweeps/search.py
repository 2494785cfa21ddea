"""How a sweep chooses the values of its runs, and when it stops one early."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from tflab.programs.search_values import Range, Space
from tflab.runs.record import Problem

Method = Literal["grid", "random", "tpe"]
Pruner = Literal["percentile", "median", "halving"]

METHODS: tuple[Method, ...] = get_args(Method)
PRUNERS: tuple[Pruner, ...] = get_args(Pruner)
TRIALS = 20
"""Runs of a search that is given no number of them."""


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """How the values of a sweep's runs are chosen, where that is more than a list of them.

    Attributes:
        method: `grid` takes every combination and `random` draws, both before the first run; `tpe`
            chooses each from what the runs before it gave (Optuna, tree-structured Parzen
            estimators over all parameters at once).
        trials: Runs in all.
        seed: Decides what is drawn. With one run at a time a search is the same again.
        run_seed: The seed of every run.
        ranges: The parameters that may be any number between two ends. Their two ends stand in the
            plan's fields.
        pruner: What stops a run early whose metric is worse than that of earlier runs at the same
            step; None where each goes on to its end.
    """

    method: Method
    trials: int
    seed: int = 0
    run_seed: int = 0
    ranges: dict[str, Range] = {}
    pruner: Pruner | None = None

    @property
    def words(self) -> str:
        """What it does, in a sentence without its end."""
        found = {
            "grid": "Every combination",
            "random": f"Drawn at random, seed {self.seed}",
            "tpe": f"Each run is chosen from those before (TPE), seed {self.seed}",
        }[self.method]
        return f"{found}; poor runs are stopped early ({self.pruner})" if self.pruner else found


class Heard(NamedTuple):
    """What has come from a run since it was last told of.

    Attributes:
        place: Its place in the plan.
        points: Steps and values of the metric, in order.
        axis: What the steps count.
        end: The state it ended in; empty while it goes on.
        value: The metric at its end, if it has one.
    """

    place: int
    parameters: dict[str, Any]
    points: Sequence[tuple[int, float]] = ()
    axis: str = "step"
    end: str = ""
    value: float | None = None


class Answer(NamedTuple):
    """What is to be done now.

    Attributes:
        stops: The reason for each run that is to stop early, by its place in the plan.
        points: Values for new runs.
        tried: Whether there is no combination left that was not tried.
    """

    stops: dict[int, str]
    points: list[dict[str, Any]]
    tried: bool = False


class Wish(NamedTuple):
    """What kind of search is asked for, in place of a grid.

    Attributes:
        trials: Runs; None for the usual number.
        pruner: What stops runs early, if anything.
    """

    method: Method = "grid"
    trials: int | None = None
    seed: int = 0
    pruner: Pruner | None = None


GRID = Wish()
"""No search: every combination, each to its end."""


def check_wish(wish: Wish, space: Space, repeat: int, budget: int | None) -> None:
    """Make sure that a search goes with what else is asked for, and that it has what it needs.

    Raises:
        Problem: When it does not; it says what to do.
    """
    title = "The search makes no sense"
    open_ones = [name for name, values in space.items() if isinstance(values, Range)]
    if wish.method == "grid" and open_ones:
        cause = f"A grid needs the steps of {', '.join(open_ones)}."
        raise Problem(title, cause, "Write them, such as 1e-3..1 log 7, or search: random or tpe.")
    if wish.method == "grid" and wish.trials is not None:
        cause = "A grid has as many runs as its values make."
        raise Problem(title, cause, "Leave out the number of runs, or search: random or tpe.")
    if budget is not None and wish.method != "grid":
        cause = "A search draws its runs itself, so it takes no sample."
        raise Problem(title, cause, "Say how many runs it has, and leave out the sample.")
    if repeat > 1 and (wish.method == "tpe" or wish.pruner is not None):
        cause = "A search that learns or stops runs early does each of them once."
        raise Problem(title, cause, "Leave out the repeats, or take a grid or a random search.")
    if wish.method == "tpe":
        require_optuna("A tpe search")
    elif wish.pruner is not None:
        require_optuna("Stopping runs early")


def require_optuna(what: str) -> None:
    """Make sure that Optuna is there, without importing it.

    Args:
        what: What needs it, such as `--search tpe`.

    Raises:
        Problem: When it is not installed.
    """
    if importlib.util.find_spec("optuna") is None:
        raise Problem(
            "Optuna is not installed",
            f"{what} needs it.",
            "Install it with `pip install 'tflab-workbench[search]'`, or search at random and "
            "without early stopping.",
        )
