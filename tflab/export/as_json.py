"""Runs and sweeps as JSON, points and all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tflab.export.loaded import LoadedRun
from tflab.export.pictures import figures_json, pictures_json
from tflab.export.sweep import LoadedSweep
from tflab.export.sweep_report import report, run_report
from tflab.runs.events import as_number
from tflab.runs.series import Series
from tflab.runs.state import RunState, result_value
from tflab.runs.text import harmless_json
from tflab.runs.transcript import Transcript


def runs_json(runs: Sequence[LoadedRun]) -> str:
    """Return one object, or an array of them for several runs.

    Numbers that JSON cannot write are the texts "nan", "inf" and "-inf".
    """
    found = [_describe(run) for run in runs]
    return _json(found if len(found) > 1 else found[0])


def sweep_json(sweep: LoadedSweep) -> str:
    """Return a sweep as one object: what `tflab sweep --json` says, and every point of its runs."""
    plan = sweep.plan
    found = report(sweep.sweep) | {"created": sweep.created, "title": plan.each.title}
    found["runs"] = [
        run_report(sweep.sweep, run) | (_points_of(loaded) if loaded is not None else {})
        for run, loaded in sweep.loaded()
    ]
    # Once for all of them, and last, because it is long.
    found["source"] = plan.each.source
    return _json(found)


def _json(found: object) -> str:
    return harmless_json(msgspec.json.encode(found).decode()) + "\n"


def _points_of(run: LoadedRun) -> dict[str, Any]:
    known = _describe(run)
    return {name: known[name] for name in ("series", "results", "goals", "output", "error")}


def _describe(run: LoadedRun) -> dict[str, Any]:
    request, state = run.record.request, run.state
    error = state.error
    return {
        "run": run.record.id,
        "name": run.marks.name,
        "note": run.marks.note,
        "created": run.created,
        "versions": run.record.versions,
        "lesson": request.lesson,
        "title": request.title,
        "parameters": request.parameters,
        "device": request.device,
        "target": request.target,
        "seed": request.seed,
        "continues": {"run": request.continues, "steps": request.begins}
        if request.continues
        else None,
        "until": request.until,
        "state": state.status,
        "seconds": state.seconds,
        "series": {tag: _points(series) for tag, series in state.series.items()},
        "system": {name: _points(series) for name, series in state.system.items()},
        "results": {name: result_value(result) for name, result in state.results.items()},
        "goals": [{"text": g.text, "passed": g.passed} for g in state.goals.values()],
        "exercises": _exercises(state),
        "predictions": _predictions(state),
        "figures": figures_json(state),
        "pictures": pictures_json(state),
        "output": "".join(
            item.text()
            for _, cell in sorted(state.cells.items())
            for item in cell.items
            if isinstance(item, Transcript)
        ),
        "error": None if error is None else {"title": error.title, "cause": error.cause},
        "source": request.source,
    }


def _exercises(state: RunState) -> list[dict[str, Any]]:
    return [
        {"id": e.id, "title": e.title, "passed": e.passed, "message": e.message}
        for e in state.exercises.values()
    ]


def _predictions(state: RunState) -> list[dict[str, Any]]:
    return [
        {"question": p.question, "guess": p.guess, "answer": p.answer, "correct": p.correct}
        for p in state.predictions.values()
    ]


def _points(series: Series) -> dict[str, Any]:
    values: list[Any] = series.values.tolist()
    if series.nonfinite:
        values = [as_number(value) for value in values]
    found: dict[str, Any] = {"steps": [int(step) for step in series.steps], "values": values}
    if series.axis:
        found["axis"] = series.axis
    if series.parts:
        # The points before `end` were logged by that run, from which this one goes on.
        found["earlier"] = [{"run": part.run, "end": part.end} for part in series.parts]
    return found
