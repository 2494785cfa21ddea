"""The curves of one metric over one or several runs, as the charts take them."""

from __future__ import annotations

from collections.abc import Sequence

from tflab.charts.drawing import Curve
from tflab.charts.metrics import curve_of, metric_of
from tflab.export.loaded import LoadedRun
from tflab.runs.metrics import main_metric, measure
from tflab.runs.record import Problem
from tflab.runs.series import Series


def metrics_of(runs: Sequence[LoadedRun]) -> list[str]:
    """Return what the runs measured, such as loss and accuracy, the main one first."""
    tags = list(dict.fromkeys(tag for run in runs for tag in run.state.series))
    main = main_metric(tags)
    names = [measure(main)] if main is not None else []
    return list(dict.fromkeys([*names, *map(measure, tags)]))


def curves_of(
    runs: Sequence[LoadedRun], metric: str | None = None, labels: Sequence[str] = ()
) -> list[Curve]:
    """Return a curve for each series of `metric`; None takes the main one.

    Where some count epochs and others batches, only those that count as the first one does.

    Args:
        runs: Whose series.
        metric: As `metrics_of` names it.
        labels: A name for each run; their own names by default.

    Raises:
        Problem: When no run measured it.
    """
    known = metrics_of(runs)
    wanted = metric or next(iter(known), "")
    if wanted not in known:
        raise Problem(
            "No such metric" if metric else "Nothing to draw",
            f"No series measures {metric}." if metric else "The run logged no series.",
            f"There are {', '.join(known)}." if known else "Log some with `lab.log`.",
        )
    curves: list[Curve] = []
    for place, (run, found) in enumerate(zip(runs, series_of(runs, wanted), strict=True)):
        name = labels[place] if labels else run.label
        for series in found:
            tag = series.tag
            label = tag if len(runs) == 1 else name if tag == wanted else f"{name} {tag}"
            curves.append(curve_of(series, label, len(curves)))
    return curves


def series_of(runs: Sequence[LoadedRun], metric: str) -> list[list[Series]]:
    """Return for each run its series of `metric` that share a chart: all count the same steps."""
    measured = [
        [series for series in run.state.series.values() if metric_of(series).name == metric]
        for run in runs
    ]
    axis = next((metric_of(series).axis for found in measured for series in found), "")
    return [[series for series in found if metric_of(series).axis == axis] for found in measured]
