"""A sweep as it is typed, and its curves on the screen."""

from __future__ import annotations

import math
from array import array
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.charts.drawing import ChartOptions
from tflab.charts.loss import draw_loss
from tflab.programs.program import Parameter, Program
from tflab.sweeps.draft import OPTIONS, SweepDraft, field_help, first_texts
from tflab.sweeps.plan import make_plan
from tflab.sweeps.run import SweepRun
from tflab.sweeps.table import make_rows
from tflab.targets.devices import Device, DeviceList
from tflab.targets.placement import Slot
from tflab.ui.sweep.curves import MOST_CURVES, SweepCurves, short_legend

LESSON = Program(
    id="x",
    number=None,
    title="X",
    path=Path("x.py"),
    source="",
    cells=(),
    parameters=(
        Parameter(name="rate", type="float", default=0.1, gt=0, le=10),
        Parameter(name="steps", type="int", default=40, ge=1),
        Parameter(name="mode", type="choice", default="a", choices=("a", "b")),
        Parameter(name="word", type="str", default="hello, you"),
    ),
)
CPU = Device("cpu", "CPU", 0, "", 1, 1, cores=4)
GPUS = tuple(Device(f"gpu:{n}", "A100", n, f"GPU-{n}", 1, 1) for n in range(2))
FOUND = DeviceList((CPU, *GPUS))
TEXTS = first_texts(LESSON, {}, {})
CHOSEN = {
    "repeats": "1",
    "first seed": "0",
    "sample": "",
    "devices": "cpu",
    "at once": "",
    "metric": "loss",
}


def draft(texts: dict[str, str] | None = None, **options: str) -> SweepDraft:
    changed = {name.replace("_", " "): text for name, text in options.items()}
    return SweepDraft(LESSON, {**TEXTS, **(texts or {})}, {**CHOSEN, **changed}, FOUND)


def test_defaults_make_one_run() -> None:
    found = draft()
    assert found.problems == {}
    assert found.plan is not None
    assert len(found.plan.points) == 1
    assert found.plan.points[0].parameters == LESSON.defaults
    assert found.slots == (Slot(),) * 4
    assert set(CHOSEN) == set(OPTIONS)


def test_every_option_counts() -> None:
    texts = {"rate": "0.1, 0.2, 0.3", "mode": "*"}
    options = {"first_seed": "3", "sample": "4 seed 9", "devices": "gpus", "metric": "acc"}
    found = draft(texts, repeats="2", at_once="1", **options)
    assert found.plan is not None
    assert len(found.plan.points) == 8
    assert [point.seed for point in found.plan.points[:2]] == [3, 4]
    assert found.plan.larger
    assert found.plan.devices == ["gpu:0", "gpu:1"]
    assert found.slots == (Slot("gpu:0", "GPU-0"),)


@pytest.mark.parametrize(
    ("texts", "options", "field", "said"),
    [
        ({"rate": "0"}, {}, "rate", "above 0"),
        ({"steps": "1..8"}, {}, "steps", "1..8 step 1"),
        ({}, {"repeats": "0"}, "repeats", "from 1"),
        ({}, {"sample": "4 of 9"}, "sample", "whole number"),
        ({}, {"devices": "gpu:7"}, "devices", "gpu:7"),
        ({}, {"at_once": "x"}, "at once", "whole number"),
        ({"rate": "0.1..1 lin 1000", "steps": "1..9 step 1"}, {}, "", "9,000 runs"),
    ],
)
def test_problems_stand_at_their_field(
    texts: dict[str, str], options: dict[str, str], field: str, said: str
) -> None:
    found = draft(texts, **options)
    assert found.plan is None
    assert list(found.problems) == [field]
    assert said in found.problems[field]


@given(st.dictionaries(st.sampled_from([*TEXTS, *CHOSEN]), st.text(max_size=30)))
def test_any_text_makes_a_plan_or_a_problem(typed: dict[str, str]) -> None:
    own = {name: typed.get(name, text) for name, text in TEXTS.items()}
    options = {name: typed.get(name, text) for name, text in CHOSEN.items()}
    found = SweepDraft(LESSON, own, options, FOUND)
    assert (found.plan is None) == bool(found.problems)


