"""Series against NumPy, the slow and sure way."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tflab.runs.events import as_number
from tflab.runs.series import BLOCK, Series

values = st.lists(st.floats(width=64), max_size=30)


@given(st.lists(values, max_size=4))
def test_a_series_agrees_with_numpy(batches):
    series = Series("loss")
    count = 0
    for batch in batches:
        steps = range(count, count + len(batch))
        series.extend(list(steps), [as_number(value) for value in batch])
        count += len(batch)
    whole = np.array([value for batch in batches for value in batch], dtype=np.float64)
    finite = whole[np.isfinite(whole)]
    assert np.array_equal(np.asarray(series.values), whole, equal_nan=True)
    assert np.array_equal(np.asarray(series.steps), np.arange(count))
    found = series.summary()
    assert found["count"] == len(series) == count
    assert found["nonfinite"] == count - len(finite)
    assert found["min"] == (finite.min() if len(finite) else None)
    assert found["max"] == (finite.max() if len(finite) else None)
    strange = np.flatnonzero(~np.isfinite(whole))
    assert series.first_nonfinite_step == (strange[0] if len(strange) else None)
    if count:
        assert found["first"] == as_number(float(whole[0]))
        assert found["last"] == as_number(float(whole[-1]))


@given(
    st.lists(st.one_of(st.integers(), st.text(max_size=4), st.floats()), max_size=6),
    st.lists(st.integers(), max_size=6),
)
def test_what_is_no_number_counts_as_nan_and_nothing_raises(strange, steps):
    series = Series("loss")
    series.extend(steps, strange)
    series.extend([1], [2.0])
    assert series.values[-1] == 2.0
    assert len(series.steps) == len(series.values)
    assert series.nonfinite == sum(not math.isfinite(value) for value in series.values)


@given(st.lists(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=200)))
def test_blocks_hold_the_extremes_of_what_they_stand_for(batches):
    series = Series("loss")
    for batch in batches:
        series.extend(list(range(len(series), len(series) + len(batch))), batch)
    whole = len(series) // BLOCK
    parts = np.array(series.values)[: whole * BLOCK].reshape(whole, BLOCK)
    assert np.array_equal(np.array(series.block_lows), parts.min(axis=1))
    assert np.array_equal(np.array(series.block_highs), parts.max(axis=1))


@given(st.lists(st.lists(st.integers(0, 5), max_size=4), max_size=4))
def test_a_series_knows_whether_its_steps_fall(batches):
    series = Series("loss")
    for steps in batches:
        series.extend(steps, [0.0] * len(steps))
    steps = [step for batch in batches for step in batch]
    assert series.in_order == (steps == sorted(steps))


points = st.lists(st.tuples(st.integers(-5, 60), st.floats(width=32)), max_size=80)


@given(st.lists(points, min_size=1, max_size=3))
def test_a_run_that_goes_on_takes_the_place_of_what_it_goes_over_again(runs):
    series = Series("loss")
    for place, run in enumerate(runs):
        if place:
            series.end_part(str(place - 1))
        for step, value in run:
            series.extend([step], [as_number(value)])
    whole: list[tuple[int, float, str]] = []
    for place, run in enumerate(runs):
        if run:
            whole = [known for known in whole if known[0] < run[0][0]] if place else whole
        whole += [(step, value, str(place)) for step, value in run]
    fresh = Series("loss")
    fresh.extend([p[0] for p in whole], [as_number(p[1]) for p in whole])
    assert list(series.steps) == list(fresh.steps)
    assert str(list(series.values)) == str(list(fresh.values))
    assert str(series.summary()) == str(fresh.summary())
    assert (series.in_order, series.nonfinite) == (fresh.in_order, fresh.nonfinite)
    assert str(series.block_lows) == str(fresh.block_lows)
    for place in range(len(runs) - 1):
        mine = [p[0] for p in whole if p[2] == str(place)]
        assert list(series.logged_by(str(place)).steps) == mine
    assert len(series.logged_by("")) == sum(p[2] == str(len(runs) - 1) for p in whole)
