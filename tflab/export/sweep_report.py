"""A sweep as one object and as one table: what `tflab sweep` prints and what exports hold."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from tflab.export.table import columns_for
from tflab.export.writing import csv_text
from tflab.programs.parameters import format_value
from tflab.programs.search_values import Range
from tflab.runs.events import Number, as_number
from tflab.runs.metrics import best_value, higher_is_better
from tflab.runs.text import plain
from tflab.sweeps.importance import importance
from tflab.sweeps.run import SweepRun
from tflab.sweeps.sweep import Sweep
from tflab.sweeps.table import SweepRow

_FIRST = ("rank", "best", "run", "status")
_ABOUT = ("seed", "device", "seconds", "metric", "value", "mean", "spread")


def report(sweep: Sweep) -> dict[str, Any]:
    """Return a sweep as `--json` shows it: rows best first, runs in their order.

    Numbers that JSON cannot write are the texts "nan", "inf" and "-inf".
    """
    plan = sweep.plan
    rows = [_row(row) for row in sweep.rows()]
    return {
        "sweep": sweep.id,
        "lesson": plan.each.lesson,
        "metric": plan.metric,
        "order": "max" if plan.larger else "min",
        "fields": {name: fields_report(values) for name, values in plan.space.items()},
        "search": search_report(sweep),
        "importance": importance_report(sweep),
        "repeat": plan.repeat,
        "sample": plan.sample,
        "devices": plan.devices,
        "jobs": plan.jobs,
        "best": rows[0] if sweep.best is not None else None,
        "rows": rows,
        "runs": [run_report(sweep, run) for run in sweep.runs],
        "error": None,
    }


def fields_report(values: Sequence[Any] | Range) -> Any:
    """Return what a parameter may be: a list, or the two ends of a range."""
    if isinstance(values, Range):
        return {"low": values.low, "high": values.high, "log": values.log}
    return list(values)


def search_report(sweep: Sweep) -> dict[str, Any] | None:
    """Return how a sweep chose its values and stopped runs; None for a grid and a sample of it."""
    search = sweep.plan.search
    if search is None:
        return None
    return {
        "method": search.method,
        "trials": search.trials,
        "seed": search.seed,
        "pruner": search.pruner,
        "note": sweep.note,
    }


def importance_report(sweep: Sweep) -> dict[str, Any]:
    """Return the share of each parameter that varies, and what is to be kept in mind."""
    found = importance(sweep.plan, sweep.rows(), sweep.plan.metric)
    shares = {name: round(share, 4) for name, share in found.shares.items()}
    return {"shares": shares, "note": found.note}


def run_report(sweep: Sweep, run: SweepRun) -> dict[str, Any]:
    """Return one run of a sweep without its points."""
    summary = run.summary
    return {
        "run": run.id or None,
        "status": run.status,
        "parameters": run.point.parameters,
        "seed": run.point.seed,
        "device": summary.device if summary is not None else None,
        "seconds": None if run.seconds is None else round(run.seconds, 3),
        "value": _number(run.value(sweep.plan.metric)),
        "metrics": summary.metrics if summary is not None else {},
        "cause": plain(run.cause),
    }


def table_csv(sweep: Sweep) -> str:
    """Return one line a run, those of the best row first: values, state, metrics.

    `value` is the metric that ranks, `mean` and `spread` are those of the repeats. After them come
    the last and the best value of every series and every result that is one number. Numbers that
    are not finite are written as nan, inf and -inf; what is not known is empty.
    """
    return csv_text(_table(sweep))


def _table(sweep: Sweep) -> Iterator[list[str]]:
    names = list(sweep.plan.fields)
    found = {run.index: dict(_metrics(run)) for run in sweep.runs}
    metrics = list(dict.fromkeys(name for row in found.values() for name in row))
    # A parameter or a metric may have the name of one of our own columns.
    taken = {*_FIRST, *_ABOUT}
    heads = columns_for("metric", metrics, taken)
    yield [*_FIRST, *columns_for("parameter", names, taken | set(heads)), *_ABOUT, *heads]
    for rank, row in enumerate(sweep.rows(), start=1):
        for run in row.runs:
            yield [
                str(rank),
                "yes" if row.best else "",
                run.id,
                run.status,
                *(format_value(row.parameters[name]) for name in names),
                *_about(sweep, row, run),
                *(_text(found[run.index].get(name)) for name in metrics),
            ]


def _about(sweep: Sweep, row: SweepRow, run: SweepRun) -> list[str]:
    return [
        str(run.point.seed),
        run.summary.device if run.summary is not None else "",
        _text(None if run.seconds is None else round(run.seconds, 3)),
        sweep.plan.metric,
        _text(run.value(sweep.plan.metric)),
        _text(row.mean),
        _text(row.spread),
    ]


def _metrics(run: SweepRun) -> Iterator[tuple[str, float | None]]:
    """Yield last and best value of each series, then the results that are one number."""
    series = run.summary.metrics if run.summary is not None else {}
    for tag, metric in series.items():
        yield tag, run.value(tag)
        yield f"{tag}.{'max' if higher_is_better(tag) else 'min'}", best_value(tag, metric)
    for name in run.metrics():
        if name not in series:
            yield name, run.value(name)


def _row(row: SweepRow) -> dict[str, Any]:
    return {
        "parameters": row.parameters,
        "mean": _number(row.mean),
        "spread": _number(row.spread),
        "finished": row.finished,
        "best": row.best,
        "runs": [run.id or None for run in row.runs],
    }


def _number(value: float | None) -> Number | None:
    return None if value is None else as_number(value)


def _text(value: float | None) -> str:
    if value is None:
        return ""
    return format_value(value) if math.isfinite(value) else str(value)
