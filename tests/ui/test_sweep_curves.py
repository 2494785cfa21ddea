"""The curves of a sweep on the screen."""

from __future__ import annotations

import math
from array import array
from typing import Any

from textual.app import App

from tests.sweeps.sweeping import LESSON
from tflab.charts.drawing import ChartOptions
from tflab.charts.loss import draw_loss
from tflab.sweeps.importance import trials_of
from tflab.sweeps.plan import make_plan
from tflab.sweeps.run import Points, SweepRun
from tflab.sweeps.table import make_rows
from tflab.ui.sweep.curves import MOST_CURVES, SweepCurves, short_legend
from tflab.ui.sweep.table import SweepTable
from tflab.ui.terminal.themes import DARK


def finished(index: int, plan: Any, values: list[float]) -> SweepRun:
    run = SweepRun(index, plan.points[index], f"run {index}")
    run.status = "finished"
    run._curves = {"loss": Points(array("d", range(len(values))), array("d", values), "epoch")}
    return run


async def test_the_table_grows_with_the_runs_that_a_search_adds() -> None:
    plan = make_plan(LESSON, {"rate": (0.1, 0.2, 0.3)})
    app: App[None] = App()
    app.register_theme(DARK)
    app.theme = DARK.name
    async with app.run_test(size=(60, 12)) as pilot:
        table = SweepTable(plan)
        await app.screen.mount(table)
        table.show_sweep([], "loss")
        assert table.row is None
        runs = [finished(n, plan, [1.0 - n]) for n in range(3)]
        table.show_sweep(make_rows(plan, runs), "loss")
        await pilot.pause()
        drawn = ["".join(s.text for s in table.render_line(y)) for y in range(4)]
        assert [line.split()[1:3] for line in drawn[1:]] == [
            ["0.3", "-1"],
            ["0.2", "0"],
            ["0.1", "1"],
        ]


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
    drawn = "".join(drawing.rows)
    assert "epoch" in drawn, "the axis says what the series count"
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


def test_each_run_that_has_ended_is_a_trial_of_its_value() -> None:
    plan = make_plan(LESSON, {"rate": (0.1, 0.2, 0.3)}, repeat=2)
    runs = [finished(n, plan, [1.0, [0.5, 0.4, 0.3, 0.2, math.inf, 0.9][n]]) for n in range(6)]
    runs[5].status = "running"
    trials = trials_of(make_rows(plan, runs), "rate", "loss")
    assert sorted((t.value, t.metric, t.best) for t in trials) == [
        (0.1, 0.4, False),
        (0.1, 0.5, False),
        (0.2, 0.2, True),
        (0.2, 0.3, True),
        (0.3, math.inf, False),
    ]
    assert trials_of(make_rows(plan, runs), "rate", "accuracy") == []
