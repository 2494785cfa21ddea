"""Limits of the y axis: they hold the data, and their ticks stand at even rows."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.charts.limits import Rows, even_range, even_ticks
from tflab.charts.marks import y_axis_marks
from tflab.charts.scale import place

finite = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=5e-324, max_value=1.7e308, allow_nan=False)
ordinary = st.floats(-1e6, 1e6).filter(lambda value: value == 0 or abs(value) > 1e-6)
rows = st.builds(Rows, st.integers(1, 60), st.sampled_from([1, 4]))
tall = st.builds(Rows, st.integers(6, 60), st.sampled_from([1, 4]))


def _holds(low: float, high: float, limits: tuple[float, float], log: bool) -> None:
    bottom, top = limits
    assert math.isfinite(bottom)
    assert math.isfinite(top)
    assert bottom < top
    # A millionth of the axis is far less than a dot.
    assert place(low, bottom, top, log) >= -1e-6
    assert place(high, bottom, top, log) <= 1 + 1e-6


@given(finite, finite, rows)
def test_linear_limits_hold_any_doubles(one: float, other: float, rows: Rows) -> None:
    low, high = sorted((one, other))
    _holds(low, high, even_range(low, high, rows), log=False)


@given(positive, positive, rows)
def test_log_limits_hold_any_positive_doubles(one: float, other: float, rows: Rows) -> None:
    low, high = sorted((one, other))
    limits = even_range(low, high, rows, log=True)
    assert limits[0] > 0
    _holds(low, high, limits, log=True)


@given(finite, finite, finite, finite, rows, st.booleans(), st.booleans())
def test_any_earlier_limits_are_safe(
    one: float, other: float, bottom: float, top: float, rows: Rows, log: bool, fixed: bool
) -> None:
    low, high = sorted((one, other))
    if log:
        low, high = sorted((abs(low) or 1.0, abs(high) or 1.0))
    if low < high or not fixed:
        _holds(low, high, even_range(low, high, rows, log, (bottom, top), fixed), log)


@given(ordinary, ordinary, tall)
def test_ticks_divide_the_rows(one: float, other: float, rows: Rows) -> None:
    low, high = sorted((one, other))
    if high - low <= 1e-6 * max(abs(low), abs(high)):
        return
    limits = even_range(low, high, rows)
    marks = y_axis_marks(limits, rows)
    assert len(marks) >= 2
    assert len({after.cell - before.cell for before, after in pairwise(marks)}) == 1
    assert len({mark.label for mark in marks}) == len(marks)
    for mark in marks:
        dot = place(float(mark.label), *limits) * rows.last
        assert mark.cell * rows.dots + rows.middle == pytest.approx(dot, abs=0.51)


@given(st.floats(-12, 8), st.floats(1.5, 12), tall)
def test_powers_of_ten_divide_the_rows_of_a_log_axis(
    start: float, decades: float, rows: Rows
) -> None:
    limits = even_range(10**start, 10 ** (start + decades), rows, log=True)
    marks = y_axis_marks(limits, rows, log=True)
    assert len(marks) >= 2
    assert len({after.cell - before.cell for before, after in pairwise(marks)}) == 1
    for mark in marks:
        dot = place(float(mark.label), *limits, log=True) * rows.last
        assert mark.cell * rows.dots + rows.middle == pytest.approx(dot, abs=0.01)


def test_limits_stay_while_the_data_fill_half_of_them() -> None:
    rows = Rows(12, 4)
    before = even_range(0.1, 0.9, rows)
    assert even_range(0.05, 0.85, rows, previous=before) == before
    assert even_range(0.05, 0.3, rows, previous=before) != before
    assert even_range(0.05, 1.5, rows, previous=before) != before
    decades = even_range(1e-6, 1.0, rows, log=True)
    assert even_range(1e-5, 1.0, rows, log=True, previous=decades) == decades


def test_limits_of_another_height_are_not_kept() -> None:
    before = even_range(0.1, 0.9, Rows(12, 4))
    after = even_range(0.1, 0.9, Rows(7, 4), previous=before)
    assert even_ticks(*after, Rows(7, 4)) is not None


def test_limits_that_were_asked_for_do_not_reach_for_zero() -> None:
    rows = Rows(12, 4)
    assert even_range(0.3, 1.0, rows)[0] <= 0
    assert even_range(0.3, 1.0, rows, fixed=True)[0] > 0.2


@pytest.mark.parametrize("value", [0.0, 0.5, -3.0, 1e308, -1e308, 5e-324])
def test_equal_values_stand_inside(value: float) -> None:
    bottom, top = even_range(value, value, Rows(12, 4))
    assert bottom <= value <= top
    assert bottom < top


def test_zero_has_a_tick_and_is_near_the_bottom() -> None:
    limits = even_range(0.0, 1.0, Rows(12, 4))
    assert y_axis_marks(limits, Rows(12, 4))[0] == (0, "0.0")


def test_a_tall_picture_has_three_ticks_or_more() -> None:
    for number in range(12, 40):
        rows = Rows(number, 4)
        for high in (0.38, 0.43, 0.55, 1.0, 1.7, 3.2, 70.0):
            limits = even_range(0.02 * high, high, rows)
            ticks = even_ticks(*limits, rows)
            assert ticks is not None
            assert 1 + (rows.number - 1 - ticks.row) // ticks.rows >= 3, (number, high)
