"""Which series belong into one chart: those that measure the same over the same steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tflab.charts.drawing import Curve, Memo
from tflab.runs.metrics import measure
from tflab.runs.series import Series


class Metric(NamedTuple):
    """What a chart shows.

    Attributes:
        name: What is measured; `adam/val_loss` and `loss` are both `loss`.
        axis: What the steps count, such as `epoch`: series over epochs and series over batches
            never share a chart.
    """

    name: str
    axis: str


def metric_of(series: Series) -> Metric:
    """Return what a series measures."""
    return Metric(measure(series.tag), series.axis or "step")


def by_metric(series: Iterable[Series]) -> dict[Metric, list[Series]]:
    """Return series by what they measure, in the order in which they come."""
    found: dict[Metric, list[Series]] = {}
    for each in series:
        found.setdefault(metric_of(each), []).append(each)
    return found


def curve_of(series: Series, label: str, style: int, memo: Memo | None = None) -> Curve:
    """Return a series as a curve."""
    axis = metric_of(series).axis
    return Curve(
        label, series.steps, series.values, style, memo=memo, axis=axis, seams=series.seams
    )
