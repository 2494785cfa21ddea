"""What a sweep is to do: the values of each field, the runs they make, the metric that ranks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tflab.programs.code_cells import code_cells, command_options
from tflab.programs.parameters import format_value
from tflab.programs.program import Program
from tflab.programs.sweep_values import grid, grid_count, sample
from tflab.runs.metrics import higher_is_better
from tflab.runs.record import (
    LARGEST_SEED,
    CodeCell,
    CommandOption,
    EditedCell,
    Problem,
    RunOptions,
    RunRequest,
)

MOST_RUNS = 5000
"""Runs in one sweep."""


class Point(msgspec.Struct, frozen=True):
    """The values and the seed of one run."""

    parameters: dict[str, Any]
    seed: int


class SweepPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A sweep before it runs; nothing in it changes afterwards.

    Attributes:
        lesson, title, path, source, cells, command, original, edits: As in a `RunRequest`; older
            sweeps kept no cells.
        fields: The values of every parameter of the lesson.
        points: One for each run. The repeats of the same values stand side by side.
        repeat: Runs of the same values, each with the next seed.
        sample: How many combinations were drawn at random, or None for the whole grid.
        sample_seed: Decided which.
        metric: Tag of the series, or name of the result, that ranks the runs.
        larger: Whether a larger metric is better.
        devices: Keys of the devices it may use.
        jobs: Runs at once.
        options: How much of a shared machine each run may take.
        python: The interpreter that the runs are to have; empty for our own.
    """

    lesson: str
    title: str
    path: str
    source: str
    fields: dict[str, list[Any]]
    points: list[Point]
    cells: tuple[CodeCell, ...] = ()
    command: tuple[CommandOption, ...] = ()
    original: str = ""
    edits: tuple[EditedCell, ...] = ()
    repeat: int = 1
    sample: int | None = None
    sample_seed: int = 0
    metric: str = "loss"
    larger: bool = False
    devices: list[str] = []
    jobs: int = 1
    options: RunOptions = RunOptions()
    python: str = ""

    @property
    def varied(self) -> list[str]:
        """Names of the parameters that have more than one value."""
        return [name for name, values in self.fields.items() if len(values) > 1]

    @property
    def shown(self) -> list[str]:
        """Names of the parameters that a table shows: those that vary, or else the first one."""
        return self.varied or list(self.fields)[:1]

    @property
    def about(self) -> str:
        """How many runs over which parameters, such as `6 runs over rate, steps`."""
        count = len(self.points)
        over = ", ".join(self.varied) or "one combination"
        return f"{count:,} run{'s' if count != 1 else ''} over {over}"

    def label(self, point: Point) -> str:
        """Return what tells a run from the others, such as `rate=0.1, seed=2`."""
        words = [f"{name}={format_value(point.parameters[name])}" for name in self.shown]
        return ", ".join([*words, f"seed={point.seed}"] if self.repeat > 1 else words)

    def request(self, point: Point) -> RunRequest:
        """Return what to ask for one run; its device comes with its slot."""
        return RunRequest(
            lesson=self.lesson,
            title=self.title,
            path=self.path,
            source=self.source,
            parameters=point.parameters,
            cells=self.cells,
            command=self.command,
            original=self.original,
            edits=self.edits,
            seed=point.seed,
            python=self.python,
            **dataclasses.asdict(self.options),
        )


def make_plan(
    lesson: Program,
    fields: Mapping[str, Sequence[Any]],
    *,
    seed: int = 0,
    repeat: int = 1,
    budget: int | None = None,
    sample_seed: int = 0,
    metric: str = "loss",
    devices: Sequence[str] = ("cpu",),
    jobs: int = 1,
    options: RunOptions | None = None,
    python: str = "",
) -> SweepPlan:
    """Plan the runs of a grid, or of a random sample of it.

    Args:
        lesson: The lesson to run.
        fields: Checked values by parameter; the others keep their default.
        seed: Seed of the first repeat.
        repeat: Runs of each combination, with the seeds `seed`, `seed + 1` and so on.
        budget: Combinations to draw at random; None takes them all.
        sample_seed: Decides which combinations are drawn.
        metric: What ranks the runs: a name, or a name with `:min` or `:max`.
        devices: Keys of the devices it may use.
        jobs: Runs at once.
        options: How much of a shared machine each run may take; None for no limits.
        python: The interpreter that the runs are to have; empty for our own.

    Raises:
        Problem: When there would be more than `MOST_RUNS` runs, or a seed that is too large.
    """
    axes = {p.name: list(fields.get(p.name, (p.default,))) for p in lesson.parameters}
    _check_count(run_count(axes, repeat, budget))
    _check_seeds(seed, repeat)
    chosen = grid(axes) if budget is None else sample(axes, budget, sample_seed)
    name, larger = metric_order(metric)
    return SweepPlan(
        lesson=lesson.id,
        title=lesson.title,
        path=str(lesson.path),
        source=lesson.source,
        cells=code_cells(lesson),
        command=command_options(lesson),
        original=lesson.original,
        edits=lesson.edits,
        fields=axes,
        points=[Point(values, seed + turn) for values in chosen for turn in range(repeat)],
        repeat=repeat,
        sample=budget,
        sample_seed=sample_seed,
        metric=name,
        larger=larger,
        devices=list(devices),
        jobs=jobs,
        options=options or RunOptions(),
        python=python,
    )


def _check_count(count: int) -> None:
    if count > MOST_RUNS:
        raise Problem(
            "Too many runs",
            f"These values make {count:,} runs; {MOST_RUNS:,} is the most in one sweep.",
            "Take fewer values, or a random sample of them.",
        )


def _check_seeds(first: int, repeat: int) -> None:
    last = first + repeat - 1
    if last > LARGEST_SEED:
        raise Problem(
            "A seed is too large",
            f"The last repeat would have the seed {last}; {LARGEST_SEED} is the most.",
            "Take a smaller first seed.",
        )


def run_count(axes: Mapping[str, Sequence[Any]], repeat: int = 1, budget: int | None = None) -> int:
    """Return how many runs a plan would have."""
    count = grid_count(axes)
    return (count if budget is None else min(count, budget)) * repeat


def metric_order(text: str) -> tuple[str, bool]:
    """Return the name of a metric, and whether a larger value is better.

    `:min` or `:max` at the end says so; else it is told from the name, as Keras does.
    """
    name, mark, order = text.strip().rpartition(":")
    if mark and order in ("min", "max"):
        return name, order == "max"
    name = text.strip()
    return name, higher_is_better(name)
