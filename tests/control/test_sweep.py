"""Sweeps of real runs: slots, repeats, failures, stopping, other executors, finding them again."""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import pytest

from tflab.control.devices import Device
from tflab.control.fork_server import ForkServer
from tflab.control.placement import Slot, make_slots, perform
from tflab.control.run_executor import RunExecutor
from tflab.control.sweep import Sweep, open_sweep
from tflab.control.sweep_plan import MOST_RUNS, SweepPlan, make_plan, metric_order
from tflab.control.sweep_run import brief
from tflab.control.sweep_store import SweepStore
from tflab.control.sweep_table import duration, mean_text
from tflab.lessons.lesson import Lesson
from tflab.lessons.reader import read_lesson
from tflab.runs.events import Ended
from tflab.runs.log import append
from tflab.runs.record import Problem, RunRequest
from tflab.runs.series import Series
from tflab.runs.store import RunStore

HEAD = """\
# %% [markdown]
# # A tiny lesson
# %% tags=["parameters"]
rate = 0.5
steps = 4
# %%
from tflab import lab
"""
QUICK = """
import random
for step in range(steps):
    lab.log(step, loss=rate / (step + 1) + random.random() / 1000)
lab.show(accuracy=1 - rate, word="x")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """One fork server for this module, because TensorFlow takes long to import."""
    found = ForkServer(tmp_path_factory.mktemp("server") / "server.log")
    found.start()
    yield found
    found.close()


@pytest.fixture
def lesson(tmp_path: Path) -> Callable[[str], Lesson]:
    def write(code: str) -> Lesson:
        path = tmp_path / "7_tiny.py"
        path.write_text(HEAD + code)
        return read_lesson(path)

    return write


@pytest.fixture
def start(server: ForkServer) -> Iterator[Callable[..., Sweep]]:
    """Start a sweep on the module's server; what still runs at the end is stopped."""
    begun: list[tuple[Sweep, RunExecutor]] = []

    def begin(plan: SweepPlan, jobs: int = 2) -> Sweep:
        executor = RunExecutor([Slot()] * jobs, server=lambda: server, threaded=False)
        sweep = Sweep(SweepStore().create(plan), executor)
        begun.append((sweep, executor))
        sweep.start()
        return sweep

    yield begin
    for sweep, executor in begun:
        sweep.stop_all()
        drive(sweep, server)
        executor.shutdown()


def drive(sweep: Sweep, server: ForkServer, until: Callable[[], object] = lambda: False) -> None:
    while not sweep.over and not until():
        server.poll()
        sweep.poll()
        sweep._executor.wait()  # type: ignore[union-attr]


def test_grid_runs_in_the_slots_and_ranks_the_rows(
    lesson: Callable[[str], Lesson], start: Callable[..., Sweep], server: ForkServer
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
    lesson: Callable[[str], Lesson], start: Callable[..., Sweep], server: ForkServer
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
    lesson: Callable[[str], Lesson], start: Callable[..., Sweep], server: ForkServer
) -> None:
    code = "if rate == 2:\n    raise ValueError('too large')\n" + QUICK
    sweep = start(make_plan(lesson(code), {"rate": (2.0, 1.0, 0.5)}), jobs=1)
    drive(sweep, server)
    assert [run.status for run in sweep.runs] == ["failed", "finished", "finished"]
    assert "too large" in sweep.runs[0].cause
    rows = sweep.rows()
    assert rows[0].parameters["rate"] == 0.5
    assert rows[-1].status == "failed"


def test_diverged_run_ranks_last_and_is_never_best(
    lesson: Callable[[str], Lesson], start: Callable[..., Sweep], server: ForkServer
) -> None:
    code = "lab.log(0, loss=float('nan') if rate == 1 else float('inf') if rate == 2 else rate)"
    sweep = start(make_plan(lesson(code), {"rate": (1.0, 2.0, 3.0)}))
    drive(sweep, server)
    rows = sweep.rows()
    assert rows[0].best
    assert rows[0].parameters["rate"] == 3
    assert all(row.mean is not None and not math.isfinite(row.mean) for row in rows[1:])


WAITING = """
import os, time
lab.log(0, loss=rate)
while rate < 9:
    time.sleep(0.01)
"""


def test_stop_one_then_stop_all(
    lesson: Callable[[str], Lesson], start: Callable[..., Sweep], server: ForkServer
) -> None:
    sweep = start(make_plan(lesson(WAITING), {"rate": (1.0, 2.0, 3.0, 4.0, 5.0, 9.0)}))
    drive(sweep, server, lambda: all(run.value("loss") for run in sweep.runs[:2]))
    first, last = sweep.runs[0], sweep.runs[-1]
    sweep.stop(first)
    sweep.stop(sweep.runs[4])
    drive(sweep, server, lambda: sweep.runs[2].value("loss"))
    assert first.status == "cancelled"
    assert first.id
    assert sweep.runs[4].status == "cancelled"
    assert not sweep.runs[4].id, "it never began"
    assert not sweep.over
    sweep.stop_all()
    drive(sweep, server)
    assert [run.status for run in sweep.runs] == ["cancelled"] * 6
    assert not last.id
    kept = SweepStore().load(sweep.id)
    assert [bool(run) for run in kept.runs] == [True, True, True, False, False, False]


