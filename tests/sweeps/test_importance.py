"""What parameters decide, told from runs that a formula stands for."""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable
from typing import Any

import optuna
import pytest

from tests.sweeps.test_study import LESSON, RATE, loss
from tflab.charts.drawing import ChartOptions
from tflab.charts.response import draw_response
from tflab.programs.search_values import Range
from tflab.sweeps.importance import draw_importance, importance, importance_text, trials_of
from tflab.sweeps.plan import SweepPlan, make_plan
from tflab.sweeps.run import Points, SweepRun
from tflab.sweeps.search import Wish
from tflab.sweeps.table import SweepRow, make_rows

NOISE = random.Random(1)


def rate_decides(values: dict[str, Any]) -> float:
    return loss(values) + NOISE.random() / 100


def runs_of(
    count: int, metric: Callable[[dict[str, Any]], float], pruned: int = 0
) -> tuple[SweepPlan, list[SweepRow]]:
    fields = {"rate": RATE, "units": Range(4, 64), "mode": ("a", "b")}
    plan = make_plan(LESSON, fields, wish=Wish("random", count, 1))
    runs = []
    for index, point in enumerate(plan.points):
        run = SweepRun(index, point, f"run {index}")
        run.status = "pruned" if index < pruned else "finished"
        run._curves = {"loss": Points(array("d", [0]), array("d", [metric(point.parameters)]))}
        runs.append(run)
    return plan, make_rows(plan, runs)


def test_the_parameter_that_decides_stands_first_as_optuna_says_too() -> None:
    plan, rows = runs_of(300, rate_decides)
    found = importance(plan, rows, "loss")
    assert next(iter(found.shares)) == "rate"
    assert found.shares["rate"] > 0.6
    assert found.shares["mode"] < 0.1
    assert found.note == ""
    study = optuna.create_study()
    kinds = {
        "rate": optuna.distributions.FloatDistribution(1e-4, 1, log=True),
        "units": optuna.distributions.IntDistribution(4, 64),
    }
    for row in rows:
        params = {name: row.parameters[name] for name in kinds}
        trial = optuna.trial.create_trial(params=params, distributions=kinds, value=row.mean)
        study.add_trial(trial)
    assert next(iter(optuna.importance.get_param_importances(study))) == "rate"


def test_chance_decides_nothing() -> None:
    plan, rows = runs_of(60, lambda _: NOISE.random())
    assert all(share < 0.25 for share in importance(plan, rows, "loss").shares.values())
    plan, rows = runs_of(60, lambda _: 1.0)
    assert importance(plan, rows, "loss").shares == {}


@pytest.mark.parametrize(("count", "said"), [(9, "9 have"), (12, "12 runs only"), (40, "")])
def test_too_few_runs_are_said(count: int, said: str) -> None:
    plan, rows = runs_of(count, rate_decides)
    found = importance(plan, rows, "loss")
    assert said in found.note
    assert bool(found.shares) == (count >= 10)
    assert bool(found.note) == (count < 20)


def test_bars_words_and_points_on_a_log_axis() -> None:
    plan, rows = runs_of(40, rate_decides, pruned=4)
    found = importance(plan, rows, "loss")
    drawing = draw_importance(found, (40, 3), ChartOptions(colour="none"))
    assert drawing.rows[0].startswith("rate")
    assert importance_text(found)[0].startswith("rate decides ")
    assert plan.is_log("rate")
    assert not plan.is_log("units")
    options = ChartOptions(colour="none", log_x=True)
    picture = draw_response(trials_of(rows, "rate", "loss"), (80, 12), options)
    assert {entry.label for entry in picture.legend} == {"run", "best", "stopped early"}
    assert "0.01" in picture.rows[-1]