def test_form_begins_with_current_values_and_keeps_lists() -> None:
    texts = first_texts(LESSON, {"rate": 0.7}, {"rate": "0.5", "steps": "20, 40", "mode": "b"})
    assert texts == {"rate": "0.7", "steps": "20, 40", "mode": "a", "word": '"hello, you"'}


def test_help_shows_what_may_be_written() -> None:
    rate, steps, mode, word = LESSON.parameters
    assert field_help(rate).endswith("0.1, 0.2 or 0.01..1 log 5")
    assert field_help(steps).endswith("40, 80 or 40..160 step 40")
    assert "*" in field_help(mode)
    assert "quotes" in field_help(word)


def finished(index: int, plan: Any, values: list[float]) -> SweepRun:
    run = SweepRun(index, plan.points[index], f"run {index}")
    run.status = "finished"
    run._curves = {"loss": (array("d", range(len(values))), array("d", values))}
    return run


def test_best_and_chosen_curves_are_bright_and_diverged_ones_are_cut() -> None:
    plan = make_plan(LESSON, {"rate": (0.1, 0.2, 0.3, 0.4)})
    losses = [[1.0, 0.5], [1.0, 0.2], [1.0, 5.0, 1e9], [1.0, math.nan]]
    rows = make_rows(plan, [finished(n, plan, values) for n, values in enumerate(losses)])
    curves, notes = SweepCurves().make(rows, "loss", rows[1])
    assert [(curve.label, curve.ghost) for curve in curves] == [
        ("others", True),
        ("others", True),
        ("best", False),
        ("at the cursor", False),
    ]
    assert max(max(curve.values) for curve in curves) == 1
    assert notes == ["2 runs diverged and left the chart"]
    assert not SweepCurves().wants_log(rows[:2], "loss")
    drawing = draw_loss(curves, (60, 10), ChartOptions())
    assert [entry.label for entry in short_legend(drawing.legend)] == [
        "best",
        "at the cursor",
        "others",
    ]


def test_only_so_many_curves_are_drawn() -> None:
    plan = make_plan(LESSON, {"steps": range(1, 201)})
    runs = [finished(n, plan, [1.0, 1 / (n + 2)]) for n in range(200)]
    curves, notes = SweepCurves().make(make_rows(plan, runs), "loss", None)
    assert len(curves) == MOST_CURVES + 1
    assert "of 200 curves are not drawn" in notes[0]


def test_what_was_drawn_of_a_finished_run_is_kept() -> None:
    plan = make_plan(LESSON, {"rate": (0.1, 0.2, 0.3)})
    rows = make_rows(plan, [finished(n, plan, [1.0, 0.5, 9.0 * n]) for n in range(3)])
    kept = SweepCurves()
    first, _ = kept.make(rows, "loss", None)
    draw_loss(first, (60, 10), ChartOptions())
    again, _ = kept.make(rows, "loss", None)
    assert len(first) == 3
    for before, now in zip(first, again, strict=True):
        assert now.values is before.values, "one that is cut is cut once"
        assert now.memo is before.memo
        assert now.memo is not None
        assert now.memo.spans is not None


def test_a_log_axis_is_wanted_for_what_a_growing_curve_reaches() -> None:
    plan = make_plan(LESSON, {"rate": (0.1,)})
    run = finished(0, plan, [1.0, 0.5])
    values, kept = run._curves["loss"][1], SweepCurves()
    rows = make_rows(plan, [run])
    wanted = []
    for value in (0.02, 0.001, 0.5, -1.0, math.nan, 3.0):
        values.append(value)
        wanted.append(kept.wants_log(rows, "loss"))
    assert wanted == [False, True, True, False, False, False]
    assert not kept.wants_log([], "loss")
