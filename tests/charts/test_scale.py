"""Axes: limits hold the data, marks can be told apart, live charts hold still."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.charts.scale import nice_step, place, short, step_ticks, ticks, value_range

finite = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=5e-324, max_value=1.7e308, allow_nan=False)


def _holds(low: float, high: float, limits: tuple[float, float], log: bool) -> None:
    bottom, top = limits
    assert math.isfinite(bottom)
    assert math.isfinite(top)
    assert bottom < top
    # A billionth of the axis is far less than a dot.
    assert place(low, bottom, top, log) >= -1e-6
    assert place(high, bottom, top, log) <= 1 + 1e-6


@given(finite, finite)
def test_linear_limits_hold_any_doubles(one: float, other: float) -> None:
    low, high = sorted((one, other))
    _holds(low, high, value_range(low, high), log=False)


@given(positive, positive)
def test_log_limits_hold_any_positive_doubles(one: float, other: float) -> None:
    low, high = sorted((one, other))
    limits = value_range(low, high, log=True)
    assert limits[0] > 0
    _holds(low, high, limits, log=True)


@given(finite, finite, st.integers(1, 20))
def test_linear_ticks_rise_and_differ(one: float, other: float, count: int) -> None:
    low, high = sorted((one, other))
    marks = ticks(*value_range(low, high), count)
    assert [m.value for m in marks] == sorted({m.value for m in marks})
    assert len({m.label for m in marks}) == len(marks)
    assert all(math.isfinite(m.value) for m in marks)


@given(positive, positive, st.integers(1, 20))
def test_log_ticks_rise_and_differ(one: float, other: float, count: int) -> None:
    low, high = sorted((one, other))
    marks = ticks(*value_range(low, high, log=True), count, log=True)
    assert [m.value for m in marks] == sorted({m.value for m in marks})
    assert all(m.value > 0 for m in marks)
    assert len(marks) <= 20 + count


@given(finite, finite, finite, finite, st.booleans())
def test_any_earlier_limits_are_safe(
    one: float, other: float, bottom: float, top: float, log: bool
) -> None:
    low, high = sorted((one, other))
    if log:
        low, high = sorted((abs(low) or 1.0, abs(high) or 1.0))
    _holds(low, high, value_range(low, high, log, (bottom, top)), log)


def test_limits_and_ticks_are_round_numbers() -> None:
    assert value_range(0.031, 0.87) == pytest.approx((0.0, 1.0))
    assert value_range(0.31, 0.33) == pytest.approx((0.31, 0.33))
    assert [m.label for m in ticks(0.0, 0.9, 3)] == ["0.0", "0.5"]
    assert [m.label for m in ticks(0.0, 1.0, 4)] == ["0.0", "0.5", "1.0"]
    assert [m.label for m in ticks(1e-4, 1.0, 5, log=True)] == ["1e-4", "1e-3", "0.01", "0.1", "1"]


def test_limits_stay_while_the_data_fill_half_of_them() -> None:
    before = value_range(0.1, 0.9)
    assert value_range(0.05, 0.85, previous=before) == before
    assert value_range(0.05, 0.3, previous=before) != before
    assert value_range(0.05, 1.5, previous=before) != before
    assert value_range(1e-5, 1.0, log=True, previous=(1e-6, 1.0)) == (1e-6, 1.0)


@pytest.mark.parametrize("value", [0.0, 0.5, -3.0, 1e308, -1e308, 5e-324])
def test_equal_values_stand_inside(value: float) -> None:
    bottom, top = value_range(value, value)
    assert bottom <= value <= top
    assert bottom < top


def test_steps_are_whole_and_short() -> None:
    assert [m.label for m in step_ticks(0, 40, 4)] == ["0", "10", "20", "30", "40"]
    assert [m.label for m in step_ticks(0, 3, 9)] == ["0", "1", "2", "3"]
    assert [m.label for m in step_ticks(0, 1e6, 4)] == ["0", "500k", "1000k"]
    assert [m.label for m in step_ticks(0, 2e7, 4)] == ["0", "5M", "10M", "15M", "20M"]


@given(st.floats(0, 1e6), st.floats(0.01, 1e6), st.integers(1, 20))
def test_steps_of_any_window_are_inside_it(low: float, width: float, count: int) -> None:
    for mark in step_ticks(low, low + width, count):
        assert low - 1e-6 * width <= mark.value <= low + width * (1 + 1e-6)


def test_nice_steps() -> None:
    assert [nice_step(x) for x in (0.11, 0.2, 3, 7)] == pytest.approx([0.2, 0.2, 5, 10])


def test_short_numbers() -> None:
    assert [short(x) for x in (0.0273, 1.0, 1e-9, 123456, math.nan)] == [
        "0.0273",
        "1",
        "1e-9",
        "1.235e5",
        "nan",
    ]
