"""What a sweep is to do: the values of each field, the runs they make, the metric that ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

import msgspec
from msgspec import structs

from tflab.programs.parameters import format_value
from tflab.programs.program import Program
from tflab.programs.search_values import Range, Space, draw, space_size
from tflab.programs.sweep_values import grid, grid_count, sample
from tflab.runs.metrics import higher_is_better
from tflab.runs.record import LARGEST_SEED, Problem, RunOptions, RunRequest
from tflab.sweeps.search import GRID, TRIALS, Search, Wish, check_wish
from tflab.targets.requests import new_request

MOST_RUNS = 5000
"""Runs in one sweep."""


class Point(msgspec.Struct, frozen=True):
    """The values and the seed of one run."""

    parameters: dict[str, Any]
    seed: int


class SweepPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A sweep before it runs; nothing in it changes afterwards but what a search adds to `points`.

    Attributes:
        each: What is asked of every run, but for its values, its seed and its device.
        fields: The values of every parameter of the program; of a range of a search, its two ends.
        points: One for each run. The repeats of the same values stand side by side. A search that
            learns has those that it has chosen so far.
        repeat: Runs of the same values, each with the next seed.
        sample: How many combinations were drawn at random, or None for the whole grid.
        sample_seed: Decided which.
        metric: Tag of the series, or name of the result, that ranks the runs.
        larger: Whether a larger metric is better.
        devices: Keys of the devices it may use.
        jobs: Runs at once.
        search: How values are chosen, where they are not all written down or runs may end early.
    """

    each: RunRequest
    fields: dict[str, list[Any]]
    points: list[Point]
    repeat: int = 1
    sample: int | None = None
    sample_seed: int = 0
    metric: str = "loss"
    larger: bool = False
    devices: list[str] = msgspec.field(default_factory=lambda: ["cpu"])
    jobs: int = 1
    search: Search | None = None

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
        count = self.count
        over = ", ".join(self.varied) or "one combination"
        return f"{count:,} run{'s' if count != 1 else ''} over {over}"

    @property
    def count(self) -> int:
        """How many runs it has in all, those that a search has yet to choose included."""
        return len(self.points) if self.search is None else self.search.trials

    @property
    def seed(self) -> int:
        """The seed of the first repeat."""
        return self.points[0].seed if self.search is None else self.search.run_seed

    @property
    def space(self) -> Space:
        """What each parameter may be."""
        ranges = self.search.ranges if self.search is not None else {}
        return {name: ranges.get(name, values) for name, values in self.fields.items()}

    @property
    def example(self) -> Point:
        """Return the values and the seed of one of its runs, or of one that it could have."""
        if self.points:
            return self.points[0]
        return Point({name: values[0] for name, values in self.fields.items()}, self.seed)

    def is_log(self, name: str) -> bool:
        """Whether a parameter was searched on a logarithmic scale."""
        values = self.space[name]
        return isinstance(values, Range) and values.log

    def texts(self, name: str) -> list[str]:
        """Return what a parameter may be, each as text."""
        values = self.space[name]
        return [values.text] if isinstance(values, Range) else [format_value(v) for v in values]

    def with_point(self, parameters: dict[str, Any]) -> SweepPlan:
        """Return the plan with one more run, as a search has chosen it."""
        return structs.replace(self, points=[*self.points, Point(parameters, self.seed)])

    def label(self, point: Point) -> str:
        """Return what tells a run from the others, such as `rate=0.1, seed=2`."""
        words = [f"{name}={format_value(point.parameters[name])}" for name in self.shown]
        return ", ".join([*words, f"seed={point.seed}"] if self.repeat > 1 else words)

    @property
    def options(self) -> RunOptions:
        """How much of a shared machine each run may take."""
        return RunOptions(**{f.name: getattr(self.each, f.name) for f in fields(RunOptions)})

    def asking(
        self,
        options: RunOptions | None = None,
        python: str | None = None,
        shell_commands: bool | None = None,
    ) -> SweepPlan:
        """Return the plan with other limits, another interpreter or commands for each run."""
        changed: dict[str, Any] = {} if python is None else {"python": python}
        if shell_commands is not None:
            changed["shell_commands"] = shell_commands
        return structs.replace(
            self, each=replace(self.each, **changed, **asdict(options or self.options))
        )

    def placed(self, devices: Sequence[str], jobs: int) -> SweepPlan:
        """Return the plan with its runs on devices, named by their keys, `jobs` of them at once."""
        return structs.replace(self, devices=list(devices), jobs=jobs)

    def request(self, point: Point) -> RunRequest:
        """Return what to ask for one run; its device comes with its slot."""
        return replace(self.each, parameters=point.parameters, seed=point.seed)


