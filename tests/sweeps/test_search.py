"""A search of real runs: through the fork server, stopped early, left and gone on with."""

from __future__ import annotations

import math

from tests.sweeps.sweeping import Start, Write, drive
from tflab.programs.search_values import Range
from tflab.runs.history import History
from tflab.runs.store import RunStore
from tflab.sweeps.plan import make_plan
from tflab.sweeps.search import Wish
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep, open_sweep
from tflab.targets.fork_server import ForkServer
from tflab.targets.placement import Slot
from tflab.targets.run_executor import RunExecutor

CODE = """
import math
for step in range(steps):
    lab.log(step, loss=(math.log10(rate) + 2) ** 2 + 1 / (step + 1))
"""
SLOW = """
import time
for step in range(100):
    lab.log(step, loss=rate + 1 / (step + 1))
    while rate > 9 and step == 50:
        time.sleep(0.01)
"""
ONE = (Slot(),)
RATE = Range(1e-4, 1.0, True)


def test_a_search_goes_on_where_it_was_left_as_if_it_never_had_been(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    plan = make_plan(lesson(CODE), {"rate": RATE}, wish=Wish("tpe", 8, 3)).placed(["cpu"], 1)
    whole = start(plan, ONE)
    assert whole.total == 8
    drive(whole, server)
    assert whole.count("finished") == len(whole.runs) == 8
    assert whole.best is not None

    part = start(plan, ONE)
    drive(part, server, lambda: part.count("finished") == 5)
    part.close()
    left = SweepStore().load(part.id)
    assert left.unfinished
    assert not left.driven
    found = open_sweep(part.id)
    found.catch_up()
    assert found.may_go_on
    executor = RunExecutor(ONE, server=lambda: server, threaded=False)
    found.go_on(executor, ["cpu"], 1)
    drive(found, server)
    chosen = [run.point.parameters["rate"] for run in found.runs]
    assert chosen == [run.point.parameters["rate"] for run in whole.runs]
    assert found.count("finished") == 8
    assert not found.may_go_on
    executor.shutdown()
    found.close()
    again = SweepStore().load(part.id)
    assert again.plan.points == found.plan.points
    assert again.runs == [run.id for run in found.runs]
    assert not again.unfinished


def test_a_poor_run_is_stopped_early_and_says_why(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    rates = [0.1, 0.2, 0.3, 0.4, 0.5, 9.5]
    wish = Wish("grid", None, 0, "median")
    plan = make_plan(lesson(SLOW), {"rate": rates}, wish=wish).placed(["cpu"], 1)
    sweep = start(plan, ONE)
    drive(sweep, server)
    assert [run.status for run in sweep.runs] == ["finished"] * 5 + ["pruned"]
    last = sweep.runs[-1]
    said = "Stopped early: loss 9.591 by step 10 was worse than half of the earlier runs."
    assert last.cause == said
    state = RunStore().load(last.id)
    assert state.ended is not None
    assert (state.ended.state, state.ended.cause) == ("pruned", said)
    row = next(row for row in History(RunStore()).rows() if row.id == last.id)
    assert row.summary.status == "pruned"
    assert sweep.rows()[-1].status == "pruned"
    assert not sweep.may_go_on, "it is not done again"
    again = open_sweep(sweep.id)
    again.catch_up()
    assert [run.status for run in again.runs] == [run.status for run in sweep.runs]
    assert again.runs[-1].cause == said


def test_a_metric_that_no_run_gives_ends_the_search(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    wish = Wish("tpe", 30)
    plan = make_plan(lesson(CODE), {"rate": RATE}, metric="val_loss", wish=wish)
    sweep = start(plan.placed(["cpu"], 2))
    drive(sweep, server)
    assert 3 <= len(sweep.runs) <= 4
    assert sweep.note == "No run gave val_loss; they gave loss."
    assert SweepStore().load(sweep.id).note == sweep.note
    assert not sweep.may_go_on


def test_what_was_cancelled_or_lost_is_done_again_but_not_what_a_person_gave_up(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    sweep = start(make_plan(lesson(SLOW), {"rate": (9.5, 9.6, 0.1, 0.2)}).placed(["cpu"], 2))
    drive(sweep, server, lambda: all(run.value("loss") for run in sweep.runs[:2]))
    sweep.stop(sweep.runs[0])
    sweep.stop_all()
    drive(sweep, server)
    states = [run.status for run in sweep.runs]
    assert states[:2] == ["cancelled", "cancelled"]
    assert not SweepStore().load(sweep.id).unfinished, "it was stopped by a person"
    first = sweep.runs[0].id
    sweep.close()
    found = open_sweep(sweep.id)
    found.catch_up()
    assert found.may_go_on
    executor = RunExecutor((Slot(), Slot()), server=lambda: server, threaded=False)
    assert found.go_on(executor, ["cpu"], 2) == 4 - states.count("finished") - 1
    drive(found, server, lambda: found.count("finished") == 2)
    assert found.runs[0].id == first
    assert found.runs[0].status == "cancelled"
    assert math.isclose(found.runs[1].value("loss") or 0, 9.6 + 1 / 51)
    found.stop_all()
    drive(found, server)
    executor.shutdown()


def test_another_process_follows_the_runs_that_a_search_adds(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    plan = make_plan(lesson(CODE), {"rate": RATE}, wish=Wish("tpe", 6)).placed(["cpu"], 1)
    sweep = start(plan, ONE)
    now = 0.0
    sweep.keep()
    other = Sweep(SweepStore().load(sweep.id), clock=lambda: now)
    drive(sweep, server, lambda: sweep.count("finished") == 3)
    sweep.keep()
    while other.count("finished") < 3:
        now += 1.0
        other.poll()
    assert not other.over
    assert other.total == 6
    drive(sweep, server)
    sweep.close()
    while not other.over:
        now += 1.0
        other.poll()
    assert [run.id for run in other.runs] == [run.id for run in sweep.runs]
    assert other.count("finished") == 6
