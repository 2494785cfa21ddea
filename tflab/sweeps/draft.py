"""A sweep as it is being typed: the texts of its fields, what they make and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from tflab.programs.parameters import ValueProblem, allowed, format_value, parse_value
from tflab.programs.program import Parameter, Program
from tflab.programs.sweep_values import format_sweep_values, parse_sweep_values
from tflab.runs.record import LARGEST_SEED, Problem, RunOptions
from tflab.sweeps.plan import SweepPlan, make_plan
from tflab.targets.devices import DeviceList
from tflab.targets.placement import Slot, choose_devices, make_slots

_LARGEST = 100_000

REPEATS = Parameter(
    name="repeats", type="int", default=1, ge=1, le=1000, help="Runs of each, seed by seed"
)
SEED = Parameter(name="first seed", type="int", default=0, ge=0, le=LARGEST_SEED)
JOBS = Parameter(name="at once", type="int", default=1, ge=1, le=_LARGEST)
SAMPLE = Parameter(name="sample", type="int", default=1, ge=1, le=_LARGEST)
SAMPLE_SEED = Parameter(name="sample", type="int", default=0, ge=0, le=LARGEST_SEED)

OPTIONS: dict[str, str] = {
    "repeats": "Runs of the same values, each with the next seed; mean and spread are shown.",
    "first seed": "Seed of the first repeat.",
    "sample": "Empty for every combination; or a number to draw, such as 20, or 20 seed 7.",
    "devices": "cpu, or GPUs to spread over, such as gpu:0, gpu:1, or gpus for all.",
    "at once": "Runs at the same time; empty for the cores, and one a GPU.",
    "metric": "What ranks the runs, such as loss, or accuracy:max for the largest first.",
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
        fields = {
            p.name: self._read(p.name, partial(parse_sweep_values, p, texts[p.name]))
            for p in lesson.parameters
        }
        repeat = self._read("repeats", lambda: parse_value(REPEATS, options["repeats"]))
        seed = self._read("first seed", lambda: parse_value(SEED, options["first seed"]))
        sample = self._read("sample", lambda: _sample(options["sample"]))
        jobs = self._read("at once", lambda: _optional(JOBS, options["at once"]))
        names = [part for part in options["devices"].split(",") if part.strip()]
        devices = self._read("devices", lambda: choose_devices(names, found))
        if self.problems or sample is None or devices is None:
            return
        self.slots = make_slots(devices, jobs)
        budget, sample_seed = sample
        try:
            plan = make_plan(
                lesson,
                {name: values for name, values in fields.items() if values is not None},
                seed=seed or 0,
                repeat=repeat or 1,
                budget=budget,
                sample_seed=sample_seed or 0,
                metric=options["metric"].strip() or "loss",
            )
            plan = plan.placed([device.key for device in devices], len(self.slots))
            self.plan = plan.asking(limits)
        except Problem as problem:
            self.problems[""] = f"{problem.cause} {problem.next_step}"

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
        return bool(text) and len(parse_sweep_values(parameter, text)) > 1
    except ValueProblem:
        return False


def _optional(parameter: Parameter, text: str) -> int | None:
    return int(parse_value(parameter, text)) if text.strip() else None


def _sample(text: str) -> tuple[int | None, int]:
    words: Sequence[str] = text.split()
    if len(words) == 3 and words[1] == "seed":
        return int(parse_value(SAMPLE, words[0])), int(parse_value(SAMPLE_SEED, words[2]))
    return _optional(SAMPLE, text), 0