def make_plan(
    program: Program,
    fields: Mapping[str, Sequence[Any] | Range],
    *,
    seed: int = 0,
    repeat: int = 1,
    budget: int | None = None,
    sample_seed: int = 0,
    metric: str = "loss",
    wish: Wish = GRID,
) -> SweepPlan:
    """Plan the runs of a grid, of a random sample of it, or of a search; one by one on the CPU.

    Args:
        program: What is run.
        fields: Checked values by parameter, or its range in a search; the others keep their
            default.
        seed: Seed of the first repeat.
        repeat: Runs of each combination, with the seeds `seed`, `seed + 1` and so on.
        budget: Combinations to draw at random; None takes them all.
        sample_seed: Decides which combinations are drawn.
        metric: What ranks the runs: a name, or a name with `:min` or `:max`.
        wish: Of what kind the search is.

    Raises:
        Problem: When there would be more than `MOST_RUNS` runs, a seed that is too large, or a
            search that does not go with the rest or needs what is not installed.
    """
    space: Space = {p.name: fields.get(p.name, (p.default,)) for p in program.parameters}
    check_wish(wish, space, repeat, budget)
    ranges = {name: found for name, found in space.items() if isinstance(found, Range)}
    if wish.method == "random" and not ranges and wish.pruner is None:
        budget, sample_seed = wish.trials or TRIALS, wish.seed
        wish = GRID
    axes = {n: [v.low, v.high] if isinstance(v, Range) else list(v) for n, v in space.items()}
    if wish.method == "grid":
        points = _points(axes, seed, repeat, budget, sample_seed)
    else:
        _check_count((wish.trials or TRIALS) * repeat)
        _check_seeds(seed, repeat)
        drawn = draw(space, wish.trials or TRIALS, wish.seed) if wish.method == "random" else []
        points = [Point(values, seed + turn) for values in drawn for turn in range(repeat)]
    name, larger = metric_order(metric)
    return SweepPlan(
        each=new_request(program, {}),
        fields=axes,
        points=points,
        repeat=repeat,
        sample=budget,
        sample_seed=sample_seed,
        metric=name,
        larger=larger,
        search=_search(wish, space, points, ranges, seed),
    )


def _search(
    wish: Wish, space: Space, points: Sequence[Point], ranges: dict[str, Range], seed: int
) -> Search | None:
    """Return what is kept of a search; None for a grid whose runs all go on to their end."""
    if wish.method == "grid" and wish.pruner is None:
        return None
    trials = len(points)
    if wish.method == "tpe":
        trials = int(min(wish.trials or TRIALS, space_size(space)))
    return Search(
        method=wish.method,
        trials=trials,
        seed=wish.seed,
        run_seed=seed,
        ranges=ranges,
        pruner=wish.pruner,
    )


def _points(
    axes: Mapping[str, Sequence[Any]], seed: int, repeat: int, budget: int | None, sample_seed: int
) -> list[Point]:
    _check_count(run_count(axes, repeat, budget))
    _check_seeds(seed, repeat)
    chosen = grid(axes) if budget is None else sample(axes, budget, sample_seed)
    return [Point(values, seed + turn) for values in chosen for turn in range(repeat)]


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
