"""Sweeps of real runs: slots, repeats, failures, stopping."""

from __future__ import annotations

import math

import pytest

from tests.sweeps.sweeping import QUICK, WAITING, Start, Write, drive
from tflab.runs.store import RunStore
from tflab.sweeps.plan import make_plan
from tflab.sweeps.store import SweepStore
from tflab.sweeps.table import going_first, mean_text
from tflab.targets.fork_server import ForkServer
from tflab.targets.placement import Slot


def test_grid_runs_in_the_slots_and_ranks_the_rows(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    plan = make_plan(lesson(QUICK), {"rate": (0.5, 0.1, 0.3), "steps": (2, 4)}, seed=7)
    sweep = start(plan)
    most = 0

    def watch() -> bool:
        nonlocal most
        most = max(most, sweep.count("starting", "running"))
        return False

    drive(sweep, server, watch)
    assert most == 2, "never more than the slots, and both in use"
    assert [run.status for run in sweep.runs] == ["finished"] * 6
    rows = sweep.rows()
    assert [row.parameters["rate"] for row in rows[:3]] == [0.1, 0.1, 0.3]
    assert rows[0].best
    assert rows[0].parameters == {"rate": 0.1, "steps": 4}
    assert not any(row.best for row in rows[1:])
    assert sweep.best is not None
    assert sweep.rows("accuracy")[0].parameters["rate"] == 0.1, "results rank too, larger first"
    assert set(sweep.metrics()) == {"loss", "accuracy"}
    store = RunStore()
    assert set(store.ids()) == {run.id for run in sweep.runs}
    assert store.record(sweep.runs[3].id).request.parameters == plan.points[3].parameters
    assert store.record(sweep.runs[3].id).request.seed == 7
    assert sweep.seconds_left == 0


def test_repeats_take_the_next_seeds_and_give_mean_and_spread(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    sweep = start(make_plan(lesson(QUICK), {"rate": (0.1, 0.2)}, seed=3, repeat=3))
    drive(sweep, server)
    assert [run.point.seed for run in sweep.runs] == [3, 4, 5, 3, 4, 5]
    rows = sweep.rows()
    assert len(rows) == 2
    for row in rows:
        losses = [run.value("loss") for run in row.runs]
        assert len(set(losses)) == 3, "seeds make a difference"
        assert row.mean == pytest.approx(sum(filter(None, losses)) / 3)
        assert row.spread is not None
        assert 0 < row.spread < 0.001
        assert "±" in mean_text(row)


def test_failed_run_does_not_stop_the_sweep(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    code = "if rate == 2:\n    raise ValueError('too large')\n" + QUICK
    sweep = start(make_plan(lesson(code), {"rate": (2.0, 1.0, 0.5)}), slots=[Slot()])
    drive(sweep, server)
    assert [run.status for run in sweep.runs] == ["failed", "finished", "finished"]
    assert "too large" in sweep.runs[0].cause
    rows = sweep.rows()
    assert rows[0].parameters["rate"] == 0.5
    assert rows[-1].status == "failed"


def test_diverged_run_ranks_last_and_is_never_best(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    code = "lab.log(0, loss=float('nan') if rate == 1 else float('inf') if rate == 2 else rate)"
    sweep = start(make_plan(lesson(code), {"rate": (1.0, 2.0, 3.0)}))
    drive(sweep, server)
    rows = sweep.rows()
    assert rows[0].best
    assert rows[0].parameters["rate"] == 3
    assert all(row.mean is not None and not math.isfinite(row.mean) for row in rows[1:])


def test_stop_one_then_stop_all(lesson: Write, start: Start, server: ForkServer) -> None:
    sweep = start(make_plan(lesson(WAITING), {"rate": (1.0, 2.0, 3.0, 4.0, 5.0, 9.0)}))
    drive(sweep, server, lambda: all(run.value("loss") for run in sweep.runs[:2]))
    first, last = sweep.runs[0], sweep.runs[-1]
    sweep.stop(first)
    sweep.stop(sweep.runs[4])
    drive(sweep, server, lambda: sweep.runs[2].value("loss"))
    assert first.status == "cancelled"
    assert first.id
    assert sweep.runs[4].status == "not begun"
    assert not sweep.runs[4].id, "it never began"
    assert not sweep.over
    sweep.stop_all()
    drive(sweep, server)
    assert [run.status for run in sweep.runs] == ["cancelled"] * 3 + ["not begun"] * 3
    assert not last.id
    kept = SweepStore().load(sweep.id)
    assert [bool(run) for run in kept.runs] == [True, True, True, False, False, False]


def test_what_goes_on_comes_right_under_the_best_as_far_as_there_is_room(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    rates = (9.0, 9.5, 1.0, 2.0, 10.0)
    sweep = start(make_plan(lesson(WAITING), {"rate": rates}))
    drive(sweep, server, lambda: all(run.value("loss") for run in sweep.runs[:4]))
    drive(sweep, server, lambda: all(run.over for run in sweep.runs[:2]))
    assert [row.parameters["rate"] for row in sweep.rows()] == [9, 9.5, 1, 2, 10]

    def shown(most: int) -> list[float]:
        return [row.parameters["rate"] for row in going_first(sweep.rows(), most)]

    assert shown(9) == [9, 1, 2, 9.5, 10]
    assert shown(1) == [9, 1, 9.5, 2, 10]
    assert shown(0) == [9, 9.5, 1, 2, 10]
    sweep.stop_all()
    drive(sweep, server)
    assert shown(9) == [row.parameters["rate"] for row in sweep.rows()]
