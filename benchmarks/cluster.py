"""Sixteen runs of a lesson through Slurm and Dask, beside the engines' bare submission.

Bare is the same lesson as sixteen scripts, handed to the same engine by its own means: one array of
`sbatch`, or `subprocess.call` of each by a Dask client. Slurm is one node, this machine; Dask has
as many workers as there are cores. Both ends of what is timed are there already: a queue, workers.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from msgspec import structs

from benchmarks.figure import Budget, Figure, in_turn, show
from benchmarks.sweep import RATES, copies_of_lesson
from benchmarks.workbench import data_folder
from tests.targets.slurm_cluster import NoSlurmError, SlurmCluster, slurm_cluster
from tflab.programs.library import resolve
from tflab.programs.reader import read_program
from tflab.programs.sweep_values import parse_sweep_values
from tflab.sweeps.plan import make_plan
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep
from tflab.targets.dask_engine import Dask
from tflab.targets.engine import Engine
from tflab.targets.placement import Slot
from tflab.targets.run_executor import RunExecutor
from tflab.targets.slurm import Slurm
from tflab.targets.target_file import DaskTarget, SlurmTarget
from tflab.targets.target_host import TargetHost

TITLE = "Sixteen runs through Slurm and Dask, each on this one machine"
_CORES = os.cpu_count() or 1
_PAUSE = 0.05


def measure(rounds: int = 2) -> list[Figure]:
    """Let each engine's bare submission and ours take turns, as far as the engines can be had."""
    figures: list[Figure] = []
    with data_folder() as data, ExitStack() as stack:
        scripts = copies_of_lesson(data.parent / "copies")
        try:
            queue = stack.enter_context(slurm_cluster(_CORES))
        except NoSlurmError as reason:
            print(f"Slurm is not measured. {reason}", file=sys.stderr)
        else:
            target = SlurmTarget(name="queue", commands=str(queue.commands))
            cases: dict[str, Callable[[], float]] = {
                "ours": lambda: _ours(lambda: Slurm(target)),
                "bare": lambda: _bare_slurm(queue, scripts),
            }
            figures.append(_figure("Slurm", in_turn(cases, rounds)))
        figures.append(_figure("Dask", _dask(stack, scripts, rounds)))
    return figures


def _figure(engine: str, took: dict[str, list[float]]) -> Figure:
    limit = Budget(1.1, ratio=True)
    return Figure(f"through {engine}", "s", took["ours"], "bare submission", took["bare"], limit)


def _dask(stack: ExitStack, scripts: list[Path], rounds: int) -> dict[str, list[float]]:
    from distributed import Client, LocalCluster

    cluster = stack.enter_context(
        LocalCluster(
            n_workers=_CORES, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        )
    )
    client = stack.enter_context(Client(cluster))
    target = DaskTarget(name="workers", scheduler=cluster.scheduler_address)
    cases = {
        "ours": lambda: _ours(lambda: Dask(target)),
        "bare": lambda: _bare_dask(client, scripts),
    }
    return in_turn(cases, rounds)


def _ours(engine: Callable[[], Engine]) -> float:
    lesson = read_program(resolve("linear-classifier"))
    parameter = lesson.parameter("learning_rate")
    assert parameter is not None
    began = time.perf_counter()
    plan = make_plan(lesson, {"learning_rate": parse_sweep_values(parameter, RATES)})
    plan = structs.replace(plan, each=replace(plan.each, target="engine"))
    slots = [Slot()] * len(plan.points)
    executor = RunExecutor(slots, threaded=False, make=lambda: TargetHost(engine()))
    sweep = Sweep(SweepStore().create(plan), executor)
    sweep.start()
    while not sweep.over:
        sweep.poll()
        executor.wait()
    took = time.perf_counter() - began
    assert sweep.count("finished") == len(sweep.runs), "every run has to finish"
    sweep.close()
    return took


def _bare_slurm(queue: SlurmCluster, scripts: list[Path]) -> float:
    files = "\n".join(shlex.quote(str(script)) for script in scripts)
    python = shlex.quote(sys.executable)
    text = f"#!/bin/bash\nfiles=(\n{files}\n)\nexec {python} ${{files[$SLURM_ARRAY_TASK_ID]}}\n"
    began = time.perf_counter()
    last = len(scripts) - 1
    queue.ask("sbatch", f"--array=0-{last}", "--ntasks=1", "--output=/dev/null", text=text)
    while queue.ask("squeue", "--noheader"):
        time.sleep(_PAUSE)
    return time.perf_counter() - began


def _bare_dask(client: Any, scripts: list[Path]) -> float:
    began = time.perf_counter()
    quiet = ["sh", "-c", 'exec "$@" >/dev/null 2>&1', "sh", sys.executable]
    words = [[*quiet, str(script)] for script in scripts]
    codes = client.gather(client.map(subprocess.call, words, pure=False))
    assert not any(codes), "every script has to finish"
    return time.perf_counter() - began


if __name__ == "__main__":
    show(TITLE, measure())
