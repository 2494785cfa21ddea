"""Sweeps on disk: found again, damaged, refused."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import msgspec
import pytest

from tests.sweeps.sweeping import QUICK, WAITING, Start, Write, drive
from tflab.runs.events import Scalars, Started
from tflab.runs.log_writer import append
from tflab.runs.record import Problem, RunOptions
from tflab.runs.store import RunStore
from tflab.sweeps.plan import make_plan
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep, open_sweep
from tflab.targets.fork_server import ForkServer
from tflab.targets.requests import new_request


def test_sweep_is_found_again(lesson: Write, start: Start, server: ForkServer, data: Path) -> None:
    sweep = start(make_plan(lesson(QUICK), {"rate": (0.1, 0.2, 0.3)}))
    drive(sweep, server)
    path = data / "sweeps" / f"{sweep.id}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == [path.name], "no leftovers"
    assert list(SweepStore().ids()) == [sweep.id]
    again = open_sweep(sweep.id)
    while not again.over:
        assert again.poll()
    assert again.plan == sweep.plan
    assert [run.value("loss") for run in again.runs] == [run.value("loss") for run in sweep.runs]
    assert [row.parameters for row in again.rows()] == [row.parameters for row in sweep.rows()]
    assert again.runs[0].curve("loss") == sweep.runs[0].curve("loss")
    assert [run.seconds for run in again.runs] == [run.seconds for run in sweep.runs]
    assert [run.summary for run in again.runs] == [run.summary for run in sweep.runs]
    assert all(run.live is None for run in again.runs), "what has ended is let go of"


def test_sweep_with_runs_that_are_gone_or_never_began(lesson: Write) -> None:
    store = SweepStore()
    record = store.create(make_plan(lesson(QUICK), {"rate": (0.1, 0.2)}))
    raw = json.loads((store.root / f"{record.id}.json").read_text())
    raw["runs"] = ["20260101-000000-abcdef", None]
    (store.root / f"{record.id}.json").write_text(json.dumps(raw))
    sweep = open_sweep(record.id)
    sweep.poll()
    assert [run.status for run in sweep.runs] == ["lost", "not begun"]
    assert sweep.over
    assert sweep.best is None


@pytest.mark.parametrize("content", ["", "{}", "null", '{"id": 1}', "\udc80"])
def test_damaged_sweep_is_a_problem(content: str) -> None:
    root = SweepStore().root
    root.mkdir(parents=True)
    path = root / "20260101-000000-abcdef.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(Problem, match="is damaged"):
        SweepStore().load(path.stem)


def test_sweep_that_cannot_be_kept_says_so(lesson: Write, data: Path) -> None:
    data.mkdir()
    (data / "sweeps").write_text("a file in the way")
    with pytest.raises(Problem, match="cannot be kept"):
        SweepStore().create(make_plan(lesson(QUICK), {}))


def test_sweep_is_named_by_the_beginning_of_its_id_or_as_the_last(lesson: Write) -> None:
    store = SweepStore()
    with pytest.raises(Problem, match="no sweeps yet"):
        store.find("last")
    plan = make_plan(lesson(QUICK), {"rate": (0.1, 0.2)})
    first, second = store.create(plan).id, store.create(plan).id
    assert store.find("last") == second
    assert store.find(first) == first
    assert store.find(first[:-1]) == first
    with pytest.raises(Problem, match="2 sweeps begin with"):
        store.find(first[:4])
    with pytest.raises(Problem, match="no sweep '2020'"):
        store.find("2020")


def test_sweep_that_goes_on_elsewhere_is_read_as_far_as_it_is(lesson: Write) -> None:
    """More runs than are read at once: none waits for the ones before it to end."""
    plan = make_plan(lesson(QUICK), {"rate": [n / 100 for n in range(1, 31)]})
    runs, store = RunStore(), SweepStore()
    ids = []
    for point in plan.points:
        record = runs.create(plan.request(point))
        ids.append(record.id)
        loss = Scalars(tag="loss", steps=[0], values=[point.parameters["rate"]])
        for event in (Started(time=1.0, pid=os.getpid()), loss):
            append(runs.folder(record.id), event)
    record = store.create(plan)
    store.save(msgspec.structs.replace(record, runs=ids))
    caught_up = open_sweep(record.id)
    caught_up.catch_up()
    assert [run.value("loss") for run in caught_up.runs] == [n / 100 for n in range(1, 31)]
    polled = open_sweep(record.id)
    while not all(run.value("loss") for run in polled.runs):
        polled.poll()
    assert not polled.over


def test_sweep_that_another_process_drives_is_followed_until_that_is_gone(
    lesson: Write, start: Start, server: ForkServer
) -> None:
    sweep = start(make_plan(lesson(WAITING), {"rate": (1.0, 2.0, 3.0, 4.0)}))
    drive(sweep, server, lambda: all(run.value("loss") for run in sweep.runs[:2]))
    sweep.keep()
    now = 0.0
    other = Sweep(SweepStore().load(sweep.id), clock=lambda: now)
    other.catch_up()
    states = [run.status for run in other.runs]
    assert states == ["running", "running", "waiting", "waiting"]
    sweep.stop(sweep.runs[0])
    drive(sweep, server, lambda: sweep.runs[2].value("loss"))
    sweep.keep()
    now = 9.0
    while other.runs[2].status != "running":
        other.poll()
    assert other.runs[3].status == "waiting"
    store = SweepStore()
    record = store.load(sweep.id)
    assert record.driver is not None
    gone = msgspec.structs.replace(record.driver, process_start=record.driver.process_start + 99)
    store.save(msgspec.structs.replace(record, driver=gone))
    now = 18.0
    while other.runs[3].status == "waiting":
        other.poll()
    assert other.runs[3].status == "not begun"
    assert not other.over, "its runs go on without it"


def test_sweep_that_an_older_tflab_kept_is_read_the_same(lesson: Write) -> None:
    """What is asked of each run stood in the plan itself."""
    store = SweepStore()
    plan = make_plan(lesson(QUICK), {"rate": (0.1, 0.2)}, seed=3)
    record = store.create(plan.asking(RunOptions(nice=4, threads=2), "/some/python"))
    path = store.root / f"{record.id}.json"
    raw = json.loads(path.read_text())
    each = raw["plan"].pop("each")
    asked = ("lesson", "title", "path", "source", "cells", "command", "python")
    raw["plan"] |= {name: each[name] for name in asked}
    raw["plan"]["options"] = {"nice": 4, "threads": 2, "memory_limit": 0}
    path.write_text(json.dumps(raw | {"version": 1}))
    assert store.load(record.id) == record
    del raw["plan"]["title"]
    path.write_text(json.dumps(raw | {"version": 1}))
    with pytest.raises(Problem, match="is damaged"):
        store.load(record.id)


def test_every_run_is_asked_for_as_a_single_one_would_be(lesson: Write) -> None:
    program, options = lesson(QUICK), RunOptions(nice=4)
    plan = make_plan(program, {"rate": (0.1, 0.2)}, seed=3).asking(options, "/some/python")
    values = program.defaults | {"rate": 0.2}
    alone = new_request(program, values, seed=3, options=options, python="/some/python")
    assert plan.request(plan.points[1]) == alone
