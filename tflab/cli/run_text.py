"""A run in lines of text: what was asked, what came out, what went wrong, and how it ended."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tflab.cli.run_json import error
from tflab.cli.terminal import Terminal
from tflab.programs.parameters import format_value
from tflab.runs.diagnosis import diagnose
from tflab.runs.events import Check, ExerciseOutcome, Prediction, Result
from tflab.runs.record import RunRecord, RunRequest
from tflab.runs.series import Series
from tflab.runs.state import RunState
from tflab.runs.tensor_text import describe, number_text, result_text
from tflab.runs.text import count_of, plain, plain_line
from tflab.session.machine_text import machine_line, others_text

_WHOLE = 16


def heading(request: RunRequest) -> str:
    """Return title, values, device and seed of a run, on one line."""
    values = [f"{name}={format_value(value)}" for name, value in request.parameters.items()]
    settings = ", ".join([*values, f"seed={request.seed}", device_words(request)])
    return plain_line(f"{request.title} ({settings})")


def device_words(request: RunRequest) -> str:
    """Return the device of a run, and its target where it has one: `gpu:0 on cluster`."""
    return f"{request.device} on {request.target}" if request.target else request.device


def metric_lines(state: RunState) -> list[str]:
    """Return one line for each series: first, last, lowest, and where it diverged."""
    return [_metric(series) for series in state.series.values() if len(series)]


def machine_lines(state: RunState) -> list[str]:
    """Return what the run took of the machine; nothing for one that was over at once."""
    words = [line for line in (machine_line(state), others_text(state)) if line]
    return [f"Machine: {words[0]}", *words[1:]] if words else []


def diagnosis_lines(record: RunRecord, state: RunState) -> list[str]:
    """Return what stands out in the loss; nothing for a healthy run."""
    found = diagnose(state.series, tuple(record.request.parameters), state.status == "finished")
    return [] if found is None else [found.text]


def result_lines(state: RunState) -> list[str]:
    """Return the results as two aligned columns, tensors with dtype and shape."""
    rows = []
    for name, result in state.results.items():
        kind = f"  {plain_line(describe(result.tensor))}" if result.tensor else ""
        rows.append((plain_line(name), f"{value_text(result)}{kind}"))
    width = max((len(name) for name, _ in rows), default=0)
    return [f"  {name:<{width}}  {value}" for name, value in rows]


def value_text(result: Result) -> str:
    """Return a result on one line: a small tensor in full, a large one as its first values."""
    tensor = result.tensor
    if tensor is None or tensor.truncated or math.prod(tensor.shape) > _WHOLE:
        return result_text(result)
    return plain_line(number_text(tensor.values))


def prediction_line(found: Prediction) -> str:
    """Return the question with guess and answer beside each other."""
    answer = plain_line(number_text(found.answer))
    if found.guess is None:
        words = f"the answer is {answer}"
    else:
        guess = plain_line(number_text(found.guess))
        verdict = ""
        if found.correct is not None:
            verdict = ", right" if found.correct else ", not quite"
        words = f"you guessed {guess}, the answer is {answer}{verdict}"
    return f"{plain_line(found.question)} ({words})"


def check_line(found: Check) -> str:
    """Return what `lab.check` found."""
    name = plain_line(found.name)
    if found.passed:
        return f"Check passed: {name}"
    return f"Check failed: {name}. {plain_line(found.message)}"


def exercise_line(found: ExerciseOutcome) -> str:
    """Return how an exercise went."""
    title, message = plain_line(found.title), plain_line(found.message)
    if found.passed:
        return f"Exercise passed: {title}" + (f". {message}" if message else "")
    if not found.written:
        return f"Exercise to do: {title}. The rest runs on its solution."
    return f"Exercise not passed yet: {title}. {message}"


def goal_lines(state: RunState, terminal: Terminal) -> list[str]:
    """Return the goals, each with a mark that says whether it was reached."""
    return [
        f"  {terminal.passed if goal.passed else terminal.open} {plain_line(goal.text)}"
        for goal in state.goals.values()
    ]


def error_lines(state: RunState) -> Iterator[str]:
    """Yield title, cause, next step and the lesson's own lines, if anything went wrong."""
    found = error(state)
    if found is None:
        return
    place = plain_line(state.error.place) if state.error is not None else ""
    where = f" ({place})" if place else ""
    yield f"{plain_line(found['title'])}{where}"
    for text in (found["cause"], found["next_step"]):
        if text:
            yield f"  {text}"
    if state.error is not None and state.error.traceback:
        yield plain(state.error.traceback).rstrip()


def summary_line(record: RunRecord, state: RunState) -> str:
    """Return how the run ended, in one line."""
    words = {
        "finished": "Finished",
        "failed": "Failed",
        "cancelled": "Stopped",
        "pruned": "Stopped early",
        "lost": "Lost",
    }.get(state.status, "Not over")
    if state.seconds is not None:
        words += f" after {state.seconds:.1f} s"
    if state.goals:
        passed = sum(goal.passed for goal in state.goals.values())
        words += f", {passed} of {count_of(len(state.goals), 'goal')} reached"
    if state.exercises:
        passed = sum(found.passed for found in state.exercises.values())
        words += f", {passed} of {count_of(len(state.exercises), 'exercise')} passed"
    return f"{words}. Run {record.id}."


def _metric(series: Series) -> str:
    count = len(series)
    words = f"{plain_line(series.tag)}: {series.values[-1]:.6g} at the end"
    if count > 1:
        words = f"{plain_line(series.tag)}: from {series.values[0]:.6g} to {series.values[-1]:.6g}"
        if series.nonfinite < count:
            words += f", lowest {series.min:.6g}, highest {series.max:.6g}"
        words += f", {count} points"
    for seam in series.seams:
        words += f"; goes on from an earlier run at {series.axis or 'step'} {seam:,.0f}"
    if series.first_nonfinite_step is not None:
        words += f"; diverged at step {series.first_nonfinite_step}"
    return words
