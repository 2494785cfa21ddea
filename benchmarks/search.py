"""A search with early stopping beside the grid of the same space: its best, and the steps it took.

The best counts as the same where it is at most 5 % worse than the grid's. Steps are those that the
runs logged, the ones of runs that were stopped early included. Each search has another seed; the
runs themselves have the same seed everywhere, so a grid gives the same each time and is run once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.figure import Budget, Figure, show
from benchmarks.workbench import data_folder
from tflab.programs.library import resolve
from tflab.programs.program import Program
from tflab.programs.reader import read_program
from tflab.programs.search_values import parse_search_values
from tflab.sweeps.plan import make_plan
from tflab.sweeps.search import Wish
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep
from tflab.targets.fork_server import ForkServer
from tflab.targets.placement import Slot
from tflab.targets.run_executor import RunExecutor

TITLE = "A search (TPE, runs stopped early) beside the grid of the same space"
KERAS = Path(__file__).parent / "peers" / "moons_script.py"
SAME = 1.05
STEPS = 0.4
_GRID = Wish()


class Case(NamedTuple):
    """A program, its metric, and the same space as a grid and as ranges."""

    name: str
    path: Path
    metric: str
    grid: Mapping[str, str]
    ranges: Mapping[str, str]
    trials: int


class Outcome(NamedTuple):
    """The best metric of a sweep, and the steps of all of its runs."""

    best: float
    steps: float


def cases() -> list[Case]:
    """Return what is searched."""
    lesson = {"learning_rate": "0.001..3 log 10", "samples_per_class": "10..1000 log 5"}
    open_lesson = {"learning_rate": "0.001..3 log", "samples_per_class": "10..1000 log"}
    keras = {"learning_rate": "0.0001..1 log 8", "units": "2..64 log 5"}
    open_keras = {"learning_rate": "0.0001..1 log", "units": "2..64 log"}
    classifier = resolve("linear-classifier")
    return [
        Case("classifier lesson", classifier, "loss", lesson, open_lesson, 18),
        Case("small Keras model", KERAS, "val_loss", keras, open_keras, 15),
    ]


def measure(seeds: int = 5) -> list[Figure]:
    """Run each grid once, and a search of its space for each seed."""
    figures: list[Figure] = []
    with data_folder(), closing(ForkServer()) as server:
        server.start()
        while server.phase != "ready":
            assert server.problem is None, server.problem
            server.poll()
            time.sleep(0.01)
        for case in cases():
            program = read_program(case.path)
            grid = _run(server, program, case.metric, case.grid, _GRID)
            wishes = [Wish("tpe", case.trials, seed, "percentile") for seed in range(seeds)]
            found = [_run(server, program, case.metric, case.ranges, wish) for wish in wishes]
            best, steps = [one.best for one in found], [one.steps for one in found]
            figures += [
                Figure(
                    f"{case.name}: best {case.metric}",
                    "",
                    best,
                    "grid",
                    [grid.best],
                    Budget(SAME, ratio=True),
                ),
                Figure(
                    f"{case.name}: steps",
                    "steps",
                    steps,
                    "grid",
                    [grid.steps],
                    Budget(STEPS, ratio=True),
                ),
            ]
    return figures


def _run(
    server: ForkServer, program: Program, metric: str, texts: Mapping[str, str], wish: Wish
) -> Outcome:
    fields: dict[str, Any] = {
        p.name: parse_search_values(p, texts[p.name]) for p in program.parameters if p.name in texts
    }
    slots = [Slot()] * (os.cpu_count() or 1)
    plan = make_plan(program, fields, metric=f"{metric}:min", wish=wish)
    executor = RunExecutor(slots, server=lambda: server, threaded=False)
    sweep = Sweep(SweepStore().create(plan.placed(["cpu"], len(slots))), executor)
    sweep.start()
    while not sweep.over:
        server.poll()
        sweep.poll()
        executor.wait()
    sweep.close()
    assert sweep.best is not None, "a run has to finish"
    assert sweep.best.mean is not None
    curves = [run.curve(metric) for run in sweep.runs]
    return Outcome(sweep.best.mean, float(sum(len(c.steps) for c in curves if c is not None)))


if __name__ == "__main__":
    note = "ours: the median over five seeds, with the least and the greatest. Fewer is better."
    show(TITLE, measure(), note)
