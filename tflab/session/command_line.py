"""The command line that makes a run, or a sweep, again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tflab.programs.library import find_lessons
from tflab.programs.parameters import format_value
from tflab.programs.program import Program
from tflab.runs.record import RunRequest

if TYPE_CHECKING:
    from tflab.sweeps.plan import SweepPlan
    from tflab.sweeps.search import Search


def request_line(
    request: RunRequest, defaults: Mapping[str, Any], questions: Sequence[str] = ()
) -> str:
    """Return `tflab run …` with every value that is not the lesson's default.

    A run that goes on from another is made again by `tflab resume …`.

    Args:
        request: What was asked of the run.
        defaults: The lesson's defaults now.
        questions: The ids of the lesson's questions in order. Guesses are given by place, so those
            after the first one that was passed over cannot be told.
    """
    if request.continues:
        return _resume_line(request)
    words = ["tflab", "run", _lesson(request.lesson, request.path)]
    for name, value in request.parameters.items():
        if name not in defaults or defaults[name] != value:
            words += ["-p", f"{name}={format_value(value)}"]
    if request.seed:
        words += ["--seed", str(request.seed)]
    if request.target:
        words += ["--on", request.target]
    elif request.device != "cpu":
        words += ["--device", request.device]
    if request.until is not None:
        words += ["--until", str(request.until)]
    words += _limits(request) + _python(request)
    for question in questions:
        if question not in request.guesses:
            break
        words.append(f"--guess={format_value(request.guesses[question])}")
    return shlex.join(words)


def _resume_line(request: RunRequest) -> str:
    """Return `tflab resume …` with every value, as the earlier run may have had others."""
    words = ["tflab", "resume", request.continues]
    for name, value in request.parameters.items():
        words += ["-p", f"{name}={format_value(value)}"]
    words += ["--on", request.target] if request.target else ["--device", request.device]
    return shlex.join([*words, *_limits(request)])


def sweep_line(plan: SweepPlan, lesson: Program, defaults: Mapping[str, Any]) -> str:
    """Return `tflab sweep …` with every value that is not the lesson's default.

    Args:
        plan: What the sweep was to do.
        lesson: The lesson as the sweep had it.
        defaults: The lesson's defaults now.
    """
    # The line of a run, which the workbench has from the start, needs nothing of sweeps.
    from tflab.programs.sweep_values import format_sweep_values

    search = plan.search
    words = ["tflab", "sweep", _lesson(plan.each.lesson, plan.each.path)]
    for parameter in lesson.parameters:
        name, values = parameter.name, plan.fields[parameter.name]
        if search is not None and name in search.ranges:
            words += ["-p", f"{name}={search.ranges[name].text.replace(' ', ':')}"]
        elif name not in defaults or values != [defaults[name]]:
            words += ["-p", f"{name}={format_sweep_values(parameter, values)}"]
    if search is not None:
        words += _search(search, plan.count // plan.repeat)
    if plan.sample is not None:
        words += ["--sample", str(plan.sample), "--sample-seed", str(plan.sample_seed)]
    if plan.repeat > 1:
        words += ["--repeat", str(plan.repeat)]
    if plan.seed:
        words += ["--seed", str(plan.seed)]
    for device in plan.devices:
        words += ["--device", device] if plan.devices != ["cpu"] else []
    words += ["--jobs", str(plan.jobs)]
    if (plan.metric, plan.larger) != ("loss", False):
        words += ["--metric", f"{plan.metric}:{'max' if plan.larger else 'min'}"]
    return shlex.join([*words, *_limits(plan.each), *_python(plan.each)])


def _search(search: Search, trials: int) -> list[str]:
    words = []
    if search.method != "grid":
        words += ["--search", search.method, "--trials", str(trials)]
        words += ["--search-seed", str(search.seed)] if search.seed else []
    return words + (["--pruner", search.pruner] if search.pruner else [])


def copied_text(current: bool, edited: bool = False) -> str:
    """Say that a line was copied.

    Args:
        current: Whether the lesson is still as the line's run had it.
        edited: Whether that run had edits of the person's.
    """
    if edited:
        return (
            "Command copied. The run had code of yours: --edits runs with your edits as they are "
            "now; export a script to keep it as it was."
        )
    changed = "" if current else " The program has changed since; export a script to keep it."
    return f"Command copied.{changed}"


def _python(asked: RunRequest) -> list[str]:
    commands = ["--commands"] if asked.shell_commands else []
    return [*commands, *(["--python", asked.python] if asked.python else [])]


def _limits(asked: RunRequest) -> list[str]:
    values = (asked.nice, asked.threads, asked.memory_limit)
    options = zip(("--nice", "--threads", "--memory-limit"), values, strict=True)
    return [word for option, value in options if value for word in (option, str(value))]


def _lesson(name: str, path: str) -> str:
    """Return the lesson's id where that names the same file, and else the file's path."""
    known = {entry.id: entry.path for entry in find_lessons()}
    return name if known.get(name) == Path(path) else path
