"""Every point of a sweep's runs as one table, as long as there are points."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from tflab.export.sweep import LoadedSweep
from tflab.export.table import columns_for, step_fields
from tflab.export.writing import csv_text
from tflab.programs.parameters import format_value


def points_csv(sweep: LoadedSweep) -> str:
    """Return one line a step of each run: `run`, its values, `seed`, `step`, a column a series.

    Where series count epochs or batches, `epoch` and `batch` are columns of their own.

    Where a series has no value at a step its field is empty; values that are not finite are
    written as nan, inf and -inf.
    """
    tags = list(dict.fromkeys(tag for run in sweep.sweep.runs for tag in run.series))
    axes = list(dict.fromkeys(axis for run in sweep.sweep.runs for axis in run.axes)) or ["step"]
    names = list(sweep.plan.fields)
    own = {"run", "seed", *axes}
    heads = columns_for("metric", tags, own)
    columns = columns_for("parameter", names, own | set(heads))
    head = ["run", *columns, "seed", *axes, *heads]
    return csv_text(itertools.chain([head], _lines(sweep, names, tags, axes)))


def _lines(
    sweep: LoadedSweep, names: list[str], tags: list[str], axes: list[str]
) -> Iterator[list[Any]]:
    for run, loaded in sweep.loaded():
        if loaded is not None:
            values = [format_value(run.point.parameters[name]) for name in names]
            head = [run.id, *values, run.point.seed]
            series = [loaded.state.series.get(tag) for tag in tags]
            yield from ([*head, *fields] for fields in step_fields(series, axes))