def test_sweep_is_found_again(
    lesson: Callable[[str], Lesson], start: Callable[..., Sweep], server: ForkServer, data: Path
) -> None:
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


def test_sweep_with_runs_that_are_gone_or_never_began(lesson: Callable[[str], Lesson]) -> None:
    store = SweepStore()
    record = store.create(make_plan(lesson(QUICK), {"rate": (0.1, 0.2)}))
    raw = json.loads((store.root / f"{record.id}.json").read_text())
    raw["runs"] = ["20260101-000000-abcdef", None]
    (store.root / f"{record.id}.json").write_text(json.dumps(raw))
    sweep = open_sweep(record.id)
    sweep.poll()
    assert [run.status for run in sweep.runs] == ["lost", "cancelled"]
    assert sweep.over
    assert sweep.best is None


@pytest.mark.parametrize("content", ["", "{}", "null", '{"id": 1}', "\udc80"])
def test_damaged_sweep_is_a_problem(content: str) -> None:
    root = SweepStore().root
    root.mkdir(parents=True)
    path = root / "20260101-000000-abcdef.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(Problem, match="cannot be read"):
        SweepStore().load(path.stem)


def test_sweep_that_cannot_be_kept_says_so(lesson: Callable[[str], Lesson], data: Path) -> None:
    data.mkdir()
    (data / "sweeps").write_text("a file in the way")
    with pytest.raises(Problem, match="cannot be kept"):
        SweepStore().create(make_plan(lesson(QUICK), {}))


def test_runs_are_plain_futures(lesson: Callable[[str], Lesson]) -> None:
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


def test_any_executor_can_stand_behind_a_sweep(lesson: Callable[[str], Lesson]) -> None:
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


def test_failing_engine_fails_the_runs_only(lesson: Callable[[str], Lesson]) -> None:
    sweep = Sweep(SweepStore().create(make_plan(lesson(QUICK), {"rate": (0.1, 0.2)})), Broken())
    sweep.start()
    sweep.poll()
    assert sweep.over
    assert [run.cause for run in sweep.runs] == ["No engine. It is not there."] * 2


class DeadServer(ForkServer):
    """A fork server that takes requests and then turns out to be broken."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Path] = []

    def start_run(self, folder: Path) -> None:
        self.requests.append(folder)

    def poll(self) -> list[Any]:
        return []


def test_broken_server_fails_what_waits_without_trying(lesson: Callable[[str], Lesson]) -> None:
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


def test_slots_one_a_gpu_and_one_a_core() -> None:
    cpu = Device("cpu", "CPU", 0, "", 1, 1, cores=4)
    gpus = [Device(f"gpu:{n}", "A100", n, f"GPU-{n}", 1, 1) for n in range(2)]
    assert make_slots([cpu]) == (Slot(),) * 4
    assert make_slots([cpu], jobs=2) == (Slot(),) * 2
    assert make_slots([cpu], jobs=9) == (Slot(),) * 9
    assert make_slots(gpus) == (Slot("gpu:0", "GPU-0"), Slot("gpu:1", "GPU-1"))
    assert make_slots(gpus, jobs=9) == make_slots(gpus), "a GPU has room for one"
    assert make_slots(gpus, jobs=1) == (Slot("gpu:0", "GPU-0"),)
    assert make_slots([cpu, *gpus], jobs=3) == (*make_slots(gpus), Slot())


def test_slot_gives_the_request_its_device(lesson: Callable[[str], Lesson]) -> None:
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


def test_too_many_runs_are_refused(lesson: Callable[[str], Lesson]) -> None:
    values = {"rate": [n / 100 for n in range(1, 101)], "steps": range(1, 101)}
    with pytest.raises(Problem, match="10,000 runs"):
        make_plan(lesson(QUICK), values)
    assert len(make_plan(lesson(QUICK), values, budget=20).points) == 20
    assert MOST_RUNS < 10_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("loss", ("loss", False)),
        ("val_loss", ("val_loss", False)),
        ("val_accuracy", ("val_accuracy", True)),
        ("a/auc", ("a/auc", True)),
        ("loss:max", ("loss", True)),
        ("accuracy:min", ("accuracy", False)),
    ],
)
def test_metrics_and_which_way_they_rank(text: str, found: tuple[str, bool]) -> None:
    assert metric_order(text) == found


def test_long_curve_keeps_its_ends_and_extremes() -> None:
    series = Series("loss")
    values = [math.sin(n / 50) for n in range(100_000)]
    values[70_001] = 9.0
    values[70_002] = math.nan
    series.extend(range(100_000), values)
    steps, kept = brief(series)
    assert len(kept) < 1000
    assert (steps[0], steps[-1]) == (0, 99_999)
    assert 9.0 in kept
    assert any(map(math.isnan, kept))


def test_durations_as_people_say_them() -> None:
    assert [duration(n) for n in (0.2, 8, 60, 200, 7500)] == [
        "1 s",
        "8 s",
        "1 min",
        "3 min 20 s",
        "2 h 5 min",
    ]
