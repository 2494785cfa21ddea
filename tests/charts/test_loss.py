"""The loss chart: any data, any size, and what it says about them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tflab.charts.drawing import ChartOptions, Curve, Memo
from tflab.charts.loss import draw_loss, loss_text
from tflab.charts.metrics import curve_of
from tflab.charts.palette import ColourMode, alarm_ink
from tflab.charts.plot import forget_drawings
from tflab.runs.series import Series

Check = Callable[[Sequence[str], int], None]
Plain = Callable[[str], str]

curves = st.lists(
    st.builds(
        Curve,
        label=st.text(max_size=8),
        steps=st.lists(st.floats() | st.integers(0, 50).map(float), max_size=30),
        values=st.lists(st.floats() | st.floats(0, 1), max_size=30),
        style=st.integers(0, 20),
        ghost=st.booleans(),
    ),
    max_size=4,
)
options = st.builds(
    ChartOptions,
    log_y=st.none() | st.booleans(),
    log_x=st.booleans(),
    x_range=st.none() | st.tuples(st.floats(), st.floats()) | st.just((3.0, 20.0)),
    cursor=st.none() | st.floats() | st.floats(0, 50),
    end_labels=st.booleans(),
    smoothing=st.sampled_from([0.0, 0.5, 0.99, 1.0, -1.0, math.nan]),
    x_max=st.none() | st.floats(),
    colour=st.sampled_from(["none", "16", "256", "true"]),
    unicode=st.booleans(),
    dark=st.booleans(),
    y_range=st.none() | st.tuples(st.floats(), st.floats()),
)
sizes = st.tuples(st.integers(1, 140), st.integers(1, 40)) | st.just((10, 3))


@settings(max_examples=300, deadline=None)
@given(curves, sizes, options)
def test_draws_anything(
    check_rows: Check, series: list[Curve], size: tuple[int, int], how: ChartOptions
) -> None:
    drawing = draw_loss(series, size, how)
    assert len(drawing.rows) == size[1]
    check_rows(drawing.rows, size[0])
    if not how.unicode:
        assert "".join(drawing.rows).isascii()
    if how.colour == "none":
        assert "\x1b" not in "".join(drawing.rows)
    assert drawing.y_range is None or all(map(math.isfinite, drawing.y_range))
    assert len(drawing.legend) == len(series)
    again = draw_loss(series, size, how)
    assert again.rows == drawing.rows


@settings(max_examples=60, deadline=None)
@given(curves, st.tuples(st.integers(8, 100), st.integers(6, 30)), options)
@example(
    [Curve("", [0.0], [1.0])],
    (8, 6),
    ChartOptions(log_y=True, colour="none", y_range=(math.nan, 0.0)),
)
def test_text_keeps_to_its_size(
    plain: Plain, series: list[Curve], size: tuple[int, int], how: ChartOptions
) -> None:
    lines = loss_text(series, size, how).split("\n")
    extra = len(draw_loss(series, (0, 0), how).notes) + len(series)
    assert len(lines) <= max(size[1], 3 + extra + 1)
    for line in lines:
        plain(line)


def _decay(count: int, noise: float = 0.0) -> np.ndarray:
    random = np.random.default_rng(0)
    return np.exp(-np.linspace(0, 4, count)) + random.uniform(-noise, noise, count)


def _dots(rows: Sequence[str]) -> int:
    return sum(row.count(chr(code)) for row in rows for code in range(0x2801, 0x2900))


def test_says_where_it_diverged_and_draws_the_rest() -> None:
    values = [1.0, 2.0, 4.0, math.inf, math.nan]
    drawing = draw_loss([Curve("loss", range(10, 15), values)], (60, 12), ChartOptions())
    assert drawing.notes == ("diverged at step 13",)
    assert _dots(drawing.rows) > 5


def test_a_value_that_was_not_finite_for_a_while_is_no_divergence() -> None:
    drawing = draw_loss([Curve("loss", [0, 1, 2], [1.0, math.nan, 0.5])], (60, 12), ChartOptions())
    assert drawing.notes == ("1 value is not finite, the first at step 1",)


def test_names_the_series_when_there_are_several() -> None:
    pair = [Curve("loss", [0, 1], [1.0, 0.5]), Curve("val_loss", [0, 1], [1.0, math.nan])]
    assert draw_loss(pair, (60, 12), ChartOptions()).notes == ("val_loss: diverged at step 1",)


def test_log_axis_counts_what_it_cannot_show() -> None:
    curve = Curve("loss", range(5), [1.0, 0.1, 0.0, -1.0, 0.01])
    drawing = draw_loss([curve], (60, 12), ChartOptions(log_y=True))
    assert drawing.notes == ("2 values are at or below 0 and not on the log axis",)
    bottom, top = drawing.y_range or (0.0, 0.0)
    assert 0.005 < bottom <= 0.01
    assert 1.0 <= top < 3.0


@pytest.mark.parametrize("values", [[], [math.nan, math.inf]])
def test_nothing_to_draw_leaves_the_axes(check_rows: Check, values: list[float]) -> None:
    drawing = draw_loss([Curve("loss", range(len(values)), values)], (40, 8), ChartOptions())
    check_rows(drawing.rows, 40)
    assert drawing.notes in (("no points yet",), ("diverged at step 0",))
    assert _dots(drawing.rows) == 0


@pytest.mark.parametrize("values", [[0.5], [0.5] * 9, [0.0] * 9, [1e308, -1e308], [5e-324, 0.0]])
@pytest.mark.parametrize("log", [False, True])
def test_odd_values_are_visible(values: list[float], log: bool) -> None:
    drawing = draw_loss([Curve("x", range(len(values)), values)], (60, 12), ChartOptions(log_y=log))
    assert _dots(drawing.rows) > 0 or (log and max(values) <= 0)


def test_series_differ_without_colour() -> None:
    for unicode in (True, False):
        how = ChartOptions(colour="none", unicode=unicode)
        pictures = {
            draw_loss([Curve("x", range(200), _decay(200), style)], (80, 14), how).rows
            for style in range(6)
        }
        assert len(pictures) == 6
        series = [Curve("x", [0], [1.0], style) for style in range(6)]
        assert len({entry.marker for entry in draw_loss(series, (80, 14), how).legend}) == 6


def test_curves_that_coincide_show_each_other() -> None:
    series = [Curve(str(style), range(200), _decay(200), style) for style in range(3)]
    drawing = draw_loss(series, (80, 14), ChartOptions())
    inks = {run.ink for row in drawing.runs for run in row}
    assert {entry.ink for entry in drawing.legend} <= inks


def test_smoothing_leaves_the_raw_curve_visible() -> None:
    curve = Curve("loss", range(400), _decay(400, noise=0.3))
    raw = draw_loss([curve], (80, 14), ChartOptions(colour="none"))
    both = draw_loss([curve], (80, 14), ChartOptions(colour="none", smoothing=0.9))
    assert both.y_range == raw.y_range
    covered = sum(
        after != " "
        for row, other in zip(raw.rows, both.rows, strict=True)
        for before, after in zip(row, other, strict=True)
        if before != " "
    )
    drawn = sum(mark != " " for row in raw.rows for mark in row)
    assert covered > 0.9 * drawn
    coloured = draw_loss([curve], (80, 14), ChartOptions(smoothing=0.9))
    assert len({run.ink for row in coloured.runs for run in row if run.ink}) == 4


def test_a_known_total_keeps_old_cells_still() -> None:
    steps, values, memo, y_range = array("d"), array("d"), Memo(), None
    source = _decay(4000, noise=0.05)
    before: list[str] = []
    for end in range(400, 4001, 100):
        steps.extend(range(len(steps), end))
        values.extend(source[len(values) : end].tolist())
        how = ChartOptions(x_max=4000, colour="none", y_range=y_range)
        drawing = draw_loss([Curve("loss", steps, values, memo=memo)], (84, 14), how)
        if before and drawing.y_range == y_range:
            first_new = 4 + int((end - 100) / 4000 * 79)
            changed = [
                column
                for row, other in zip(before, drawing.rows, strict=True)
                for column, (a, b) in enumerate(zip(row, other, strict=True))
                if a != b
            ]
            assert not changed or min(changed) >= first_new - 1
        before, y_range = list(drawing.rows), drawing.y_range


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(-3, 60), st.floats() | st.floats(0, 1)), max_size=12),
        max_size=6,
    ),
    st.booleans(),
    st.sampled_from([0.0, 0.8]),
)
def test_a_memo_changes_nothing(
    batches: list[list[tuple[int, float]]], log: bool, smoothing: float
) -> None:
    steps, values, memo = array("d"), array("d"), Memo()
    how = ChartOptions(log_y=log, smoothing=smoothing, x_max=60.0)
    for batch in batches:
        steps.extend(step for step, _ in batch)
        values.extend(value for _, value in batch)
        kept = draw_loss([Curve("x", steps, values, memo=memo)], (50, 10), how)
        fresh = draw_loss([Curve("x", steps, values)], (50, 10), how)
        assert kept == fresh


def test_true_extremes_survive_a_million_points() -> None:
    values = np.full(1_000_000, 0.5)
    values[123_456], values[654_321] = 0.0, 1.0
    drawing = draw_loss([Curve("x", np.arange(1e6), values)], (80, 14), ChartOptions(colour="none"))
    picture = [row[4:] for row in drawing.rows[:-2]]
    assert picture[0].strip() and picture[-1].strip()  # noqa: PT018


def test_drawing_holds_no_view_of_the_arrays() -> None:
    steps, values, memo = array("d", range(100)), array("d", range(100)), Memo()
    for bad in (0.0, math.nan):
        draw_loss([Curve("x", steps, values, memo=memo)], (60, 12), ChartOptions(smoothing=0.5))
        steps.append(len(steps))
        values.append(bad)


def test_restarted_steps_are_separate_lines() -> None:
    steps = [*range(50), *range(50)]
    values = [1.0] * 50 + [0.0] * 50
    rows = draw_loss([Curve("x", steps, values)], (60, 14), ChartOptions(colour="none")).rows
    assert sum(_dots([row]) > 0 for row in rows) == 2


def test_the_terminal_gets_the_colours_it_can_show() -> None:
    curve = Curve("x", range(9), range(9))
    for mode, code in (("true", "38;2;"), ("256", "38;5;"), ("16", "\x1b[94m")):
        rows = draw_loss([curve], (60, 12), ChartOptions(colour=mode)).rows  # type: ignore[arg-type]
        assert code in "".join(rows)


def test_drawings_share_nothing_with_the_plotext_module() -> None:
    import plotext

    plotext.figure.clear()
    before = plotext.figure.build().string()
    curve = Curve("x", range(9), range(9))
    first = draw_loss([curve], (200, 60), ChartOptions()).rows
    draw_loss([curve], (20, 8), ChartOptions(log_y=True))
    assert plotext.figure.build().string() == before
    plotext.figure.draw(plotext.figure.signal([1, 2], [2, 1]))
    plotext.figure.title("of somebody else")
    forget_drawings()
    assert draw_loss([curve], (200, 60), ChartOptions()).rows == first


def test_threads_may_draw_at_the_same_time() -> None:
    curves = [Curve("x", range(50), _decay(50, noise=n / 50), n) for n in range(8)]
    alone = [draw_loss([curve], (60 + n, 12), ChartOptions()) for n, curve in enumerate(curves)]
    forget_drawings()
    with ThreadPoolExecutor(4) as threads:
        drawn = threads.map(
            lambda pair: draw_loss([pair[1]], (60 + pair[0], 12), ChartOptions()),
            list(enumerate(curves)) * 5,
        )
        assert list(drawn) == alone * 5


def test_a_series_that_knows_itself_is_drawn_as_its_points_are() -> None:
    values = (np.sin(np.arange(200_000) / 900) / 2).tolist()
    values[77_777], values[-1] = 3.0, -2.0
    series = Series("loss")
    for at in range(0, len(values), 997):
        series.extend(list(range(at, at + 997)), values[at : at + 997])
    known = Curve("loss", series.steps, series.values, memo=Memo(series))
    bare = Curve("loss", series.steps, series.values)
    options = ChartOptions(x_max=250_000)
    assert draw_loss([known], (90, 14), options) == draw_loss([bare], (90, 14), options)
    series.extend([200_000], [9.0])
    assert draw_loss([known], (90, 14), options) == draw_loss([bare], (90, 14), options)


def test_a_series_with_a_value_that_is_not_finite_tells_nothing_of_itself() -> None:
    series = Series("loss")
    series.extend([0, 1, 2], [1.0, "nan", 2.0])
    known = Curve("loss", series.steps, series.values, memo=Memo(series))
    assert "1 value is not finite" in draw_loss([known], (40, 8), ChartOptions()).notes[0]


@pytest.mark.parametrize("colour", ["true", "none"])
@pytest.mark.parametrize("unicode", [True, False])
def test_a_faint_curve_is_drawn_again_only_when_it_grows_or_the_axes_move(
    points_given: list[int], colour: ColourMode, unicode: bool
) -> None:
    look = ChartOptions(colour=colour, unicode=unicode, x_max=9.0)
    steps, values, memo = array("d", [0, 1, 2]), array("d", [1, 0.5, 0.2]), Memo()
    size = (60, 12)
    main = Curve("main", [0.0, 9.0], [1.0, 0.0])

    def curves_drawn() -> int:
        """Return how many lines plotext was given: the others are kept."""
        points_given.clear()
        ghost = Curve("ghost", steps, values, 1, True)
        drawn = draw_loss([replace(ghost, memo=memo), main], size, look)
        made = len(points_given)
        assert drawn == draw_loss([ghost, main], size, look), "as without a memo"
        return made

    whole = curves_drawn()
    assert whole >= 2
    assert curves_drawn() == 0
    steps.append(3)
    values.append(0.1)
    assert curves_drawn() == 1
    assert curves_drawn() == 0
    main = Curve("main", [0.0, 9.0], [7.0, 0.0])
    assert curves_drawn() >= 1, "the axes moved"
    size = (50, 12)
    assert curves_drawn() == whole


def test_of_a_curve_that_grows_only_its_end_is_drawn_again(points_given: list[int]) -> None:
    steps, values, memo = array("d"), array("d"), Memo()
    source = _decay(4000, noise=0.05).tolist()
    look = ChartOptions(x_max=4000.0, y_range=(0.0, 1.5))
    for end in range(100, 4001, 100):
        steps.extend(range(len(steps), end))
        values.extend(source[len(values) : end])
        points_given.clear()
        draw_loss([Curve("loss", steps, values, memo=memo)], (124, 14), look)
    assert 0 < sum(points_given) < 100
    points_given.clear()
    draw_loss([Curve("loss", steps, values, memo=memo)], (125, 14), look)
    assert sum(points_given) > 400


def test_an_axis_becomes_logarithmic_where_a_series_spans_decades() -> None:
    def drawn(values: list[float], log: bool | None = None) -> bool:
        curve = Curve("loss", range(len(values)), values)
        return draw_loss([curve], (60, 12), ChartOptions(log_y=log)).log_y

    assert drawn([1.0, 0.1, 1e-4])
    assert drawn([1.0, 1e35, math.inf])
    assert not drawn([1.0, 0.5])
    assert not drawn([1.0, 1e-9, 0.0]), "0 has no place on it"
    assert not drawn([1.0, 1e-4], log=False)
    assert drawn([1.0, 0.5], log=True)
    assert not drawn([])


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("colour", ["true", "none"])
def test_divergence_is_marked_where_it_happened(colour: ColourMode, unicode: bool) -> None:
    grew = [float(2**step) for step in range(60)]
    curve = Curve("loss", range(61), [*grew, math.inf])
    how = ChartOptions(colour=colour, unicode=unicode, end_labels=True)
    drawing = draw_loss([curve], (70, 12), how)
    text = ["".join(run.text for run in row) for row in drawing.runs]
    mark = "✗" if unicode else "X"
    assert sum(row.count(mark) for row in text) == 1
    assert any(mark in row and row.rstrip().endswith("diverged") for row in text[:2])
    inks = {run.ink for row in drawing.runs for run in row if mark in run.text}
    assert inks == ({alarm_ink(True)} if colour == "true" else {None})


def test_a_steps_axis_may_be_logarithmic() -> None:
    curve = Curve("loss", range(1001), [1.0] * 1001)
    drawing = draw_loss([curve], (80, 12), ChartOptions(log_x=True, colour="none"))
    places = [drawing.rows[-1].index(label) for label in (" 10 ", " 100 ")]
    assert places[1] - places[0] == pytest.approx((80 - 5) / 3, abs=2)
    assert drawing.rows[-1].rstrip().endswith("1k")
    assert drawing.x_axis is not None
    assert drawing.x_axis.low == 1.0, "step 0 has no place on it"


@pytest.mark.parametrize(("unicode", "glyph"), [(True, "┊"), (False, ":")])
def test_a_seam_stands_where_a_run_goes_on(unicode, glyph):
    series = Series("loss")
    series.extend(list(range(50)), [2.0] * 50)
    series.end_part("before")
    series.extend(list(range(40, 100)), [1.0] * 60)
    curve = curve_of(series, "loss", 0)
    drawing = draw_loss([curve], (60, 12), ChartOptions(colour="none", unicode=unicode))
    columns = {row.index(glyph) for row in drawing.rows if glyph in row}
    assert columns == {drawing.x_axis.column_of(40)}
    assert drawing.notes == (f"{glyph} goes on from an earlier run at step 40",)
    zoomed = replace(ChartOptions(colour="none", unicode=unicode), x_range=(50, 90))
    assert not any(glyph in row for row in draw_loss([curve], (60, 12), zoomed).rows)
