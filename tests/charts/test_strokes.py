"""Dots of lines, as plotext draws them, against every point by itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tflab.charts.plot import DOTS, Glyphs, Path, draw_path
from tflab.charts.strokes import Blocks, fractions, polyline, scatter, sum_up, trace

DOTS_X, DOTS_Y = DOTS[True]
# Dot numbers of a braille cell as bits, rows from the bottom up, columns from the left.
BITS = np.array([[0x40, 0x80], [0x04, 0x20], [0x02, 0x10], [0x01, 0x08]])
sizes = st.tuples(st.integers(1, 15), st.integers(1, 40))
heights = st.lists(st.floats(0, 1), min_size=1, max_size=300)


def dots(glyphs: Glyphs) -> np.ndarray:
    """Return which dots braille characters have, row 0 at the bottom."""
    bits = np.where(glyphs > 0, glyphs - 0x2800, 0).astype(np.int64)
    blocks = (bits[:, None, :, None] & BITS[None, :, None, :]) > 0
    return blocks.reshape(glyphs.shape[0] * DOTS_Y, glyphs.shape[1] * DOTS_X)


def drawn(path: Path, size: tuple[int, int]) -> np.ndarray:
    """Return the dots that plotext covers in a picture of `size` cells, rows and columns."""
    rows, columns = size
    return dots(draw_path(path, columns, rows, unicode=True))


def _line(values: list[float], size: tuple[int, int]) -> np.ndarray:
    x, width = np.arange(len(values), dtype=float), size[1] * DOTS_X
    spans = sum_up(x, np.array(values), width, (0.0, max(len(values) - 1.0, 1.0)))
    return drawn(trace([spans], lambda y: fractions(y, 0.0, 1.0), size[0] * DOTS_Y), size)


@settings(deadline=None)
@given(heights, sizes)
def test_every_point_is_covered_and_the_line_has_no_hole(
    values: list[float], size: tuple[int, int]
) -> None:
    covered = _line(values, size)
    height, width = covered.shape
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


@settings(deadline=None)
@given(heights, sizes)
def test_nothing_is_covered_beyond_the_extremes(values: list[float], size: tuple[int, int]) -> None:
    covered = _line(values, size)
    rows = np.flatnonzero(covered.any(axis=1))
    ends = [round(v * (covered.shape[0] - 1)) for v in (min(values), max(values))]
    assert [rows.min(), rows.max()] == ends


@settings(deadline=None)
@given(heights, sizes)
def test_a_line_has_two_points_a_dot_column_at_most(
    values: list[float], size: tuple[int, int]
) -> None:
    x, width = np.arange(len(values), dtype=float), size[1] * DOTS_X
    spans = sum_up(x, np.array(values), width, (0.0, max(len(values) - 1.0, 1.0)))
    path = trace([spans], lambda y: fractions(y, 0.0, 1.0), size[0] * DOTS_Y)
    assert len(path.columns) <= 2 * min(len(values), width)
    assert np.bincount(path.columns).max() <= 2


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
    covered = drawn(trace([spans], lambda y: fractions(y, 0.0, 1.0), DOTS_Y), (1, 10))
    assert not covered[:, 6:14].any()
    assert covered[0, :3].all()


def _polyline(columns: list[float], rows: list[float], size: tuple[int, int]) -> np.ndarray:
    dots_across, dots_up = size[1] * DOTS_X, size[0] * DOTS_Y
    return drawn(polyline(np.array(columns), np.array(rows), dots_across, dots_up), size)


def test_a_line_is_cut_at_the_picture() -> None:
    covered = _polyline([-1e7, 1e7], [-1e7, 1e7], (3, 6))
    assert np.array_equal(covered, np.eye(12, dtype=bool))
    assert not _polyline([-5.0, -1.0], [0.0, 9.0], (3, 6)).any()


def test_upright_lines_and_single_points() -> None:
    assert _polyline([3.0, 3.0], [0.0, 11.0], (3, 5))[:, 3].all()
    assert _polyline([3.0], [2.0], (3, 5))[2, 3]
    assert _polyline([0.0, np.nan, 9.0], [0.0, 0.0, 0.0], (3, 5)).sum() == 2


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(-4, 16), st.integers(-6, 18)), min_size=1, max_size=30),
    st.sets(st.integers(0, 29)),
)
def test_a_polyline_covers_what_its_segments_do(
    corners: list[tuple[int, int]], gaps: set[int]
) -> None:
    points = np.array(corners, dtype=float)
    points[[gap for gap in gaps if gap < len(points)]] = np.nan
    whole = _polyline(points[:, 0].tolist(), points[:, 1].tolist(), (3, 6))
    apart = np.zeros_like(whole)
    for one, other in pairwise(points):
        if np.isfinite([one, other]).all():
            apart |= _polyline([one[0], other[0]], [one[1], other[1]], (3, 6))
    for x, y in points[np.isfinite(points).all(axis=1)]:
        apart |= _polyline([x], [y], (3, 6))
    assert np.array_equal(whole, apart)


def test_points_on_one_dot_are_drawn_once_and_those_outside_not_at_all() -> None:
    path = scatter(np.array([1.0, 1.2, 5.0, -9.0, np.nan]), np.array([0.0, 0.1, 3.0, 1, 1]), 12, 8)
    assert list(zip(path.columns.tolist(), path.rows.tolist(), strict=True)) == [(1, 0), (5, 3)]
    assert drawn(path, (2, 6)).sum() == 2


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
