"""Figures as data: shapes that fit, and only so much of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab import lab
from tflab.recording import current
from tflab.recording.conversion import ConversionError
from tflab.recording.figures import MAX_CELLS, MAX_POINTS, Layers, axis_range
from tflab.recording.images import to_dots


@pytest.fixture
def recorded(monkeypatch):
    """The figures that are recorded meanwhile."""
    found = []
    recorder = SimpleNamespace(cell=0, at=lambda: 0, emit=found.append)
    monkeypatch.setattr(current, "recorder", recorder)
    return found


def test_points_lines_bars_histograms_and_grids():
    layers = Layers()
    layers.add_points({"a": [(0, 1), (2, 3)], "none": []})
    layers.add_lines({"l": ([0, 1], [2.0, np.nan])})
    layers.add_bars({"one": 1, "two": np.float32(2)})
    layers.add_histograms({"h": [0.0, 1.0, 1.0, np.inf]}, bins=2)
    assert layers.add_grid([[1, 2, 3], [4, 5, 6]]) == (2, 3)
    points, none, line, bars, hist, grid = layers.found
    assert (points.kind, points.x, points.y) == ("points", [0.0, 2.0], [1.0, 3.0])
    assert none.x == []
    assert (line.kind, line.y) == ("line", [2.0, "nan"])
    assert (bars.names, bars.y) == (["one", "two"], [1, 2.0])
    assert (hist.x, hist.y) == ([0.0, 0.5, 1.0], [1, 2])
    assert grid.grid == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert layers.note == "h: 1 value is not finite."


@given(st.integers(MAX_POINTS + 1, 40_000), st.integers(0, 2**32 - 1))
def test_a_long_line_keeps_its_ends_its_lowest_and_its_highest(count, seed):
    ys = np.random.default_rng(seed).normal(size=count).cumsum()
    layers = Layers()
    layers.add_lines({"walk": (np.arange(count), ys)})
    kept = np.array(layers.found[0].y)
    assert len(kept) <= MAX_POINTS
    for value in (ys[0], ys[-1], ys.min(), ys.max()):
        assert np.isclose(kept, value, rtol=1e-5).any()
    assert layers.found[0].x == sorted(layers.found[0].x)
    assert f"of {count:,} points shown" in layers.note


def test_gaps_in_a_long_line_do_not_hide_its_extremes():
    ys = np.full(20_000, np.nan)
    ys[100], ys[15_000] = -5.0, 7.0
    layers = Layers()
    layers.add_lines({"gaps": (np.arange(20_000), ys)})
    assert {-5.0, 7.0} <= set(layers.found[0].y)


def test_many_points_and_cells_are_thinned_and_it_is_said():
    layers = Layers()
    layers.add_points({"cloud": np.zeros((100_000, 2))})
    layers.add_grid(np.zeros((1000, 900)))
    assert len(layers.found[0].x) == MAX_POINTS
    grid = layers.found[1].grid
    assert len(grid) * len(grid[0]) <= MAX_CELLS
    assert "5,000 of 100,000" in layers.note
    assert "200 × 200 of 1000 × 900" in layers.note


@pytest.mark.parametrize(
    ("add", "words"),
    [
        (lambda layers: layers.add_points({"g": [1, 2, 3]}), r"shape \(3,\)"),
        (lambda layers: layers.add_points({"g": [[1, 2], [3]]}), "ragged"),
        (lambda layers: layers.add_points({"g": [["a", "b"]]}), "numbers"),
        (lambda layers: layers.add_lines({"c": [1, 2, 3]}), "no pair"),
        (lambda layers: layers.add_lines({"c": ([1, 2], [1])}), "2 xs and 1 ys"),
        (lambda layers: layers.add_bars({"b": "high"}), "not a number"),
        (lambda layers: layers.add_grid([1, 2]), "shape"),
        (lambda layers: axis_range((1, 1)), "range"),
        (lambda layers: axis_range((0, np.inf)), "range"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(add, words):
    with pytest.raises(ConversionError, match=words):
        add(Layers())


@pytest.mark.parametrize("values", [[1e17, 1e17], [1e17, 1e17 + 16], [-1.7e308, 1.7e308]])
def test_values_too_close_or_too_far_for_bins_are_counted_in_one(values):
    layers = Layers()
    layers.add_histograms({"all": values}, 30)
    assert layers.found[0].y == [2]
    assert len(layers.found[0].x) == 2


def test_ranges_are_put_in_order():
    assert axis_range((3, -3)) == (-3.0, 3.0)
    assert axis_range(None) is None


def test_a_map_with_a_path_and_names_and_axes_that_are_logarithmic(recorded):
    lab.heatmap("map", [[0, 1], [1, 0]], lines={"path": ([0, 2], [1, 1])}, classes=["dry", "wet"])
    lab.line("v", {"error": ([1e-3, 1], [1, 1e-3])}, log_x=True, log_y=True)
    lab.scatter("cloud", {"a": [(1, 10)]}, log_y=True)
    grid, v, cloud = recorded
    assert [layer.kind for layer in grid.layers] == ["grid", "line"]
    assert grid.layers[0].names == ["dry", "wet"]
    assert (grid.x_range, grid.y_range) == ((0.0, 2.0), (0.0, 2.0))
    assert (v.log_x, v.log_y) == (True, True)
    assert (cloud.log_x, cloud.log_y) == (False, True)


def test_numbers_a_little_beyond_1_are_no_black_picture() -> None:
    """As bytes they would be: brighter pictures than 0 to 1 come of augmentation."""
    dots, note = to_dots(np.linspace(0, 1.3, 64).reshape(8, 8))
    assert (dots.min(), dots.max()) == (0, 255)
    assert note == "Shades from 0 (black) to 1.3 (white)."
    dots, note = to_dots(np.linspace(0, 200.0, 64).reshape(8, 8))
    assert (dots.max(), note) == (200, "")
