"""What a sweep is to do, and what is kept of a run of it."""

from __future__ import annotations

import math

import pytest

from tests.sweeps.sweeping import QUICK, Write
from tflab.runs.record import Problem
from tflab.runs.series import Series
from tflab.sweeps.plan import MOST_RUNS, make_plan, metric_order
from tflab.sweeps.run import brief
from tflab.sweeps.table import duration


def test_too_many_runs_are_refused(lesson: Write) -> None:
    values = {"rate": [n / 100 for n in range(1, 101)], "steps": range(1, 101)}
    with pytest.raises(Problem, match="10,000 runs"):
        make_plan(lesson(QUICK), values)
    assert len(make_plan(lesson(QUICK), values, budget=20).points) == 20
    assert MOST_RUNS < 10_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("loss", ("loss", False)),
        ("val_loss", ("val_loss", False)),
        ("val_accuracy", ("val_accuracy", True)),
        ("a/auc", ("a/auc", True)),
        ("loss:max", ("loss", True)),
        ("accuracy:min", ("accuracy", False)),
    ],
)
def test_metrics_and_which_way_they_rank(text: str, found: tuple[str, bool]) -> None:
    assert metric_order(text) == found


def test_long_curve_keeps_its_ends_and_extremes() -> None:
    series = Series("loss")
    values = [math.sin(n / 50) for n in range(100_000)]
    values[70_001] = 9.0
    values[70_002] = math.nan
    series.extend(range(100_000), values)
    steps, kept, _ = brief(series)
    assert len(kept) < 1000
    assert (steps[0], steps[-1]) == (0, 99_999)
    assert 9.0 in kept
    assert any(map(math.isnan, kept))


def test_durations_as_people_say_them() -> None:
    assert [duration(n) for n in (0.2, 8, 60, 200, 7500)] == [
        "1 s",
        "8 s",
        "1 min",
        "3 min 20 s",
        "2 h 5 min",
    ]
