"""Sixteen runs of the linear classifier: as a sweep, as scripts in a row, in a process pool.

The scripts are copies of the lesson with another learning rate written in; so are the files that
the pool runs, in workers that import TensorFlow once each. "From cold" starts with no TensorFlow
loaded anywhere, as `tflab sweep` does; "TensorFlow loaded" is what an open workbench has. Memory is
the highest sum over all processes, shared pages counted once (PSS), of a run of its own, so that
looking does not slow the timed ones. Everything that computes uses as many processes as ours.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import psutil

from benchmarks.figure import Budget, Figure, in_turn, show
from benchmarks.workbench import data_folder
from tflab.programs.library import resolve
from tflab.programs.reader import read_program
from tflab.programs.sweep_values import parse_sweep_values
from tflab.sweeps.plan import make_plan
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep
from tflab.targets.fork_server import ForkServer
from tflab.targets.placement import Slot
from tflab.targets.run_executor import RunExecutor

TITLE = "Sixteen runs of the linear classifier"
RATES = "0.01..0.13 lin 16"
_DEFAULT = "] = 0.1\n"
_LOOK_SECONDS = 0.2

Command = Sequence[str]


def measure(rounds: int = 3) -> list[Figure]:
    """Let the sweep, the pool and the scripts take turns; then weigh each of them once."""
    with data_folder() as data:
        paths = copies_of_lesson(data.parent / "copies")
        jobs = os.cpu_count() or 1
        ours = [sys.executable, "-m", "tflab", "sweep", "linear-classifier", "--json"]
        ours += ["-p", f"learning_rate={RATES.replace(' ', ':')}", "--jobs", str(jobs)]
        pool = [sys.executable, "-m", "benchmarks.peers.pool_sweep", str(jobs), *map(str, paths)]
        scripts = [[sys.executable, str(path)] for path in paths]
        with closing(ForkServer()) as server:
            _wait_until_ready(server)
            cases: dict[str, Callable[[], float]] = {
                "warm": lambda: _warm(server, jobs),
                "cold": lambda: _timed([ours]),
                "pool": lambda: _timed([pool]),
                "scripts": lambda: _timed(scripts),
            }
            took = in_turn(cases, rounds)
        weighed = {"cold": _weighed(ours), "pool": _weighed(pool), "script": _weighed(scripts[0])}
    beside_scripts, beside_pool = ("scripts in a row", took["scripts"]), ("pool", took["pool"])
    memory = [weighed["cold"]]
    return [
        Figure("from cold", "s", took["cold"], *beside_scripts, Budget(0.2, ratio=True)),
        Figure("from cold", "s", took["cold"], *beside_pool, Budget(1.1, ratio=True)),
        Figure("TensorFlow loaded", "s", took["warm"], *beside_pool, Budget(0.5, ratio=True)),
        Figure("memory", "MB", memory, "pool", [weighed["pool"]], Budget(0.75, ratio=True)),
        Figure("memory", "MB", memory, "one script", [weighed["script"]], Budget(1.6, ratio=True)),
    ]


def copies_of_lesson(folder: Path) -> list[Path]:
    """Write the lesson once for each learning rate."""
    folder.mkdir()
    path = resolve("linear-classifier")
    source = path.read_text(encoding="utf-8")
    assert source.count(_DEFAULT) == 1, "the learning rate is no longer written as it was"
    parameter = read_program(path).parameter("learning_rate")
    assert parameter is not None
    copies = []
    for rate in parse_sweep_values(parameter, RATES):
        copies.append(folder / f"rate_{rate:.4f}.py")
        copies[-1].write_text(source.replace(_DEFAULT, f"] = {rate!r}\n"), encoding="utf-8")
    return copies


def _warm(server: ForkServer, jobs: int) -> float:
    lesson = read_program(resolve("linear-classifier"))
    parameter = lesson.parameter("learning_rate")
    assert parameter is not None
    began = time.perf_counter()
    plan = make_plan(lesson, {"learning_rate": parse_sweep_values(parameter, RATES)}).placed(
        ["cpu"], jobs
    )
    executor = RunExecutor([Slot()] * jobs, server=lambda: server, threaded=False)
    sweep = Sweep(SweepStore().create(plan), executor)
    sweep.start()
    while not sweep.over:
        server.poll()
        sweep.poll()
        executor.wait()
    assert sweep.count("finished") == len(sweep.runs), "every run has to finish"
    return time.perf_counter() - began


def _timed(commands: Sequence[Command]) -> float:
    began = time.perf_counter()
    for command in commands:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def _weighed(command: Command) -> float:
    """Return the highest memory of a command and all that it starts, in megabytes."""
    most = 0.0
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        family = psutil.Process(process.pid)
        while process.poll() is None:
            most = max(most, sum(map(_memory, [family, *_children(family)])))
            time.sleep(_LOOK_SECONDS)
        assert process.returncode == 0
    return most / 1e6


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


def _memory(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss)
    except psutil.Error:
        return 0.0


def _wait_until_ready(server: ForkServer) -> None:
    server.start()
    while server.phase != "ready":
        assert server.problem is None, server.problem
        server.poll()
        time.sleep(0.01)


if __name__ == "__main__":
    show(TITLE, measure())
