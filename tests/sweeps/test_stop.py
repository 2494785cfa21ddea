"""A sweep that is stopped as a whole from another process than the one that begins its runs."""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec
import pytest

from tests.sweeps.sweeping import QUICK, WAITING, Start, Write, drive
from tflab.runs.events import Scalars, Started
from tflab.runs.log_writer import append
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.sweeps.plan import make_plan
from tflab.sweeps.stop import stop_sweep
from tflab.sweeps.store import STOP, Driver, SweepStore
from tflab.sweeps.sweep import open_sweep
from tflab.targets.fork_server import ForkServer

_STOP = "import sys; from tflab.sweeps.stop import stop_sweep; stop_sweep(sys.argv[1])"


def marks() -> list[str]:
    return [path.name for path in SweepStore().root.iterdir() if path.name.endswith(STOP)]


def test_its_driver_obeys(lesson: Write, start: Start, server: ForkServer) -> None:
    sweep = start(make_plan(lesson(WAITING), {"rate": (1.0, 2.0, 3.0, 4.0)}))
    drive(sweep, server, lambda: all(run.value("loss") for run in sweep.runs[:2]))
    sweep.keep()
    with subprocess.Popen([sys.executable, "-c", _STOP, sweep.id], stderr=subprocess.PIPE) as other:
        drive(sweep, server)
        sweep.close()
        _, said = other.communicate(timeout=60)
    assert (other.returncode, said) == (0, b"")
    assert sweep.stopping
    states = [run.status for run in sweep.runs]
    assert states == ["cancelled", "cancelled", "not begun", "not begun"]
    assert marks() == []


def test_runs_that_a_driver_has_left_behind_are_stopped_without_it(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    sweep = start(make_plan(lesson(WAITING), {"rate": (1.0, 2.0, 3.0)}))
    drive(sweep, server, lambda: all(run.value("loss") for run in sweep.runs[:2]))
    sweep.close()
    stopped = stop_sweep(sweep.id)
    assert [run.status for run in stopped.runs] == ["cancelled", "cancelled", "not begun"]


def test_one_that_is_over_is_no_sweep_to_stop(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    sweep = start(make_plan(lesson(QUICK), {"rate": (0.1,)}))
    drive(sweep, server)
    sweep.close()
    with pytest.raises(Problem, match="The sweep is over"):
        stop_sweep(sweep.id)
    with pytest.raises(Problem, match="No such sweep"):
        stop_sweep("20200101-000000-aaaaaa")
    assert marks() == []


def test_a_driver_that_does_not_answer_is_named(lesson: Write) -> None:
    """One on another machine, which nobody can look at from here."""
    store, runs = SweepStore(), RunStore()
    plan = make_plan(lesson(QUICK), {"rate": (0.1, 0.2)})
    begun = runs.create(plan.request(plan.points[0])).id
    append(runs.folder(begun), Started(time=1.0, pid=1, host="elsewhere"))
    append(runs.folder(begun), Scalars(tag="loss", steps=[0], values=[0.5]))
    record = store.create(plan)
    driver = Driver(4711, 1.0, "elsewhere")
    store.save(msgspec.structs.replace(record, driver=driver, runs=[begun, None]))
    now = 0.0

    def sleep(_: float) -> None:
        nonlocal now
        now += 10.0

    with pytest.raises(Problem) as raised:
        stop_sweep(record.id, clock=lambda: now, sleep=sleep)
    assert "4711 on elsewhere" in raised.value.cause
    assert marks() == [f"{record.id}{STOP}"], "it may still read it"
    assert not open_sweep(record.id).over


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_only_a_mark_stops_it(kind: str, lesson: Write, start: Start, server: ForkServer) -> None:
    sweep = start(make_plan(lesson(QUICK), {"rate": (0.1, 0.2)}))
    path = SweepStore().root / f"{sweep.id}{STOP}"
    os.mkfifo(path) if kind == "pipe" else path.mkdir()
    drive(sweep, server)
    assert [run.status for run in sweep.runs] == ["finished", "finished"]
