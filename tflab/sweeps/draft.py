"""A sweep as it is being typed: the texts of its fields, what they make and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeVar

from tflab.programs.parameters import ValueProblem, allowed, format_value, parse_value
from tflab.programs.program import Parameter, Program
from tflab.programs.search_values import Range, parse_search_values
from tflab.programs.sweep_values import format_sweep_values, parse_sweep_values
from tflab.runs.record import LARGEST_SEED, Problem, RunOptions
from tflab.runs.text import plain_line
from tflab.sweeps.placing import place_runs
from tflab.sweeps.plan import SweepPlan, make_plan
from tflab.sweeps.search import METHODS, PRUNERS, Pruner, Wish
from tflab.targets.devices import DeviceList
from tflab.targets.placement import Slot, choose_devices

_LARGEST = 100_000

REPEATS = Parameter(
    name="repeats", type="int", default=1, ge=1, le=1000, help="Runs of each, seed by seed"
)
SEED = Parameter(name="first seed", type="int", default=0, ge=0, le=LARGEST_SEED)
JOBS = Parameter(name="at once", type="int", default=1, ge=1, le=_LARGEST)
TRIALS = Parameter(name="search", type="int", default=1, ge=1, le=_LARGEST)
SEARCH_SEED = Parameter(name="search", type="int", default=0, ge=0, le=LARGEST_SEED)

OPTIONS: dict[str, str] = {
    "repeats": "Runs of the same values, each with the next seed; mean and spread are shown.",
    "first seed": "Seed of the first repeat.",
    "search": "grid for all; random 20 draws; tpe 40 learns as it goes; seed 7 behind draws others."
    " A range then needs no steps: 1e-4..1 log.",
    "stop early": "no; or percentile, median or halving: ends runs that are worse than others.",
    "devices": "cpu, GPUs to spread over (gpu:0, gpu:1, or gpus for all), or a target (on:NAME).",
    "at once": "Runs at the same time; empty for the cores, and one a GPU.",
    "metric": "What ranks the runs, such as val_loss, or accuracy:max for the largest first.",
}
"""The fields beside the lesson's own, with their help."""

Texts = Mapping[str, str]
Found = TypeVar("Found")


class SweepDraft:
    """The texts of a form, read.

    Attributes:
        problems: What is wrong, by field; a plan is only there when nothing is.
        plan: The sweep that they make.
        slots: Where its runs go.
    """

    def __init__(
        self,
        lesson: Program,
        texts: Texts,
        options: Texts,
        found: DeviceList,
        limits: RunOptions | None = None,
    ) -> None:
        self.problems: dict[str, str] = {}
        self.plan: SweepPlan | None = None
        self.slots: tuple[Slot, ...] = ()
        wish = self._read_wish(options)
        read = parse_sweep_values if wish is None or wish.method == "grid" else parse_search_values
        fields = {
            p.name: self._read(p.name, partial(read, p, texts[p.name])) for p in lesson.parameters
        }
        repeat = self._read("repeats", lambda: parse_value(REPEATS, options["repeats"]))
        seed = self._read("first seed", lambda: parse_value(SEED, options["first seed"]))
        jobs = self._read("at once", lambda: _optional(JOBS, options["at once"]))
        names = [part for part in options["devices"].split(",") if part.strip()]
        devices = self._read("devices", lambda: choose_devices(names, found))
        if self.problems or wish is None or devices is None:
            return
        try:
            plan = make_plan(
                lesson,
                {name: values for name, values in fields.items() if values is not None},
                seed=seed or 0,
                repeat=repeat or 1,
                metric=options["metric"].strip() or "loss",
                wish=wish,
            )
            plan, self.slots = place_runs(plan, devices, jobs)
            self.plan = plan.asking(limits)
        except Problem as problem:
            self.problems[""] = f"{problem.cause} {problem.next_step}"

    def _read_wish(self, options: Texts) -> Wish | None:
        wish = self._read("search", lambda: _wish(options["search"]))
        pruner = self._read("stop early", lambda: _pruner(options["stop early"]))
        if wish is None or "stop early" in self.problems:
            return None
        return wish._replace(pruner=pruner or None)

    def _read(self, name: str, read: Callable[[], Found]) -> Found | None:
        try:
            return read()
        except ValueProblem as problem:
            self.problems[name] = f"{problem.cause} {problem.next_step}"
        except Problem as problem:
            self.problems[name] = problem.cause
        return None


def first_texts(lesson: Program, values: Mapping[str, Any], before: Texts) -> dict[str, str]:
    """Return what the fields hold at first: several values typed before, else the current one."""
    texts: dict[str, str] = {}
    for parameter in lesson.parameters:
        value = values.get(parameter.name, parameter.default)
        now = format_sweep_values(parameter, (value,))
        kept = before.get(parameter.name, "")
        texts[parameter.name] = kept if _is_several(parameter, kept) else now
    return texts


def field_help(parameter: Parameter) -> str:
    """Return what a field may hold, with an example that fits its type."""
    if parameter.type in ("choice", "bool"):
        return f"{allowed(parameter).capitalize()}; several with commas, * for all."
    if parameter.type == "str":
        return "Text; several with commas, quotes around one that has a comma."
    return f"{allowed(parameter).capitalize()}: {_example(parameter)}"


def _example(parameter: Parameter) -> str:
    """Return what may be written, around the default and within the bounds."""
    middle = 1 if parameter.optional else parameter.default
    texts = []
    if parameter.type == "int":
        texts = [f"{middle}, {2 * middle}", f"{middle}..{4 * middle} step {middle}"]
    elif middle > 0:
        low, high = format_value(middle / 10), format_value(middle * 10)
        texts = [f"{format_value(middle)}, {format_value(middle * 2)}", f"{low}..{high} log 5"]
    return " or ".join(t for t in texts if _is_several(parameter, t)) or "0, 1 or 0..1 lin 5"


def _is_several(parameter: Parameter, text: str) -> bool:
    try:
        found = parse_search_values(parameter, text) if text else ()
    except ValueProblem:
        return False
    return isinstance(found, Range) or len(found) > 1


def _optional(parameter: Parameter, text: str) -> int | None:
    return int(parse_value(parameter, text)) if text.strip() else None


def _wish(text: str) -> Wish:
    """Read such as `grid`, `random 20` or `tpe 40 seed 7`."""
    words: Sequence[str] = text.lower().split() or ["grid"]
    method = next((known for known in METHODS if known == words[0]), None)
    seeded = len(words) == 4 and words[2] == "seed"
    if method is None or not (len(words) < 3 or seeded) or (method == "grid" and len(words) > 1):
        raise ValueProblem(
            "search",
            f"{plain_line(text)[:40]!r} is no search.",
            "Write grid, random 20, tpe 40 or tpe 40 seed 7.",
        )
    trials = int(parse_value(TRIALS, words[1])) if len(words) > 1 else None
    return Wish(method, trials, int(parse_value(SEARCH_SEED, words[3])) if seeded else 0)


def _pruner(text: str) -> Pruner | Literal[""]:
    """Read `no`, `yes`, or the name of a rule; empty for none."""
    word = text.strip().lower()
    if word in ("", "no", "off"):
        return ""
    if word in ("yes", "on"):
        return "percentile"
    for known in PRUNERS:
        if word == known:
            return known
    raise ValueProblem(
        "stop early",
        f"{plain_line(text)[:40]!r} is no way to stop runs early.",
        "Write no, percentile, median or halving.",
    )
