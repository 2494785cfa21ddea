"""Smoothing against its definition, one value at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.charts.smooth import smooth, smooth_samples

weights = st.floats(0, 0.9999)
values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200)


def _by_definition(series: list[float], weight: float) -> list[float]:
    state, averages = 0.0, []
    for count, value in enumerate(series, start=1):
        state = weight * state + (1 - weight) * value
        averages.append(state / (1 - weight**count))
    return averages


@given(values, weights)
def test_equals_the_definition(series: list[float], weight: float) -> None:
    expected = _by_definition(series, weight)
    scale = max(map(abs, series)) + 1e-9
    np.testing.assert_allclose(smooth(series, weight), expected, rtol=1e-9, atol=1e-9 * scale)


@given(st.lists(st.floats(-1.7e308, 1.7e308), min_size=1, max_size=100), st.floats(0, 1))
def test_never_leaves_the_range_of_the_values(series: list[float], weight: float) -> None:
    averages = smooth(series, weight)
    slack = 1e-6 * max(map(abs, series))
    assert (averages / 2 >= min(series) / 2 - slack).all()
    assert (averages / 2 <= max(series) / 2 + slack).all()


@given(values, weights, st.integers(1, 64))
def test_samples_are_values_of_the_full_average(
    series: list[float], weight: float, every: int
) -> None:
    places, samples, _ = smooth_samples(np.array(series), weight, every)
    assert places[-1] == len(series) - 1
    assert set(np.diff(places)) <= {every, (len(series) % every) or every}
    full = smooth(series, weight)
    scale = max(map(abs, series)) + 1e-9
    np.testing.assert_allclose(samples, full[places], rtol=1e-9, atol=1e-9 * scale)


@given(values, weights, st.integers(1, 20), st.data())
def test_going_on_gives_what_starting_over_gives(
    series: list[float], weight: float, every: int, data: st.DataObject
) -> None:
    array = np.array(series)
    cut = data.draw(st.integers(0, len(series)))
    known = smooth_samples(array[:cut], weight, every)
    later = smooth_samples(array, weight, every, known)
    fresh = smooth_samples(array, weight, every)
    scale = max(map(abs, series)) + 1e-9
    assert later.places.tolist() == fresh.places.tolist()
    np.testing.assert_allclose(later.averages, fresh.averages, rtol=1e-9, atol=1e-9 * scale)


@given(st.lists(st.sampled_from([1.0, 2.0, math.nan, math.inf, -math.inf]), max_size=50), weights)
def test_skips_what_is_not_finite(series: list[float], weight: float) -> None:
    averages = smooth(series, weight)
    kept = [value for value in series if math.isfinite(value)]
    np.testing.assert_array_equal(np.isfinite(averages), np.isfinite(np.array(series, dtype=float)))
    np.testing.assert_allclose(averages[np.isfinite(averages)], smooth(kept, weight))


@pytest.mark.parametrize("weight", [-1.0, 0.0, math.nan])
def test_no_weight_changes_nothing(weight: float) -> None:
    assert smooth([3.0, 1.0, 2.0], weight).tolist() == [3.0, 1.0, 2.0]


def test_a_later_value_leaves_earlier_averages_alone() -> None:
    series = np.random.default_rng(0).normal(size=1000)
    np.testing.assert_allclose(smooth(series, 0.95)[:700], smooth(series[:700], 0.95))


@settings(max_examples=20)
@given(st.floats(-1e3, 1e3))
def test_has_no_pull_towards_zero_at_the_start(value: float) -> None:
    np.testing.assert_allclose(smooth([value] * 300, 0.99), [value] * 300, rtol=1e-9, atol=1e-300)
