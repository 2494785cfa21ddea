"""Runs through a real Slurm on this machine: watched, stopped, ended by the queue, found again."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from tests.targets.slurm_cluster import CPUS, NoSlurmError, SlurmCluster, slurm_cluster
from tests.targets.watched_sweep import watch_sweep
from tests.terminal.conftest import OpenApp
from tflab.programs.reader import read_program
from tflab.runs.job import read_job
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.session.continuing import continuation_of
from tflab.sweeps.plan import make_plan
from tflab.sweeps.search import Wish
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep, open_sweep
from tflab.targets.engine import QueueFullError
from tflab.targets.engines import engine_of
from tflab.targets.live_run import LiveRun
from tflab.targets.placement import Slot
from tflab.targets.requests import new_request
from tflab.targets.run_executor import RunExecutor
from tflab.targets.runner import begin, stop_job
from tflab.targets.server_pool import OWN, ServerPlace
from tflab.targets.slurm import Slurm
from tflab.targets.target import make_sure, try_target
from tflab.targets.target_file import SlurmTarget, Target
from tflab.targets.target_host import TargetHost

_SECONDS = 60.0
_LOOP = """\
import time
from tflab import lab
rate = 0.1
for step in lab.track(range({steps})):
    lab.log(step, loss=rate / (step + 1))
    time.sleep(0.05)
"""
_FULL = "The queue takes no more now: Slurm says: Slurm temporarily unable to accept job"
_HIDDEN = 'mount -t tmpfs none "$0" && exec "$@"'
_POOR = """\
import time
from tflab import lab
rate = 0.1
for step in range(2000 if rate > 5 else 50):
    lab.log(step, loss=rate)
    if rate > 5:
        time.sleep(0.05)
"""
_KEPT = """\
import time
from pathlib import Path
import numpy as np
from tflab import lab
rate = 0.1
weights, noise = np.zeros(8), np.random.default_rng(7)
kept = lab.checkpoint(every=2, weights=weights, noise=noise)
for step in kept.steps(12):
    weights += rate * (noise.normal(size=8) - weights)
    lab.log(step, loss=float(np.square(weights).sum()))
    while step == 7 and not Path({gate!r}).exists():
        time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def queue() -> Iterator[SlurmCluster]:
    """A queue for the module: its daemons take seconds to start."""
    try:
        with slurm_cluster() as found:
            yield found
    except NoSlurmError as reason:
        pytest.skip(f"engine: Slurm cannot be had on this machine. {reason}")


@pytest.fixture
def program(tmp_path: Path) -> Callable[[int], Path]:
    def write(steps: int) -> Path:
        path = tmp_path / "loop.py"
        path.write_text(_LOOP.format(steps=steps))
        return path

    return write


def target(queue: SlurmCluster, partition: str = "debug", **more: object) -> SlurmTarget:
    return SlurmTarget(
        name="queue",
        partition=partition,
        commands=str(queue.commands),
        **more,  # type: ignore[arg-type]
    )


class Handed:
    """A run that was handed to a target, and what takes it there."""

    def __init__(
        self,
        target: Target,
        path: Path,
        place: ServerPlace = OWN,
        request: RunRequest | None = None,
    ) -> None:
        self.host = TargetHost(engine_of(target), place)
        self.host.start()
        made = new_request(read_program(path), {"rate": 0.1}, target=target.name)
        self.live = begin(self.host, RunStore(), request or made)

    def until(self, good: Callable[[LiveRun], object]) -> LiveRun:
        end = time.monotonic() + _SECONDS
        while not good(self.live):
            self.host.poll()
            if not self.live.advance():
                time.sleep(0.03)
            state = self.live.state
            assert time.monotonic() < end, (state.status, state.queued, state.ended)
        return self.live

    def over(self) -> LiveRun:
        return self.until(lambda live: live.over)


def running(live: LiveRun) -> bool:
    return live.state.started is not None and live.state.points > 3


