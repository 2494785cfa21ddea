"""Dots of lines, against drawing every point by itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.charts.strokes import Blocks, fractions, polyline, sum_up, trace

shapes = st.tuples(st.integers(1, 60), st.integers(1, 80))
heights = st.lists(st.floats(0, 1), min_size=1, max_size=300)


def _line(values: list[float], shape: tuple[int, int]) -> np.ndarray:
    x = np.arange(len(values), dtype=float)
    spans = sum_up(x, np.array(values), shape[1], (0.0, max(len(values) - 1.0, 1.0)))
    return trace([spans], lambda y: fractions(y, 0.0, 1.0), shape)


@given(heights, shapes)
def test_every_point_is_covered_and_the_line_has_no_hole(
    values: list[float], shape: tuple[int, int]
) -> None:
    height, width = shape
    covered = _line(values, shape)
    for place, value in enumerate(values):
        column = np.floor(place / max(len(values) - 1, 1) * (width - 1) + 0.5)
        assert covered[round(value * (height - 1)), int(min(column, width - 1))]
    used = np.flatnonzero(covered.any(axis=0))
    if len(values) > 1:
        assert used.tolist() == list(range(width))
    for left, right in pairwise(used):
        rows = np.flatnonzero(covered[:, left])
        others = np.flatnonzero(covered[:, right])
        assert rows.min() - 1 <= others.max()
        assert others.min() - 1 <= rows.max()


@given(heights, shapes)
def test_nothing_is_covered_beyond_the_extremes(
    values: list[float], shape: tuple[int, int]
) -> None:
    rows = np.flatnonzero(_line(values, shape).any(axis=1))
    ends = [round(v * (shape[0] - 1)) for v in (min(values), max(values))]
    assert [rows.min(), rows.max()] == ends


@settings(max_examples=60)
@given(st.integers(0, 1000), st.lists(st.integers(1, 120), min_size=1, max_size=6))
def test_growing_gives_what_starting_over_gives(seed: int, batches: list[int]) -> None:
    total = sum(batches)
    values = np.random.default_rng(seed).normal(size=total)
    steps = np.arange(total, dtype=float)
    known, end = None, 0
    for batch in batches:
        end += batch
        known = sum_up(steps[:end], values[:end], 40, (0.0, float(total)), known=known)
        fresh = sum_up(steps[:end], values[:end], 40, (0.0, float(total)))
        assert all(np.array_equal(a, b) for a, b in zip(known, fresh, strict=True))


def test_missing_points_leave_a_gap() -> None:
    steps = np.array([0.0, 1, 8, 9])
    spans = sum_up(steps, np.zeros(4), 20, (0.0, 9.0), places=np.array([0, 1, 8, 9]))
    covered = trace([spans], lambda y: fractions(y, 0.0, 1.0), (4, 20))
    assert not covered[:, 6:14].any()
    assert covered[0, :3].all()


def test_a_line_is_cut_at_the_picture() -> None:
    covered = polyline(np.array([-1e7, 1e7]), np.array([-1e7, 1e7]), (10, 10))
    assert np.array_equal(covered, np.eye(10, dtype=bool))
    assert not polyline(np.array([-5.0, -1.0]), np.array([0.0, 9.0]), (10, 10)).any()


def test_upright_lines_and_single_points() -> None:
    assert polyline(np.array([3.0, 3.0]), np.array([0.0, 9.0]), (10, 10))[:, 3].all()
    assert polyline(np.array([3.0]), np.array([2.0]), (10, 10))[2, 3]
    gap = polyline(np.array([0.0, np.nan, 9.0]), np.array([0.0, 0.0, 0.0]), (10, 10))
    assert gap.sum() == 2


@settings(deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 20_000),
    st.integers(1, 12),
    st.integers(1, 64),
    st.integers(0, 40),
)
def test_known_blocks_change_nothing(
    seed: int, count: int, width: int, size: int, missing: int
) -> None:
    random = np.random.default_rng(seed)
    x, y = np.sort(random.integers(0, count, count)).astype(float), random.normal(size=count)
    whole = max(count // size - missing, 0)
    parts = y[: whole * size].reshape(whole, size)
    blocks = Blocks(size, parts.min(axis=1), parts.max(axis=1))
    x_range = 0.0, float(count)
    plain, known = sum_up(x, y, width, x_range), sum_up(x, y, width, x_range, blocks=blocks)
    for one, other in zip(plain, known, strict=True):
        assert np.array_equal(one, other)
