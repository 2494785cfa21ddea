"""Series that share a chart measure the same over the same steps."""

from __future__ import annotations

from tflab.charts.drawing import ChartOptions, Curve
from tflab.charts.loss import draw_loss
from tflab.charts.metrics import Metric, by_metric, curve_of
from tflab.runs.series import Series


def test_epochs_batches_and_steps_are_apart() -> None:
    series = [
        Series("loss", "epoch"),
        Series("val_loss", "epoch"),
        Series("batch/loss", "batch"),
        Series("adam/loss"),
        Series("accuracy", "epoch"),
    ]
    found = by_metric(series)
    assert list(found) == [
        Metric("loss", "epoch"),
        Metric("loss", "batch"),
        Metric("loss", "step"),
        Metric("accuracy", "epoch"),
    ]
    assert [s.tag for s in found[Metric("loss", "epoch")]] == ["loss", "val_loss"]


def test_the_axis_says_what_its_steps_count() -> None:
    series = Series("loss", "epoch")
    series.extend([1, 2, 3], [1.0, 0.5, 0.2])
    rows = draw_loss([curve_of(series, "loss", 0)], (60, 10), ChartOptions(colour="none")).rows
    assert "epoch" in rows[-1]
    rows = draw_loss([Curve("loss", [1, 2], [1.0, 2.0])], (60, 10), ChartOptions()).rows
    assert "step" in rows[-1]
