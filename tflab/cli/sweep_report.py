"""A sweep as one JSON object and as one table."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tflab.control.sweep import Sweep
from tflab.control.sweep_run import SweepRun
from tflab.control.sweep_table import SweepRow
from tflab.lessons.parameters import format_value
from tflab.runs.transcript import plain


def report(sweep: Sweep) -> dict[str, Any]:
    """Return a sweep that is over as `--json` shows it: rows best first, runs in their order."""
    plan = sweep.plan
    rows = [_row(row) for row in sweep.rows()]
    return {
        "sweep": sweep.id,
        "lesson": plan.lesson,
        "metric": plan.metric,
        "order": "max" if plan.larger else "min",
        "fields": plan.fields,
        "repeat": plan.repeat,
        "sample": plan.sample,
        "devices": plan.devices,
        "jobs": plan.jobs,
        "best": rows[0] if sweep.best is not None else None,
        "rows": rows,
        "runs": [_run(sweep, run) for run in sweep.runs],
        "error": None,
    }


def table(sweep: Sweep) -> Iterator[list[str]]:
    """Yield the lines of `--csv`: a header, then a row for each run, those of the best first.

    `mean` and `spread` are those of the repeats. Numbers that are not finite are written as
    `nan`, `inf` and `-inf`; what is not known is empty.
    """
    names = list(sweep.plan.fields)
    about = ("seed", "device", "seconds", "metric", "value", "mean", "spread")
    yield ["rank", "best", "run", "status", *names, *about]
    for rank, row in enumerate(sweep.rows(), start=1):
        for run in row.runs:
            yield [
                str(rank),
                "yes" if row.best else "",
                run.id,
                run.status,
                *(format_value(row.parameters[name]) for name in names),
                str(run.point.seed),
                run.summary.device if run.summary is not None else "",
                _text(None if run.seconds is None else round(run.seconds, 3)),
                sweep.plan.metric,
                _text(run.value(sweep.plan.metric)),
                _text(row.mean),
                _text(row.spread),
            ]


def _row(row: SweepRow) -> dict[str, Any]:
    return {
        "parameters": row.parameters,
        "mean": row.mean,
        "spread": row.spread,
        "finished": row.finished,
        "best": row.best,
        "runs": [run.id or None for run in row.runs],
    }


def _run(sweep: Sweep, run: SweepRun) -> dict[str, Any]:
    summary = run.summary
    return {
        "run": run.id or None,
        "status": run.status,
        "parameters": run.point.parameters,
        "seed": run.point.seed,
        "device": summary.device if summary is not None else None,
        "seconds": None if run.seconds is None else round(run.seconds, 3),
        "value": run.value(sweep.plan.metric),
        "metrics": summary.metrics if summary is not None else {},
        "cause": plain(run.cause),
    }


def _text(value: float | None) -> str:
    if value is None:
        return ""
    return format_value(value) if math.isfinite(value) else str(value)
