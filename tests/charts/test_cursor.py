"""Reading values off a chart, zooming in and out again."""

from __future__ import annotations

import math
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.charts.cursor import moved, read_values, zoomed
from tflab.charts.drawing import ChartOptions, Curve, Memo, StepAxis
from tflab.charts.loss import draw_loss

ends = st.tuples(st.floats(0.5, 1e6), st.floats(1.5, 1e6)).map(lambda p: (p[0], p[0] + p[1]))


def _curve(count: int = 400, memo: Memo | None = None) -> Curve:
    values = np.exp(-np.arange(count) / 100)
    return Curve("loss", array("d", range(count)), array("d", values.tolist()), memo=memo)


@pytest.mark.parametrize("log_x", [False, True])
@pytest.mark.parametrize("known", [False, True])
def test_what_stands_at_a_column_is_read_there(log_x: bool, known: bool) -> None:
    curve = _curve(memo=Memo() if known else None)
    drawing = draw_loss([curve], (70, 12), ChartOptions(log_x=log_x))
    axis = drawing.x_axis
    assert axis is not None
    for column in range(axis.left, axis.left + axis.columns):
        (reading,) = read_values([curve], axis, column)
        assert reading.value == pytest.approx(math.exp(-reading.step / 100))
        if reading.points:
            start, stop = axis.steps_at(column)
            assert start <= reading.step <= stop
            assert reading.low <= reading.value <= reading.high
            assert axis.column_of(reading.step) == column


def test_a_sparse_curve_gives_its_nearest_point() -> None:
    curve = Curve("val_loss", [0.0, 100.0, 200.0], [3.0, 2.0, 1.0])
    axis = StepAxis(0, 50, 0.0, 200.0)
    assert [read_values([curve], axis, at)[0].step for at in (0, 10, 15, 49)] == [0, 0, 100, 200]
    assert read_values([curve], axis, 10)[0].points == 0


def test_values_that_are_not_finite_are_said_as_they_are() -> None:
    curve = Curve("loss", [0.0, 1.0, 2.0], [1.0, math.inf, math.nan])
    axis = StepAxis(0, 3, 0.0, 3.0)
    assert read_values([curve], axis, 1)[0].value == math.inf
    assert math.isnan(read_values([curve], axis, 1)[0].low)
    assert read_values([Curve("none", [], [])], axis, 1) == []


@given(ends, st.integers(0, 10), st.integers(1, 200), st.booleans())
def test_a_column_holds_the_middle_of_its_steps(
    limits: tuple[float, float], left: int, columns: int, log: bool
) -> None:
    axis = StepAxis(left, columns, *limits, log)
    for column in range(left, left + columns):
        start, stop = axis.steps_at(column)
        assert limits[0] * (1 - 1e-9) <= start < stop <= limits[1] * (1 + 1e-9)
        assert axis.column_of((start + stop) / 2) == column


@given(ends, st.floats(0, 1), st.floats(0.1, 5))
def test_a_window_stays_within_what_there_is(
    whole: tuple[float, float], part: float, factor: float
) -> None:
    centre = whole[0] + part * (whole[1] - whole[0])
    window = zoomed(whole, centre, factor, whole)
    if factor >= 1:
        assert window is None
    elif window is not None:
        low, high = window
        slack = 1e-9 * whole[1]
        assert whole[0] - slack <= low < high <= whole[1] + slack
        assert low - slack <= centre <= high + slack
        assert high - low == pytest.approx(max((whole[1] - whole[0]) * factor, 1.0))


def test_zooming_out_of_a_window_shows_all_again() -> None:
    window = zoomed((0, 400), 100, 0.5, (0, 400))
    assert window == (50, 250)
    assert zoomed(window, 100, 2.0, (0, 400)) is None
    assert moved((50, 250), -0.5, (0, 400)) == (0, 200)
    assert moved((50, 250), 0.25, (0, 400)) == (100, 300)


def test_a_window_shows_its_part_and_its_own_heights() -> None:
    curve = _curve()
    drawing = draw_loss([curve], (70, 12), ChartOptions(x_range=(100.0, 200.0)))
    assert drawing.x_axis is not None
    assert (drawing.x_axis.low, drawing.x_axis.high) == (100.0, 200.0)
    _, top = drawing.y_range or (0.0, 0.0)
    assert top < 0.5
    assert " 160 " in drawing.rows[-1]
    beyond = draw_loss([curve], (70, 12), ChartOptions(x_range=(1000.0, 2000.0)))
    assert beyond.rows == draw_loss([curve], (70, 12), ChartOptions()).rows, "nothing there: all"


def test_smoothing_is_of_all_points_also_in_a_window() -> None:
    noisy = np.exp(-np.arange(400) / 100) + np.random.default_rng(0).normal(0, 0.1, 400)
    curve = Curve("loss", range(400), noisy.tolist())
    how = ChartOptions(x_range=(0.0, 399.0), smoothing=0.9)
    assert draw_loss([curve], (70, 12), how).rows == (
        draw_loss([curve], (70, 12), ChartOptions(smoothing=0.9)).rows
    )


def test_the_cursor_stands_upright_in_its_column() -> None:
    drawing = draw_loss([_curve()], (70, 12), ChartOptions(colour="none", cursor=300.0))
    assert drawing.x_axis is not None
    column = drawing.x_axis.column_of(300.0)
    picture = [row[column] for row in drawing.rows[:-2]]
    assert picture.count("│") >= len(picture) - 2
    assert any("\u2800" < mark <= "\u28ff" for mark in picture)
