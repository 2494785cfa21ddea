"""Names at the ends of lines: beside their line, none over another, in cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from tflab.charts.drawing import ChartOptions, Curve, Row
from tflab.charts.end_labels import (
    EndLabel,
    LabelRoom,
    label_room,
    place_labels,
    telling_names,
)
from tflab.charts.loss import draw_loss
from tflab.charts.palette import faint_ink, label_ink

labels = st.lists(
    st.builds(
        EndLabel,
        row=st.integers(0, 11),
        mark=st.sampled_from(["", "x"]),
        name=st.sampled_from(["loss", "val_loss", "손실", "a name that goes on and on"]),
        value=st.sampled_from(["0.0251", "1.234e-5", "diverged"]),
        ink=st.none(),
    ),
    max_size=20,
)


def _text(row: Row) -> str:
    return "".join(run.text for run in row)


@given(labels, st.integers(1, 12), st.integers(16, 40), st.booleans())
def test_each_has_a_row_of_its_own(
    found: list[EndLabel], height: int, width: int, values: bool
) -> None:
    runs, left_out = place_labels(found, height, LabelRoom(width, values), ChartOptions())
    assert len(runs) == height
    assert {wcswidth(_text(run)) for run in runs} == {width}
    assert len(left_out) == max(len(found) - height, 0)
    assert sum(bool(_text(run).strip()) for run in runs) == min(len(found), height)


def test_they_stand_beside_their_lines_and_make_room_for_each_other() -> None:
    found = [EndLabel(row, "", name, "1", None) for row, name in ((3, "a"), (3, "b"), (0, "c"))]
    runs, _ = place_labels(found, 6, LabelRoom(16, True), ChartOptions())
    assert [_text(run).split()[:1] for run in runs] == [[], ["a"], ["b"], [], [], ["c"]]


def test_at_the_top_they_move_down() -> None:
    found = [EndLabel(5, "", name, "1", None) for name in "abc"]
    runs, _ = place_labels(found, 6, LabelRoom(16, True), ChartOptions())
    assert [_text(run).split()[:1] for run in runs] == [["a"], ["b"], ["c"], [], [], []]


def test_small_drawings_have_no_room_for_them() -> None:
    assert label_room([""], ["loss"], 30).width == 0
    assert label_room([""], ["loss"], 60).width > 0
    assert label_room([], [], 60).width == 0


def test_a_name_is_not_cut_for_the_sake_of_a_value() -> None:
    assert label_room(["---"], ["loss"], 60).values
    long = label_room(["---"], ["learning_rate 0.13"], 60)
    assert not long.values
    label = EndLabel(0, "---", "learning_rate 0.13", "0.0251", None)
    ((run,), _) = place_labels([label], 1, long, ChartOptions())
    assert _text(run) == " --- learning_rate 0.13"


@pytest.mark.parametrize("dark", [True, False])
def test_what_the_run_before_is_called_is_no_fainter_than_other_words(dark: bool) -> None:
    """Its line stands back, its name is read all the same."""
    curve = Curve("#1 before", range(9), list(range(9)), ghost=True)
    options = ChartOptions(colour="true", dark=dark, end_labels=True)
    drawing = draw_loss([curve], (80, 8), options)
    inks = {run.ink for row in drawing.runs for run in row if "before" in run.text}
    assert inks == {label_ink(dark)}
    assert any(run.ink == faint_ink(0, dark) for row in drawing.runs for run in row)


@pytest.mark.parametrize("columns", [30, 58, 100])
def test_every_curve_is_named_once(columns: int) -> None:
    steps = range(9)
    curves = [Curve(f"run {n} 손실", steps, [n + x for x in steps], n) for n in range(7)]
    drawing = draw_loss(curves, (columns, 8), ChartOptions(end_labels=True, colour="none"))
    assert {wcswidth(row) for row in drawing.rows} == {columns}
    beside = [n for n in range(7) if any(f"run {n}" in row for row in drawing.rows)]
    below = [int(entry.label.split()[1]) for entry in drawing.unlabelled]
    assert sorted(beside + below) == list(range(7))
    assert bool(beside) == (columns > 30)


def test_without_them_the_legend_names_every_curve() -> None:
    drawing = draw_loss([Curve("loss", [0, 1], [1.0, 0.5])], (70, 8), ChartOptions())
    assert drawing.unlabelled == drawing.legend


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["adam/loss", "adam/val_loss", "sgd/loss"], ["adam", "adam val", "sgd"]),
        (["#4 lr 0.1", "adam/loss"], ["#4 lr 0.1", "adam"]),
        (["adam/loss", "adam/accuracy"], ["adam/loss", "adam/accuracy"]),
        (["adam", "adam/loss"], ["adam", "adam/loss"]),
        (["loss"], ["loss"]),
    ],
)
def test_what_all_names_share_goes_first(names, told):
    assert telling_names(names) == told


def test_where_names_are_cut_what_tells_them_apart_stays():
    curves = [
        Curve(f"{style}/{tag}", [0, 1, 2], [3, 2, 1 + n], style=n)
        for n, style in enumerate(("sequential", "functional"))
        for tag in ("loss", "val_loss")
    ]
    drawing = draw_loss(curves, (50, 12), ChartOptions(end_labels=True))
    text = "\n".join(drawing.rows)
    assert "sequential val" in text
    assert "functional val" in text
