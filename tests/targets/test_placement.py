"""Where runs go: slots, devices, our executor and others."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from typing import Any

import pytest

from tests.sweeps.sweeping import QUICK, DeadServer, Write
from tflab.runs.events import Ended, Scalars
from tflab.runs.log_writer import append
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.sweeps.plan import make_plan
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep
from tflab.targets.devices import Device, DeviceList
from tflab.targets.live_run import LiveRun
from tflab.targets.placement import Slot, choose_devices, make_slots, perform
from tflab.targets.run_executor import RunExecutor


def test_runs_are_plain_futures(lesson: Write) -> None:
    """`as_completed`, `map` and `with` work, a thread of its own behind them."""
    plan = make_plan(lesson(QUICK), {"rate": (0.1, 0.2, 0.3)})
    requests = [plan.request(point) for point in plan.points]
    with RunExecutor([Slot()] * 2) as executor:
        futures = [executor.submit(perform, request) for request in requests]
        done = [future.result() for future in as_completed(futures, timeout=60)]
        assert {summary.parameters["rate"] for summary in done} == {0.1, 0.2, 0.3}
        assert [found.status for found in executor.map(perform, requests[:1])] == ["finished"]
        with pytest.raises(TypeError, match="perform"):
            executor.submit(print, "hello")
    with pytest.raises(RuntimeError, match="after shutdown"):
        executor.submit(perform, requests[0])


def test_any_executor_can_stand_behind_a_sweep(lesson: Write) -> None:
    plan = make_plan(lesson(QUICK), {"rate": (0.2, 0.1)})
    with ThreadPoolExecutor(1) as pool:
        sweep = Sweep(SweepStore().create(plan), pool)
        sweep.start()
        for run in sweep.runs:
            assert run.future is not None
            run.future.result(timeout=60)
        while not sweep.over:
            sweep.poll()
    assert sweep.rows()[0].parameters["rate"] == 0.1
    assert all(run in set(RunStore().ids()) for run in SweepStore().load(sweep.id).runs)


class Broken(Executor):
    """Another engine that fails."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(Problem("No engine", "It is not there.", "Start it."))
        return future


def test_failing_engine_fails_the_runs_only(lesson: Write) -> None:
    sweep = Sweep(SweepStore().create(make_plan(lesson(QUICK), {"rate": (0.1, 0.2)})), Broken())
    sweep.start()
    sweep.poll()
    assert sweep.over
    assert [run.cause for run in sweep.runs] == ["No engine. It is not there."] * 2


def test_broken_server_fails_what_waits_without_trying(lesson: Write) -> None:
    dead = DeadServer()
    executor = RunExecutor([Slot()], server=lambda: dead, threaded=False)
    sweep = Sweep(SweepStore().create(make_plan(lesson(QUICK), {"rate": (0.1, 0.2)})), executor)
    sweep.start()
    sweep.poll()
    dead.phase, dead.problem = "broken", Problem("No TensorFlow", "It is missing.", "Install it.")
    while not sweep.over:
        sweep.poll()
    assert len(dead.requests) == 1
    assert [run.status for run in sweep.runs] == ["failed", "failed"]
    assert all("No TensorFlow" in run.cause for run in sweep.runs)


CPU = Device("cpu", "CPU", 0, "", 1, 1, cores=4)
GPUS = [Device(f"gpu:{n}", "A100", n, f"GPU-{n}", 1, 1) for n in range(3)]


def test_slots_one_a_gpu_and_one_a_core() -> None:
    cpu, gpus = CPU, GPUS[:2]
    assert make_slots([cpu]) == (Slot(),) * 4
    assert make_slots([cpu], jobs=2) == (Slot(),) * 2
    assert make_slots([cpu], jobs=9) == (Slot(),) * 9
    assert make_slots(gpus) == (Slot("gpu:0", "GPU-0"), Slot("gpu:1", "GPU-1"))
    assert make_slots(gpus, jobs=9) == make_slots(gpus), "a GPU has room for one"
    assert make_slots(gpus, jobs=1) == (Slot("gpu:0", "GPU-0"),)
    assert make_slots([cpu, *gpus], jobs=3) == (*make_slots(gpus), Slot())


def test_slot_gives_the_request_its_device(lesson: Write) -> None:
    dead = DeadServer()
    executor = RunExecutor([Slot("gpu:1", "GPU-b")], server=lambda: dead, threaded=False)
    plan = make_plan(lesson(QUICK), {})
    future = executor.submit(perform, plan.request(plan.points[0]))
    executor.poll()
    assert future.live is not None
    request: RunRequest = future.live.record.request
    assert (request.device, request.device_uuid) == ("gpu:1", "GPU-b")
    append(future.live.folder, Ended(state="finished", time=1.0))
    while not future.done():
        executor.poll()
    assert future.result().device == "gpu:1"


def test_runs_are_spread_over_the_gpus_one_on_each(lesson: Write) -> None:
    """The devices are simulated: whoever plays the server decides when a run ends, and how."""
    chosen = choose_devices(["gpus"], DeviceList((CPU, *GPUS)))
    slots = make_slots(chosen)
    server = DeadServer()
    executor = RunExecutor(slots, server=lambda: server, threaded=False)
    plan = make_plan(lesson(QUICK), {"rate": [n / 10 for n in range(1, 9)]})
    sweep = Sweep(SweepStore().create(plan), executor)
    sweep.start()
    order: list[str] = []
    # Which GPU's run ends next, and in what state: a failed run gives its GPU back as well.
    ends = [(1, "failed"), (1, "finished"), (0, "finished"), (2, "failed"), (1, "finished")]
    for gpu, state in ends:
        sweep.poll()
        busy = _on_gpus(sweep)
        assert sorted(busy) == ["gpu:0", "gpu:1", "gpu:2"], "all are in use, with one run each"
        assert len(server.requests) == 3 + len(order)
        _end(busy[f"gpu:{gpu}"], state)
        order.append(f"gpu:{gpu}")
        while sweep.done < len(order):
            sweep.poll()
    sweep.poll()
    for run in _on_gpus(sweep).values():
        _end(run, "finished")
    while not sweep.over:
        sweep.poll()
    assert sweep.count("finished") == 6
    assert sweep.count("failed") == 2
    asked = [RunStore().record(folder.name).request for folder in server.requests]
    assert [request.device for request in asked] == ["gpu:0", "gpu:1", "gpu:2", *order]
    assert all(request.device_uuid == f"GPU-{request.device[-1]}" for request in asked)
    assert [run.summary.device for run in sweep.runs if run.summary] == [r.device for r in asked]


def _on_gpus(sweep: Sweep) -> dict[str, LiveRun]:
    """Return the run that goes on on each device; two on one would be an error."""
    going = [run.live for run in sweep.runs if run.live is not None]
    found = {live.record.request.device: live for live in going}
    assert len(found) == len(going), "two runs on one device"
    return found


def _end(live: LiveRun, state: Any) -> None:
    append(live.folder, Scalars(tag="loss", steps=[0], values=[1.0]))
    append(live.folder, Ended(state=state, time=1.0, cause="it broke"))
