"""A run as one JSON object, for `tflab run --json`."""

from __future__ import annotations

from typing import Any

from tflab.export.pictures import figures_json, pictures_json
from tflab.runs.events import ExerciseOutcome
from tflab.runs.record import Problem, RunRecord, RunRequest
from tflab.runs.state import RunState, result_value
from tflab.runs.text import plain
from tflab.runs.transcript import Transcript
from tflab.session.machine_text import machine_json


def run_json(record: RunRecord, state: RunState) -> dict[str, Any]:
    """Return a run that is over as `--json` shows it."""
    request = record.request
    return {
        "run": record.id,
        "lesson": request.lesson,
        "status": state.status,
        "parameters": request.parameters,
        "device": request.device,
        "target": request.target or None,
        "seed": request.seed,
        "continues": continues_json(request),
        "environment": _environment(state),
        "seconds": None if state.seconds is None else round(state.seconds, 3),
        "metrics": {tag: series.summary() for tag, series in state.series.items()},
        "system": machine_json(state.system),
        "results": {name: result_value(result) for name, result in state.results.items()},
        "goals": [{"text": goal.text, "passed": goal.passed} for goal in state.goals.values()],
        "exercises": [exercise_json(found) for found in state.exercises.values()],
        "figures": figures_json(state),
        "pictures": pictures_json(state),
        "output": output(state),
        "error": error(state),
    }


def continues_json(request: RunRequest) -> dict[str, Any] | None:
    """Return which run a run goes on from, and the last steps of that; None if it began anew."""
    if not request.continues:
        return None
    return {"run": request.continues, "steps": request.begins}


def exercise_json(found: ExerciseOutcome) -> dict[str, Any]:
    """Return how an exercise went."""
    return {
        "id": found.id,
        "title": found.title,
        "passed": found.passed,
        "message": plain(found.message),
    }


def refused(
    problem: Problem, lesson: str | None, device: str | None = None, seed: int | None = None
) -> dict[str, Any]:
    """Return the object for a run that could not be asked for; it has the keys of any other.

    Args:
        problem: Why not.
        lesson: Its id, or what was given in its place.
        device: What was given.
        seed: What was given.
    """
    return {
        "run": None,
        "lesson": lesson,
        "status": "failed",
        "parameters": {},
        "device": device,
        "target": None,
        "seed": seed,
        "continues": None,
        "environment": None,
        "seconds": None,
        "metrics": {},
        "system": {},
        "results": {},
        "goals": [],
        "exercises": [],
        "figures": [],
        "pictures": [],
        "output": "",
        "error": {
            "title": problem.title,
            "cause": problem.cause,
            "next_step": problem.next_step,
            "cell": None,
            "line": None,
            "where": "",
        },
    }


def _environment(state: RunState) -> dict[str, Any] | None:
    """Return what the run told of what it ran in."""
    told = state.environment
    if told is None:
        return None
    return {
        "interpreter": told.interpreter,
        "python": told.python,
        "packages": told.packages,
        "backend": told.backend or None,
    }


def output(state: RunState) -> str:
    """Return everything that the cells printed, in the lesson's order."""
    texts = [
        item.text()
        for _, cell in sorted(state.cells.items())
        for item in cell.items
        if isinstance(item, Transcript)
    ]
    return "".join(texts)


def error(state: RunState) -> dict[str, Any] | None:
    """Return what went wrong with title, cause and next step, or None if nothing did."""
    if state.status not in ("failed", "lost"):
        return None
    if state.error is not None:
        found = state.error
        return {
            "title": plain(found.title),
            "cause": plain(found.cause),
            "next_step": plain(found.next_step),
            "cell": found.cell,
            "line": found.line,
            "where": plain(found.place),
        }
    ended = state.ended
    return {
        "title": "The run was lost" if state.status == "lost" else "The run failed",
        "cause": plain(ended.cause) if ended else "",
        "next_step": plain(ended.next_step) if ended else "",
        "cell": state.current_cell,
        "line": None,
        "where": "",
    }
