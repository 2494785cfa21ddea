"""Where the panes stand: at every size all of the room is used, and form and curve are in sight."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Size

from tflab.ui.workbench.arrangement import SLOT, Wanted, arrange, kind_of

SIZES = st.builds(Size, st.integers(60, 260), st.integers(18, 80))
WANTED = st.builds(
    Wanted, st.integers(3, 40), st.integers(16, 60), st.integers(0, 30), st.booleans()
)
NAMES = ("side", "form", "goals", "runs", "strip", "lower")
SHARES = st.dictionaries(st.sampled_from(NAMES), st.floats(-2, 3))


@given(SIZES, WANTED, SHARES, st.sampled_from(SLOT))
def test_boxes_fill_the_room_and_share_their_lines_only(size, wanted, shares, slot):
    found = arrange(size, wanted, shares, slot)
    covered: dict[tuple[int, int], int] = {}
    for box in found.boxes.values():
        assert size.region.contains_region(box)
        inner = box.shrink((1, 1, 1, 1))
        assert inner.width >= 16, found
        assert inner.height >= 1, found
        for y in range(inner.y, inner.bottom):
            for x in range(inner.x, inner.right):
                covered[x, y] = covered.get((x, y), 0) + 1
    assert set(covered.values()) == {1}, "nothing lies over anything else"
    every = {
        (x, y) for box in found.boxes.values() for x in box.column_range for y in box.line_range
    }
    assert len(every) == size.area, "and nothing is left over"


@given(SIZES, WANTED, SHARES, st.sampled_from(SLOT))
def test_lesson_form_and_what_was_asked_for_are_always_in_sight(size, wanted, shares, slot):
    boxes = arrange(size, wanted, shares, slot).boxes
    assert {"lesson", "parameters"} <= set(boxes)
    if slot != "goals" or wanted.goal_rows:
        assert slot in boxes


@given(SIZES, WANTED, st.sampled_from(SLOT), st.data())
def test_a_line_goes_where_it_is_put_as_far_as_there_is_room(size, wanted, slot, data):
    found = arrange(size, wanted, {}, slot)
    edge = data.draw(st.sampled_from(found.edges))
    at = data.draw(st.integers(-5, 300))
    again = arrange(size, wanted, {edge.name: edge.share(at)}, slot)
    moved = next(each for each in again.edges if each.name == edge.name)
    assert moved.at == max(edge.low, min(at, edge.high))


@pytest.mark.parametrize(
    ("size", "kind", "names"),
    [
        ((120, 38), "wide", {"lesson", "parameters", "loss", "runs", "goals"}),
        ((100, 28), "wide", {"lesson", "parameters", "loss", "runs", "goals"}),
        ((200, 58), "wide", {"lesson", "parameters", "loss", "runs", "goals"}),
        ((160, 22), "low", {"lesson", "parameters", "loss", "runs", "goals"}),
        ((80, 48), "tall", {"lesson", "parameters", "loss", "runs", "goals"}),
        ((80, 22), "small", {"lesson", "parameters", "loss"}),
        ((60, 18), "small", {"lesson", "parameters", "loss"}),
    ],
)
def test_the_layouts_of_common_terminals(size, kind, names):
    room = Size(*size)
    found = arrange(room, Wanted(), {})
    assert kind_of(room) == found.kind == kind
    assert set(found.boxes) == names


def test_reading_has_the_most_room_and_no_lines_too_long_to_read():
    boxes = arrange(Size(120, 38), Wanted(), {}).boxes
    assert 66 <= boxes["lesson"].width <= 74
    assert arrange(Size(200, 58), Wanted(), {}).boxes["lesson"].width <= 110
    small = arrange(Size(80, 22), Wanted(), {}).boxes
    assert small["lesson"].height - 2 >= 11
    assert small["loss"].height - 2 >= 6


def test_one_pane_can_have_all_of_it():
    room = Size(80, 22)
    assert arrange(room, Wanted(), {}, full="runs").boxes == {"runs": room.region}
