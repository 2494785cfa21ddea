"""Runs as CSV: every point of their series, or one row for each run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from tflab.export.loaded import LoadedRun
from tflab.export.writing import csv_text
from tflab.runs.events import SYSTEM
from tflab.runs.metrics import best_value, higher_is_better
from tflab.runs.series import Series

PLAIN_AXIS = "step"
"""What steps count when nothing else is said."""

_ABOUT = ("run", "name", "created", "lesson", "state", "seconds", "device", "seed", "goals")
"""The columns of a summary that are neither parameters nor metrics."""


def series_csv(runs: Sequence[LoadedRun]) -> str:
    """Return one line a step: `step` and a column for each series, before them `run` if several.

    Epochs and batches are no steps of one kind: where series count them, `epoch` and `batch` are
    columns of their own, and a line has one of them only.

    Where a run goes on from earlier ones, `logged_by` says which of them a line is of.

    A step that a series logged twice has two lines. Where a series has no value at a step its field
    is empty; values that are not finite are written as nan, inf and -inf.
    """
    tags = list(dict.fromkeys(tag for run in runs for tag in run.state.series))
    axes = axes_of(series for run in runs for series in run.state.series.values())
    own = ["run", *axes] if len(runs) > 1 else axes
    if any(run.state.earlier for run in runs):
        own = ["logged_by", *own]
    return csv_text(_series_rows(runs, tags, own, axes))


def _series_rows(
    runs: Sequence[LoadedRun], tags: list[str], own: list[str], axes: list[str]
) -> Iterator[list[Any]]:
    yield [*own, *columns_for("metric", tags, own)]
    for run in runs:
        head = [run.record.id] if "run" in own else []
        for by, columns in _logged(run, tags):
            first = [by or run.record.id, *head] if "logged_by" in own else head
            yield from ([*first, *fields] for fields in step_fields(columns, axes))


def _logged(run: LoadedRun, tags: list[str]) -> Iterator[tuple[str, list[Series | None]]]:
    """Yield the series of a run, those of each run that it goes on from first; its own id is ''."""
    found = run.state.series
    if not run.state.earlier:
        yield "", [found.get(tag) for tag in tags]
        return
    for by in (*dict.fromkeys(run.state.earlier), ""):
        yield by, [found[tag].logged_by(by) if tag in found else None for tag in tags]


def system_csv(runs: Sequence[LoadedRun]) -> str:
    """Return what the machine did, one line a moment: `second`, and a column for each value."""
    names = list(dict.fromkeys(name for run in runs for name in run.state.system))
    head = ["run", "second"] if len(runs) > 1 else ["second"]

    def lines() -> Iterator[list[Any]]:
        yield [*head, *(f"{SYSTEM}{name}" for name in names)]
        for run in runs:
            first = [run.record.id] if len(runs) > 1 else []
            columns = [run.state.system.get(name) for name in names]
            yield from ([*first, *fields] for fields in step_fields(columns, ["second"]))

    return csv_text(lines())


def summary_csv(runs: Sequence[LoadedRun]) -> str:
    """Return one line a run: what was asked, how it ended, last and best value of each metric."""
    rows = [dict(_summary(run)) for run in runs]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return csv_text([names, *([row.get(name, "") for name in names] for row in rows)])


def _summary(run: LoadedRun) -> Iterator[tuple[str, Any]]:
    request, state = run.record.request, run.state
    yield "run", run.record.id
    yield "name", run.marks.name
    yield "created", run.created
    yield "lesson", request.lesson
    yield "state", state.status
    if request.continues:
        yield "continues", request.continues
    yield "seconds", "" if state.seconds is None else round(state.seconds, 3)
    yield "device", request.device
    yield "target", request.target
    yield "seed", request.seed
    for name, value in request.parameters.items():
        yield f"parameter.{name}", value
    for tag, series in state.series.items():
        metric = series.summary()
        best = best_value(tag, metric)
        (name,) = columns_for("metric", [tag], _ABOUT)
        yield name, metric["last"]
        yield f"{name}.{'max' if higher_is_better(tag) else 'min'}", "" if best is None else best
    yield "goals", sum(goal.passed for goal in state.goals.values())


def columns_for(kind: str, names: Iterable[str], taken: Collection[str]) -> list[str]:
    """Return a column for each name: itself, or the kind before one that is another column's.

    Args:
        kind: What they are, such as `metric`, which gives `metric.step`.
        names: Parameters, or tags of series.
        taken: Names of other columns of the same table.
    """
    return [f"{kind}.{name}" if name in taken else name for name in names]


def axes_of(series: Iterable[Series]) -> list[str]:
    """Return what the steps of some series count, each once; `step` where there is none."""
    return list(dict.fromkeys(each.axis or PLAIN_AXIS for each in series)) or [PLAIN_AXIS]


def step_fields(columns: Sequence[Series | None], axes: Sequence[str]) -> Iterator[list[Any]]:
    """Yield the fields of each step: one for each axis, then the value of each series at it.

    Args:
        columns: The series of one run; None where the run has none for that column.
        axes: What they may count, as `axes_of` returns it. The lines of an axis follow each other,
            in the order of its steps.
    """
    for place, axis in enumerate(axes):
        before, after = [""] * place, [""] * (len(axes) - place - 1)
        used = [s if s is not None and (s.axis or PLAIN_AXIS) == axis else None for s in columns]
        for step, *fields in _fields_of_axis(used):
            yield [*before, step, *after, *fields]


def _fields_of_axis(columns: Sequence[Series | None]) -> Iterator[list[Any]]:
    used = [series for series in columns if series is not None and len(series)]
    if not used:
        return
    if all(series.steps == used[0].steps for series in used[1:]):
        blank: Sequence[Any] = [""] * len(used[0])
        values = [s.values if s is not None and len(s) else blank for s in columns]
        for step, *fields in zip(used[0].steps, *values, strict=True):
            yield [int(step), *fields]
        return
    rows: dict[tuple[float, int], list[Any]] = {}
    for place, series in enumerate(columns):
        seen: dict[float, int] = {}
        for step, value in zip(series.steps, series.values, strict=True) if series else ():
            again = seen[step] = seen.get(step, -1) + 1
            rows.setdefault((step, again), [""] * len(columns))[place] = value
    for (step, _), fields in sorted(rows.items(), key=lambda item: item[0]):
        yield [int(step), *fields]
