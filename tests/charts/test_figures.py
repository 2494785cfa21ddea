"""Figures: each kind readable with and without colour, any content drawn or named."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import wcswidth

from tflab.charts.drawing import ChartOptions
from tflab.charts.figures import draw_figure, figure_text
from tflab.charts.palette import COLOURS, Ink, series_ink
from tflab.runs.events import Figure, Layer

Check = Callable[[Sequence[str], int], None]
Plain = Callable[[str], str]
SIZE = (76, 16)
BARE = ChartOptions(colour="none")

number = st.floats() | st.integers(-5, 5) | st.sampled_from(["nan", "inf", "-inf", "what"])
row = st.lists(number, max_size=8)
layers = st.builds(
    Layer,
    kind=st.sampled_from(["points", "line", "bars", "hist", "grid"]),
    label=st.text(max_size=5),
    x=row,
    y=row,
    names=st.lists(st.text(max_size=5), max_size=6),
    grid=st.lists(row, max_size=6),
)
ends = st.none() | st.tuples(st.floats(), st.floats())
figures = st.builds(
    Figure,
    cell=st.just(0),
    title=st.text(max_size=30),
    layers=st.lists(layers, max_size=4),
    x_label=st.text(max_size=12),
    y_label=st.text(max_size=12),
    x_range=ends,
    y_range=ends,
    note=st.text(max_size=10),
)
options = st.builds(
    ChartOptions,
    colour=st.sampled_from(["none", "16", "256", "true"]),
    unicode=st.booleans(),
    dark=st.booleans(),
    y_range=ends,
)
sizes = st.tuples(st.integers(1, 100), st.integers(1, 30))


@settings(max_examples=400, deadline=None)
@given(figures, sizes, options)
def test_draws_anything(
    check_rows: Check, figure: Figure, size: tuple[int, int], how: ChartOptions
) -> None:
    drawing = draw_figure(figure, size, how)
    assert len(drawing.rows) <= size[1]
    check_rows(drawing.rows, size[0])
    if how.colour == "none":
        assert "\x1b" not in "".join(drawing.rows)


def test_a_label_moved_in_from_the_edge_leaves_the_axis_its_name(check_rows: Check) -> None:
    figure = Figure(cell=0, title="", layers=[], x_label="ab", y_label="", x_range=(-4e-97, 0.0))
    rows = draw_figure(figure, (8, 6), BARE).rows
    check_rows(rows, 8)
    assert "".join(rows).rstrip().endswith("ab")


@settings(max_examples=100, deadline=None)
@given(figures, st.tuples(st.integers(10, 100), st.integers(8, 30)), options)
def test_text_keeps_to_its_width(
    plain: Plain, figure: Figure, size: tuple[int, int], how: ChartOptions
) -> None:
    for line in figure_text(figure, size, how).split("\n"):
        assert wcswidth(plain(line)) <= size[0]
        assert how.unicode or line.isascii()


def _figure(*parts: Layer, **rest: Any) -> Figure:
    return Figure(cell=0, title="", layers=list(parts), **rest)


def _picture(figure: Figure, how: ChartOptions = BARE) -> str:
    return "\n".join(draw_figure(figure, SIZE, how).rows)


def _floats(values: np.ndarray) -> list[Any]:
    return [float(value) for value in values]


def _clouds() -> list[Layer]:
    random = np.random.default_rng(0)
    spread = [[1, 0.5], [0.5, 1]]
    means = {"class 0": (0, 3), "class 1": (3, 0)}
    clouds = {name: random.multivariate_normal(mean, spread, 1000) for name, mean in means.items()}
    return [
        Layer(kind="points", label=name, x=_floats(cloud[:, 0]), y=_floats(cloud[:, 1]))
        for name, cloud in clouds.items()
    ]


@pytest.mark.parametrize("unicode", [True, False])
def test_groups_and_boundary_are_told_apart_without_colour(unicode: bool) -> None:
    boundary = Layer(kind="line", label="boundary", x=[-4, 7], y=[-4, 7])
    drawing = draw_figure(
        _figure(*_clouds(), boundary), SIZE, ChartOptions(colour="none", unicode=unicode)
    )
    picture = "\n".join(drawing.rows)
    assert picture.count("o") > 50
    assert picture.count("x") > 50
    assert [entry.label for entry in drawing.legend] == ["class 0", "class 1", "boundary"]
    assert len({entry.marker for entry in drawing.legend}) == 3
    line = "*" if unicode is False else "⠤"
    assert picture.count(line) > 3


def test_upper_left_cloud_is_drawn_at_the_upper_left() -> None:
    rows = draw_figure(_figure(*_clouds()), SIZE, BARE).rows
    assert rows[2].count("o") > rows[2].count("x")
    assert rows[-4].count("x") > rows[-4].count("o")
    middle = [row.index("o") for row in rows if "o" in row]
    assert min(middle) < 30


def test_a_boundary_beyond_the_axes_is_cut_at_them() -> None:
    steep = Layer(kind="line", x=[0, 1], y=[-1e9, 1e9])
    picture = _picture(_figure(steep, x_range=(0, 1), y_range=(-1, 1)))
    assert sum(any(ord(mark) >= 0x2800 for mark in row) for row in picture.split("\n")) >= 13


def test_points_outside_are_counted() -> None:
    points = Layer(kind="points", x=[0.5, 5, "nan"], y=[0.5, 5, 1])
    drawing = draw_figure(_figure(points, x_range=(0, 1), y_range=(0, 1)), SIZE, BARE)
    assert drawing.notes == ("1 point is not finite and not drawn", "1 point is outside the axes")


def test_bars_align_names_of_any_script(check_rows: Check) -> None:
    bars = Layer(kind="bars", names=["layer 1", "세 번째 층", "層"], y=[1.0, 0.5, 0.001])
    drawing = draw_figure(_figure(bars), (60, 16), BARE)
    check_rows(drawing.rows, 60)
    assert len(drawing.rows) == 5
    axes = [wcswidth(row[: row.index("│")]) for row in drawing.rows if "│" in row]
    assert axes == [11, 11, 11]
    lengths = [sum(row.count(mark) for mark in "█▉▊▋▌▍▎▏") for row in drawing.rows[::2]]
    assert lengths[0] > lengths[1] > lengths[2] == 1


def test_bars_below_zero_go_left() -> None:
    rows = draw_figure(
        _figure(Layer(kind="bars", names=["a", "b", "c"], y=[-1.0, 1.0, "nan"])), (60, 16), BARE
    ).rows
    assert rows[0].index("█") < rows[0].index("│") < rows[2].index("█")
    assert rows[4].rstrip().endswith("nan")
    assert "█" not in rows[4]


def test_more_bars_than_rows_are_counted() -> None:
    bars = Layer(kind="bars", names=[str(n) for n in range(30)], y=[float(n) for n in range(30)])
    drawing = draw_figure(_figure(bars), (60, 10), BARE)
    assert len(drawing.rows) == 10
    assert drawing.notes == ("20 more do not fit here",)


def test_a_histogram_is_filled_and_two_are_outlines() -> None:
    edges, counts = [0.0, 1.0, 2.0, 3.0], [1, 4, 0]
    one = Layer(kind="hist", label="a", x=edges, y=counts)
    rows = draw_figure(_figure(one), SIZE, BARE).rows
    heights = [sum(row[column] in "▁▂▃▄▅▆▇█" for row in rows) for column in (12, 38, 65)]
    assert heights[1] > 3 * heights[0] > heights[2] == 0
    two = Layer(kind="hist", label="b", x=edges, y=[2, 2, 2])
    both = draw_figure(_figure(one, two), SIZE, BARE)
    assert "█" not in "".join(both.rows)
    assert len({entry.marker for entry in both.legend}) == 2


@pytest.mark.parametrize("unicode", [True, False])
def test_regions_of_classes_differ_without_colour(unicode: bool) -> None:
    grid: list[list[Any]] = [[0, 0, 1], [0, 1, 2], [1, 2, 2]]
    points = Layer(kind="points", label="setosa", x=[0.5], y=[0.5])
    figure = _figure(Layer(kind="grid", grid=grid), points, x_range=(0, 3), y_range=(0, 3))
    drawing = draw_figure(figure, SIZE, ChartOptions(colour="none", unicode=unicode))
    zero, one, two, mark = (entry.marker[0] for entry in drawing.legend)
    assert len({zero, one, two}) == 3
    assert drawing.rows[0].endswith(two)
    assert zero in drawing.rows[-3]
    assert mark == "o"
    assert "".join(drawing.rows).count("o") == 1


def test_values_are_shaded_and_the_legend_tells_the_range() -> None:
    grid: list[list[Any]] = [[x * y / 10 for x in range(10)] for y in range(10)]
    drawing = draw_figure(_figure(Layer(kind="grid", label="loss", grid=grid)), SIZE, BARE)
    assert drawing.rows[0].endswith("█")
    assert [entry.label for entry in drawing.legend] == ["loss 0 to 8.1"]
    assert len({mark for row in drawing.rows for mark in row} & set("░▒▓█")) == 4


@pytest.mark.parametrize("dark", [True, False])
def test_the_legend_of_shades_has_their_colours(dark: bool) -> None:
    """All five, not that of the highest alone: by colour, one finds the value of a place."""
    grid: list[list[Any]] = [[float(x) for x in range(200)]]
    how = ChartOptions(colour="true", dark=dark)
    drawing = draw_figure(_figure(Layer(kind="grid", label="loss", grid=grid)), SIZE, how)
    found: dict[str, set[Ink | None]] = {}
    for run in drawing.runs[0]:
        found.setdefault(run.text[0], set()).add(run.ink)
    sample = drawing.legend[0].sample
    assert [run.text for run in sample] == list(" ░▒▓█")
    assert len({run.ink for run in sample}) == 5
    for run in sample[1:]:
        assert run.ink in found[run.text]
    assert sample[-1].ink is not None
    assert sample[-1].ink.sgr("true") in figure_text(
        _figure(Layer(kind="grid", grid=grid)), SIZE, how
    )


def test_title_and_wide_labels_are_left_to_the_caller() -> None:
    line = Layer(kind="line", label="손실", x=[0, 1], y=[0, 1])
    figure = Figure(cell=0, title="경사 하강법\x1b[2J", layers=[line], x_label="t", y_label="손실")
    drawing = draw_figure(figure, SIZE, BARE)
    assert drawing.title == "경사 하강법[2J"
    assert (drawing.x_label, drawing.y_label) == ("", "손실")
    assert drawing.legend[0].label == "손실"
    lines = figure_text(figure, SIZE, BARE).split("\n")
    assert lines[0] == drawing.title
    assert len(lines) == SIZE[1]


def test_frames_with_fixed_axes_change_only_where_the_line_moves() -> None:
    def frame(slope: float) -> Figure:
        line = Layer(kind="line", x=[0, 1], y=[0, slope])
        return _figure(*_clouds(), line, x_range=(-4, 7), y_range=(-4, 7))

    one, other = (draw_figure(frame(slope), SIZE, BARE) for slope in (0.5, 0.6))
    changed = sum(a != b for a, b in zip(one.rows, other.rows, strict=True))
    assert changed <= 4


@pytest.mark.parametrize("kind", ["points", "line", "bars"])
def test_any_number_of_layers_is_drawn(kind: Any) -> None:
    layers = [Layer(kind=kind, x=[0, 1], y=[n, n + 1], names=["a", "b"]) for n in range(300)]
    drawing = draw_figure(Figure(cell=0, title="many", layers=layers), (60, 650), ChartOptions())
    inks = [run.ink for row in drawing.runs for run in row]
    assert {series_ink(style, True) for style in range(COLOURS)} <= set(inks)


def test_nothing_says_so() -> None:
    assert draw_figure(_figure(), SIZE, BARE).notes == ("nothing to draw",)
    empty = _figure(Layer(kind="bars"))
    assert draw_figure(empty, SIZE, BARE).notes == ("nothing to draw",)


def test_huge_numbers_in_a_log_are_no_error() -> None:
    layer = Layer(kind="points", x=[10**400, 1], y=[1, -(10**400)])
    drawing = draw_figure(_figure(layer), SIZE, BARE)
    assert drawing.notes == ("2 points are not finite and not drawn",)
    assert drawing.y_range is not None
    assert all(map(math.isfinite, drawing.y_range))


@pytest.mark.parametrize("unicode", [True, False])
def test_the_numbers_of_a_map_go_by_their_names(unicode: bool):
    layer = Layer(kind="grid", names=["dry", "wet"], grid=[[0, 1, 2], [1, 0, 0]])
    figure = Figure(cell=0, title="", layers=[layer])
    drawing = draw_figure(figure, SIZE, ChartOptions(colour="none", unicode=unicode))
    assert [entry.label for entry in drawing.legend] == ["dry", "wet", "class 2"]
