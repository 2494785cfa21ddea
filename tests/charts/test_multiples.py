"""Small multiples: each metric has a chart of its own, and none is dropped without a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import wcswidth

from tflab.charts.drawing import ChartOptions, Curve
from tflab.charts.multiples import Panel, draw_multiples

Check = Callable[[Sequence[str], int], None]

curves = st.lists(
    st.builds(
        Curve,
        label=st.text(max_size=8),
        steps=st.lists(st.integers(0, 50).map(float), max_size=10),
        values=st.lists(st.floats() | st.floats(0, 1), max_size=10),
    ),
    max_size=2,
)
panels = st.lists(st.builds(Panel, st.text(max_size=40), curves), min_size=1, max_size=9)
options = st.builds(
    ChartOptions,
    colour=st.sampled_from(["none", "16", "256", "true"]),
    unicode=st.booleans(),
    smoothing=st.sampled_from([0.0, 0.9]),
)


@settings(max_examples=100, deadline=None)
@given(panels, st.tuples(st.integers(1, 130), st.integers(1, 40)), options)
def test_draws_anything(
    check_rows: Check, found: list[Panel], size: tuple[int, int], how: ChartOptions
) -> None:
    drawing, _ = draw_multiples(found, size, how)
    assert len(drawing.rows) == size[1]
    check_rows(drawing.rows, size[0])
    assert how.unicode or "".join(drawing.rows).isascii()


def _panels(count: int) -> list[Panel]:
    steps = [0.0, 1.0, 2.0]
    return [
        Panel(f"metric{n} 손실", [Curve(f"metric{n}", steps, [n, n + 1.0, n + 0.5])])
        for n in range(count)
    ]


def test_they_stand_side_by_side_with_their_last_values() -> None:
    drawing, ranges = draw_multiples(_panels(4), (100, 20), ChartOptions(colour="none"))
    assert {wcswidth(row) for row in drawing.rows} == {100}
    assert [f"metric{n}" in drawing.rows[0] for n in range(4)] == [True, True, True, False]
    assert "metric3" in drawing.rows[10]
    assert all(value in drawing.rows[0] for value in ("0.5", "1.5", "2.5"))
    assert len(ranges) == 4
    assert drawing.notes == ()


def test_heights_are_each_ones_own_and_hold_still() -> None:
    few = [Panel("a", [Curve("a", [0, 1], [0.0, 1.0])]), Panel("b", [Curve("b", [0, 1], [5, 900])])]
    _, ranges = draw_multiples(few, (80, 10), ChartOptions())
    assert ranges["a"][1] < 2
    assert ranges["b"][1] >= 900
    lower = [few[0]._replace(curves=[Curve("a", [0, 1], [0.0, 0.7])]), few[1]]
    _, again = draw_multiples(lower, (80, 10), ChartOptions(), ranges)
    assert again == ranges


def test_what_finds_no_room_is_counted() -> None:
    drawing, _ = draw_multiples(_panels(9), (66, 11), ChartOptions())
    assert drawing.notes == ("5 more metrics do not fit here",)
    drawing, _ = draw_multiples(_panels(5), (66, 11), ChartOptions())
    assert drawing.notes == ("1 more metric does not fit here",)
