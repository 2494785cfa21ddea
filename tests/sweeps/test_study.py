"""A search alone: told of runs that a formula stands for."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.programs.program import Parameter, Program
from tflab.programs.search_values import Range, draw
from tflab.runs.record import Problem
from tflab.sweeps.plan import SweepPlan, make_plan
from tflab.sweeps.run import is_reported
from tflab.sweeps.search import Heard, Method, Pruner, Wish
from tflab.sweeps.study import Study

LESSON = Program(
    id="x",
    number=None,
    title="X",
    path=Path("x.py"),
    source="",
    cells=(),
    parameters=(
        Parameter(name="rate", type="float", default=0.1, gt=0, le=10),
        Parameter(name="units", type="int", default=8, ge=1),
        Parameter(name="mode", type="choice", default="a", choices=("a", "b")),
        Parameter(name="word", type="str", default="x"),
    ),
)
RATE = Range(1e-4, 1.0, True)
STEPS = 30


def plan_of(
    method: Method = "tpe", trials: int = 30, pruner: Pruner | None = None, **fields: Any
) -> SweepPlan:
    wish = Wish(method, None if method == "grid" else trials, 5, pruner)
    return make_plan(LESSON, fields or {"rate": RATE, "units": Range(4, 64)}, wish=wish)


def loss(values: dict[str, Any], step: int = STEPS - 1) -> float:
    far = (math.log10(values["rate"]) + 2) ** 2 + ((values["units"] - 20) / 40) ** 2
    return far + 1 / (step + 1)


def one_by_one(study: Study, trials: int, told: list[Heard] | None = None) -> list[dict[str, Any]]:
    """Do a search with one run at a time; return the values that it chose."""
    chosen: list[dict[str, Any]] = []
    for place in range(trials):
        [values] = study.turn([], 1).points
        chosen.append(values)
        points = [(step, loss(values, step)) for step in range(STEPS)]
        reason = ""
        for upto in range(0, STEPS, 5):
            heard = Heard(place, values, points[upto : upto + 5])
            reason = study.turn([heard], 0).stops.get(place, "")
            if reason:
                break
        end = Heard(place, values, [], "step", "pruned" if reason else "finished", loss(values))
        study.turn([end], 0)
        if told is not None:
            told.append(end._replace(points=points))
    return chosen


def test_a_search_learns_and_finds_what_a_random_one_does_not() -> None:
    plan = plan_of(trials=40)
    chosen = one_by_one(Study(plan), 40)
    drawn = draw(plan.space, 40, 5)
    assert min(map(loss, chosen)) < min(map(loss, drawn))
    assert all(1e-4 <= v["rate"] <= 1 and 4 <= v["units"] <= 64 for v in chosen)
    assert all(v["mode"] == "a" and v["word"] == "x" for v in chosen), "they keep their defaults"
    assert len({repr(values) for values in chosen}) == 40
    late, others = (median(map(loss, found)) for found in (chosen[10:], drawn[10:]))
    assert late < others / 2, "it stays where the runs were good"


@pytest.mark.parametrize("pruner", ["percentile", "median", "halving", None])
def test_a_search_is_the_same_again_also_when_it_was_left(pruner: Pruner | None) -> None:
    told: list[Heard] = []
    whole = one_by_one(Study(plan_of(pruner=pruner)), 24, told)
    assert one_by_one(Study(plan_of(pruner=pruner)), 24) == whole
    again = Study(plan_of(pruner=pruner))
    assert again.turn(told[:15], 1).points == [whole[15]], "told at once what it knew before"
    stopped = [one for one in told if one.end == "pruned"]
    assert bool(stopped) == (pruner is not None)


def test_the_reason_names_metric_value_and_step() -> None:
    study = Study(plan_of("random", pruner="percentile"))
    for place in range(8):
        good = [(epoch, 0.5 - epoch / 100) for epoch in range(20)]
        heard = Heard(place, {"rate": place}, good, "epoch", "finished", 0.3)
        assert study.turn([heard], 0).stops == {}
    bad = [Heard(8, {"rate": 8}, [(epoch, 0.9)], "epoch") for epoch in range(20)]
    stops = [study.turn([heard], 0).stops for heard in bad]
    assert stops[:2] == [{}, {}], "its first tenth decides nothing"
    said = "Stopped early: loss 0.9 by epoch 2 was worse than 75 % of the earlier runs."
    assert stops[2] == {8: said}


def test_what_is_larger_is_better_where_that_was_asked_for() -> None:
    wish = Wish("random", 9, 0, "median")
    study = Study(make_plan(LESSON, {"rate": RATE}, metric="score:max", wish=wish))
    for place in range(6):
        heard = Heard(place, {"rate": place}, [(s, 5.0 + place) for s in range(20)])
        study.turn([heard._replace(end="finished", value=5.0 + place)], 0)
    high, low = ([(step, value) for step in range(20)] for value in (99.0, 1.0))
    assert study.turn([Heard(6, {"rate": 6}, high)], 0).stops == {}
    assert (
        "score 1 by step 2 was worse than half"
        in study.turn([Heard(7, {"rate": 7}, low)], 0).stops[7]
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_run_that_diverges_is_stopped_and_teaches_no_value(value: float) -> None:
    study = Study(plan_of(pruner="percentile"))
    [first] = study.turn([], 1).points
    stops = study.turn([Heard(0, first, [(0, 1.0), (3, value)])], 0).stops
    assert stops == {0: f"Stopped early: loss {value:.4g} by step 3 is no number."}
    study.turn([Heard(0, first, [], "step", "pruned", value)], 0)
    assert not _learned(study)


@pytest.mark.parametrize("end", ["failed", "lost", "cancelled", "not begun"])
def test_a_run_that_did_not_come_to_its_end_teaches_no_value(end: str) -> None:
    study = Study(plan_of())
    for place in range(4):
        [values] = study.turn([], 1).points
        study.turn([Heard(place, values, [], "step", end, -1e9)], 0)
    assert not _learned(study)
    assert len(study.turn([], 3).points) == 3, "the search goes on"


def _learned(study: Study) -> list[Any]:
    return [t for t in study._study.trials if t.state.name in ("COMPLETE", "PRUNED")]


def test_every_combination_of_a_small_space_comes_once() -> None:
    plan = plan_of(rate=(0.1, 1.0, 0.5), mode=("a", "b"), trials=50)
    assert plan.count == 6
    study = Study(plan)
    found = study.turn([], 50)
    assert found.tried
    assert len({repr(point) for point in found.points}) == 6


@given(st.lists(st.sampled_from(["rate", "units", "mode", "word"]), min_size=1), st.integers(0, 9))
@settings(max_examples=15, deadline=None)
def test_what_is_chosen_is_always_of_the_space(names: list[str], wanted: int) -> None:
    every: dict[str, Any] = {
        "rate": RATE,
        "units": (4, 8, 16),
        "mode": ("a", "b"),
        "word": ("x", "y, z"),
    }
    space = {name: every[name] for name in dict.fromkeys(names)}
    for values in Study(plan_of(**space)).turn([], wanted).points:
        assert list(values) == [parameter.name for parameter in LESSON.parameters]
        for name, value in values.items():
            allowed = space.get(name, (LESSON.defaults[name],))
            assert value in allowed if isinstance(allowed, tuple) else RATE.low <= value <= 1


@pytest.mark.parametrize(
    ("wish", "settings", "said"),
    [
        (Wish("grid"), {}, "steps of rate"),
        (Wish("grid", 9), {"fields": {"rate": (1.0,)}}, "as many runs as"),
        (Wish("tpe"), {"repeat": 2}, "repeats"),
        (Wish("random", 9, 0, "median"), {"repeat": 2}, "repeats"),
        (Wish("tpe"), {"budget": 3}, "sample"),
        (Wish("tpe", 9999), {}, "5,000"),
    ],
)
def test_a_search_that_makes_no_sense_says_what_to_do(
    wish: Wish, settings: dict[str, Any], said: str
) -> None:
    asked = {"fields": {"rate": RATE}, **settings}
    with pytest.raises(Problem) as refused:
        make_plan(LESSON, **asked, wish=wish)
    assert said in f"{refused.value.cause} {refused.value.next_step}"


@pytest.mark.parametrize("wish", [Wish("tpe"), Wish("random", 4, 0, "median")])
def test_without_optuna_it_is_said_how_to_install_it(
    wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(Problem, match="not installed") as refused:
        make_plan(LESSON, {"rate": RATE}, wish=wish)
    assert "tflab-workbench[search]" in refused.value.next_step
    assert len(make_plan(LESSON, {"rate": RATE}, wish=Wish("random", 4)).points) == 4


def test_the_steps_that_are_looked_at_are_many_at_first_and_never_very_many() -> None:
    seen = [step for step in range(100_000) if is_reported(step)]
    assert seen[:100] == list(range(100))
    assert len(seen) < 1000
    assert not is_reported(-1)
