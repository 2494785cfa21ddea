"""Thinning keeps what a picture shows."""

from __future__ import annotations

from array import array

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.charts.thin import as_points, stretches, thin


def _series(seed: int, count: int, restarts: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    parts = [np.sort(random.integers(0, count, size=count // restarts)) for _ in range(restarts)]
    steps = np.concatenate(parts).astype(float)
    return steps, random.standard_cauchy(len(steps))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20_000), st.integers(1, 5), st.integers(1, 200))
def test_keeps_ends_and_extremes(seed: int, count: int, restarts: int, columns: int) -> None:
    steps, values = _series(seed, max(count, restarts), restarts)
    x, y = thin(steps, values, columns)
    assert (x[0], y[0]) == (steps[0], values[0])
    assert (x[-1], y[-1]) == (steps[-1], values[-1])
    assert y.min() == values.min()
    assert y.max() == values.max()
    assert len(y) <= columns * 8 + 64 * 8
    points = set(zip(steps.tolist(), values.tolist(), strict=True))
    assert set(zip(x.tolist(), y.tolist(), strict=True)) <= points


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20_000), st.integers(1, 100))
def test_thinning_twice_changes_nothing_more(seed: int, count: int, columns: int) -> None:
    once = thin(*_series(seed, count, 1), columns)
    twice = thin(*once, columns)
    assert all(np.array_equal(a, b) for a, b in zip(once, twice, strict=True))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(), st.floats()), max_size=50),
    st.integers(1, 60),
    st.integers(0, 5),
)
def test_any_doubles(points: list[tuple[float, float]], repeat: int, columns: int) -> None:
    steps = [point[0] for point in points] * repeat
    values = [point[1] for point in points] * repeat
    x, y = thin(steps, values, columns)
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()


def test_arrays_are_viewed_and_can_grow_afterwards() -> None:
    steps, values = array("d", range(10)), array("d", range(10))
    x, y = as_points(steps, values)
    assert np.shares_memory(x, np.asarray(steps))
    del x, y
    steps.append(10.0)
    assert len(thin(array("d"), array("d"), 80)[0]) == 0


def test_unequal_lengths_are_cut() -> None:
    x, y = thin([1, 2, 3], [5, 6], 10)
    assert x.tolist() == [1, 2]
    assert y.tolist() == [5, 6]


def test_stretches_split_where_steps_start_over() -> None:
    assert stretches(np.array([0.0, 1, 2, 0, 1])) == [slice(0, 3), slice(3, 5)]
    assert stretches(np.arange(200.0)[::-1]) == [slice(0, 200)]