def test_sweep_goes_on_when_a_full_queue_has_room(
    queue: SlurmCluster, program: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one: jobs that are over take room for five minutes."""
    monkeypatch.setattr("tflab.targets.target_host._FULL_SECONDS", 0.5)
    plan = make_plan(read_program(program(3)), {"rate": [n / 10 for n in range(4)]})
    plan = structs.replace(plan, each=replace(plan.each, target="queue"))
    make = lambda: TargetHost(Slurm(target(queue)))  # noqa: E731
    sweep = Sweep(SweepStore().create(plan), RunExecutor([Slot()] * 4, threaded=False, make=make))
    words: set[str] = set()
    end = time.monotonic() + _SECONDS

    def follow(good: Callable[[], object]) -> None:
        while not good():
            sweep.poll()
            words.update(run.live.state.queued for run in sweep.runs if run.live is not None)
            time.sleep(0.03)
            assert time.monotonic() < end, [run.status for run in sweep.runs]

    with queue.settings(MaxJobCount=3, MaxArraySize=3):
        sweep.start()
        follow(lambda: sweep.count("finished") and any(_FULL in text for text in words))
        assert sweep.count("queued")
    follow(lambda: sweep.over)
    sweep.close()
    assert sweep.count("finished") == 4, [run.cause for run in sweep.runs]
    jobs = [read_job(RunStore().folder(run.id)) for run in sweep.runs]
    assert len({job.id.partition("_")[0] for job in jobs if job}) > 1, "in several parts"


def test_sweep_of_sixteen_outlives_its_workbench(
    queue: SlurmCluster, program: Callable[[int], Path]
) -> None:
    plan = make_plan(read_program(program(12)), {"rate": [n / 10 for n in range(16)]})
    plan = structs.replace(plan, each=replace(plan.each, target="queue"))
    executor = RunExecutor(
        [Slot()] * 16, threaded=False, make=lambda: TargetHost(Slurm(target(queue)))
    )
    sweep = Sweep(SweepStore().create(plan), executor)
    sweep.start()
    end = time.monotonic() + _SECONDS
    seen: set[str] = set()
    while sweep.count("running") < 2:
        sweep.poll()
        seen |= {run.status for run in sweep.runs}
        assert time.monotonic() < end
    assert "queued" in seen
    going = next(run for run in sweep.runs if run.status == "running")
    sweep.stop(going)
    while not going.over:
        sweep.poll()
        assert time.monotonic() < end
    sweep.close()
    jobs = [read_job(RunStore().folder(run.id)) for run in sweep.runs]
    assert len({job.id.partition("_")[0] for job in jobs if job}) == 1, "one array for all"

    again = open_sweep(sweep.id)
    while not again.over:
        again.poll()
        time.sleep(0.03)
        assert time.monotonic() < end
    assert (again.count("finished"), again.count("cancelled")) == (15, 1)
    finished = [run for run in again.runs if run.status == "finished"]
    assert all(run.value("loss") is not None for run in finished)


def test_sweep_of_sixteen_watched_in_the_workbench(
    queue: SlurmCluster, open_app: OpenApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f'[queue]\nengine = "slurm"\npartition = "debug"\ncommands = "{queue.commands}"\n'
    (tmp_path / "targets.toml").write_text(text)
    monkeypatch.setenv("TFLAB_CONFIG", str(tmp_path))
    place = r"\d+(st|nd|rd|th) in line for debug: .*\((Resources|Priority)\)"
    watch_sweep(open_app, tmp_path, "queue", CPUS, place)


def test_run_that_waits_says_why_and_leaves_the_queue_when_it_is_stopped(
    queue: SlurmCluster, program: Callable[[int], Path]
) -> None:
    handed = Handed(target(queue, "down"), program(5))
    live = handed.until(lambda live: "in line" in live.state.queued)
    assert live.state.status == "queued"
    assert live.state.queued == "1st in line for down: the partition is down (PartitionDown)"
    assert RunStore().load(live.record.id).status == "queued", "for whoever lists runs too"
    stop_job(live.record, live.folder)
    assert handed.over().state.status == "cancelled"
    assert not queue.ask("squeue", "-h", "-p", "down")


def test_queue_that_takes_the_machine_back_is_told(
    queue: SlurmCluster, program: Callable[[int], Path]
) -> None:
    handed = Handed(target(queue), program(2000))
    handed.until(running)
    take_the_machine(queue)
    ended = handed.over().state.ended
    assert ended is not None
    assert (ended.state, "pre-emption" in ended.cause) == ("lost", True), ended
    assert "tflab resume" in ended.next_step


def test_training_that_lost_its_machine_goes_on_to_the_same_result(
    queue: SlurmCluster, tmp_path: Path
) -> None:
    path, gate = tmp_path / "kept.py", tmp_path / "gate"
    path.write_text(_KEPT.format(gate=str(gate)))
    broken = Handed(target(queue), path)
    broken.until(lambda live: live.state.points > 7)
    take_the_machine(queue)
    assert broken.over().state.status == "lost"
    gate.touch()
    whole = Handed(target(queue), path)
    found = continuation_of(RunStore(), broken.live.record.id)
    assert (found.request.target, found.finished) == ("queue", False)
    later = Handed(target(queue), path, request=found.request).over().state
    wanted = whole.over().state.series["loss"]
    assert (later.status, later.error) == ("finished", None)
    assert list(later.series["loss"].steps) == list(range(12))
    assert list(later.series["loss"].values) == list(wanted.values)
    assert later.series["loss"].seams, "it shows as one curve with a seam"


def test_poor_run_of_a_search_is_stopped_early_in_the_queue(
    queue: SlurmCluster, tmp_path: Path
) -> None:
    run = prune_one(lambda: TargetHost(Slurm(target(queue))), "queue", tmp_path, 6)
    job = read_job(RunStore().folder(run))
    assert job is not None
    end = time.monotonic() + _SECONDS
    while state_of(queue, job.id) in ("RUNNING", "COMPLETING"):
        assert time.monotonic() < end, "the queue has it no more"


def prune_one(make: Callable[[], TargetHost], name: str, folder: Path, jobs: int) -> str:
    """Have a search of six runs on a target stop the one that is poor; return its id."""
    pytest.importorskip("optuna")
    path = folder / "poor.py"
    path.write_text(_POOR)
    plan = make_plan(
        read_program(path),
        {"rate": [0.1, 0.2, 0.3, 0.4, 0.5, 9.5]},
        wish=Wish("grid", None, 0, "median"),
    ).placed(["cpu"], jobs)
    plan = structs.replace(plan, each=replace(plan.each, target=name))
    sweep = Sweep(
        SweepStore().create(plan), RunExecutor([Slot()] * jobs, threaded=False, make=make)
    )
    sweep.start()
    end = time.monotonic() + _SECONDS
    while not sweep.over:
        sweep.poll()
        time.sleep(0.02)
        assert time.monotonic() < end, [run.status for run in sweep.runs]
    sweep.close()
    poor = sweep.runs[-1]
    assert [run.status for run in sweep.runs] == ["finished"] * 5 + ["pruned"]
    assert "Stopped early: loss" in poor.cause
    assert RunStore().load(poor.id).status == "pruned"
    return poor.id


def state_of(queue: SlurmCluster, job: str) -> str:
    return queue.ask("squeue", "-h", "--states=all", "-j", job, "-o", "%T")


def take_the_machine(queue: SlurmCluster) -> None:
    """Put a job into the queue that needs all of the node and goes first."""
    queue.ask("sbatch", "-p", "first", "-n", str(CPUS), "-o", "/dev/null", "--wrap", "true")


def test_time_limit_is_told(queue: SlurmCluster, program: Callable[[int], Path]) -> None:
    handed = Handed(target(queue), program(4000))
    live = handed.until(running)
    job = read_job(live.folder)
    assert job is not None
    queue.ask("scontrol", "update", f"jobid={job.id}", "EndTime=now+1")
    ended = handed.over().state.ended
    assert ended is not None
    assert (ended.state, ended.cause) == ("failed", "Slurm ended it at its time limit.")
    assert "`time`" in ended.next_step


def test_job_that_cannot_begin_its_run_is_told(
    queue: SlurmCluster, program: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tflab.targets.job_follower._QUIET_SECONDS", 1.0)
    handed = Handed(target(queue), program(5), ServerPlace("/nowhere/bin/python"))
    ended = handed.over().state.ended
    assert ended is not None
    assert ended.state == "failed"
    assert "/nowhere/bin/python: No such file" in ended.cause


def test_refused_run_says_what_slurm_says(
    queue: SlurmCluster, program: Callable[[int], Path]
) -> None:
    ended = Handed(target(queue, "nope"), program(5)).over().state.ended
    assert ended is not None
    assert ended.state == "failed"
    assert "invalid partition specified: nope" in ended.cause
    assert "[queue] in targets.toml" in ended.next_step


def test_probe_tells_of_each_machine(queue: SlurmCluster) -> None:
    [report] = try_target(target(queue), patience=_SECONDS)
    assert (report.problem, report.remarks) == (None, ())
    place = ServerPlace("/nowhere/bin/python")
    [report] = Slurm(target(queue)).probe(place, _SECONDS)
    assert report.problem is not None
    assert "/nowhere/bin/python" in report.problem.cause


def test_full_queue_is_asked_again(
    tmp_path: Path, program: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tflab.targets.target_host._FULL_SECONDS", 0.2)
    commands = tmp_path / "commands"
    commands.mkdir()
    text = "Slurm temporarily unable to accept job, sleeping and retrying."
    sbatch = commands / "sbatch"
    sbatch.write_text(f"#!/bin/sh\necho 'sbatch: error: {text}' >&2\nexit 1\n")
    sbatch.chmod(0o755)
    full = SlurmTarget(name="queue", commands=str(commands))
    with pytest.raises(QueueFullError):
        Slurm(full).submit([tmp_path], OWN)
    handed = Handed(full, program(5))
    live = handed.until(lambda live: "takes no more" in live.state.queued)
    assert live.state.status == "queued"
    sbatch.write_text("#!/bin/sh\ncat >/dev/null\necho 7\n")
    handed.until(lambda live: read_job(live.folder) is not None)


@pytest.mark.parametrize("way", ["requeue", "requeuehold"])
def test_run_whose_job_is_put_back_is_told_and_not_begun_again(
    queue: SlurmCluster, program: Callable[[int], Path], way: str
) -> None:
    handed = Handed(target(queue, options=("--requeue",)), program(2000))
    live = handed.until(running)
    job = read_job(live.folder)
    assert job is not None
    queue.ask("scontrol", way, job.id)
    ended = handed.over().state.ended
    assert ended is not None
    assert (ended.state, "put back into the queue" in ended.cause) == ("lost", True), ended
    before = (live.folder / "events.jsonl").read_bytes()
    end = time.monotonic() + _SECONDS
    while (state := state_of(queue, job.id)) in ("PENDING", "RUNNING", "COMPLETING"):
        if state == "PENDING":
            queue.ask("scontrol", "release", job.id)
            queue.ask("scontrol", "update", f"jobid={job.id}", "StartTime=now")
        assert time.monotonic() < end, state
    assert (live.folder / "events.jsonl").read_bytes() == before, "the second job writes nothing"


def test_node_without_the_data_folder_is_told_before_a_run_starts(
    queue: SlurmCluster,
    data: Path,
    program: Callable[[int], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tflab.targets.job_follower._QUIET_SECONDS", 1.0)
    data.mkdir(exist_ok=True)
    hidden = ("unshare", "--mount", "sh", "-c", _HIDDEN, str(data))
    if subprocess.run([*hidden, "true"], capture_output=True, check=False).returncode:
        pytest.skip("No mounts may be made here.")
    queue.end("slurmd")
    try:
        queue.start(*hidden)
        with pytest.raises(Problem, match="does not share the data folder") as raised:
            make_sure(target(queue), OWN)
        assert str(data) in raised.value.cause
        assert "Set TFLAB_DATA" in raised.value.next_step
        ended = Handed(target(queue), program(5)).over().state.ended
        assert ended is not None
        assert (ended.state, "may not see the data folder" in ended.cause) == ("failed", True)
    finally:
        queue.end("slurmd")
        queue.start()


def test_lost_scheduler_loses_no_run_and_a_dead_node_is_told(
    queue: SlurmCluster, program: Callable[[int], Path]
) -> None:
    """The last one: it ends the daemons."""
    handed = Handed(target(queue), program(60))
    handed.until(running)
    queue.end("slurmctld")
    assert handed.over().state.status == "finished", "the log is the data path"
    queue.start()

    handed = Handed(target(queue), program(4000))
    handed.until(running)
    lose_the_node(queue)
    ended = handed.over().state.ended
    assert ended is not None
    assert (ended.state, ended.cause) == ("lost", "The node that it ran on failed."), ended


def test_run_whose_dead_node_gives_its_job_back_is_told(
    queue: SlurmCluster, program: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends the daemons too."""
    monkeypatch.setattr("tflab.targets.job_follower._QUIET_SECONDS", 1.0)
    queue.start()
    handed = Handed(target(queue, options=("--requeue",)), program(4000))
    live = handed.until(running)
    lose_the_node(queue)
    ended = handed.over().state.ended
    assert ended is not None
    assert (ended.state, "put back into the queue" in ended.cause) == ("lost", True), ended
    assert live.state.seconds is not None


def lose_the_node(queue: SlurmCluster) -> None:
    """End the node's daemon and all that it looks after, and have Slurm find it out at once."""
    steps = queue.steps()
    queue.end("slurmd")
    families = [child for step in steps for child in step.children(recursive=True)]
    for process in [*steps, *families]:
        process.kill()
    node = queue.ask("sinfo", "-h", "-o", "%n")
    queue.ask("scontrol", "update", f"nodename={node}", "state=down", "reason=dead")
