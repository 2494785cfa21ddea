"""What a field of a search may hold, and drawing from it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.programs.test_sweep_values import ALL, FREE, MODE, RATE, STEPS, WORD
from tflab.programs.parameters import ValueProblem, check_value
from tflab.programs.program import Parameter
from tflab.programs.search_values import Range, draw, parse_search_values, space_size


@pytest.mark.parametrize(
    ("parameter", "text", "found"),
    [
        (RATE, "1e-4..1:log", Range(0.0001, 1.0, True)),
        (RATE, " 1e-4 .. 1 LOG", Range(0.0001, 1.0, True)),
        (RATE, "0.1..1", Range(0.1, 1.0)),
        (FREE, "-1..1 lin", Range(-1.0, 1.0)),
        (STEPS, "4..64", Range(4, 64)),
        (STEPS, "1..1e3 log", Range(1, 1000, True)),
        (STEPS, "7..7", (7,)),
        (STEPS, "1..8 step 1", (1, 2, 3, 4, 5, 6, 7, 8)),
        (RATE, "0.1, 0.2", (0.1, 0.2)),
        (RATE, "1e-3..1 log 4", (0.001, 0.01, 0.1, 1.0)),
        (MODE, "*", ("eager", "graph", "a, b")),
        (WORD, "a..b", ("a..b",)),
    ],
)
def test_ranges_and_lists(parameter: Parameter, text: str, found: object) -> None:
    assert parse_search_values(parameter, text) == found


@pytest.mark.parametrize(
    ("parameter", "text", "said"),
    [
        (RATE, "0..1", "above 0"),
        (RATE, "0.1..11", "10"),
        (FREE, "0..1 log", "does not stay above 0"),
        (STEPS, "1.5..4", "whole numbers only"),
        (STEPS, "64..4", "larger end"),
        (STEPS, "4..64, 100", "beside other values"),
        (STEPS, "4..x", "no number"),
        (FREE, "-1e308..1e308", "too wide"),
        (RATE, "1e-4..1 cube", "without its steps"),
    ],
)
def test_refusals_say_what_is_wrong(parameter: Parameter, text: str, said: str) -> None:
    with pytest.raises(ValueProblem) as refused:
        parse_search_values(parameter, text)
    assert said in f"{refused.value.cause} {refused.value.next_step}"
    assert refused.value.cause.startswith(parameter.name)


@given(st.sampled_from(ALL), st.text(alphabet="0123456789.-elog:, x*", max_size=20))
def test_any_text_gives_a_space_or_a_refusal(parameter: Parameter, text: str) -> None:
    try:
        found = parse_search_values(parameter, text)
    except ValueProblem:
        return
    if isinstance(found, Range):
        assert parse_search_values(parameter, found.text) == found
    space: dict[str, Any] = {parameter.name: found}
    for point in draw(space, 20, 1):
        assert check_value(parameter, point[parameter.name]) == point[parameter.name]


numbers = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)


@given(numbers, st.floats(min_value=1e-6, max_value=1e6), st.floats(0, 1, exclude_max=True))
def test_a_drawn_number_lies_in_its_range(low: float, width: float, part: float) -> None:
    ranged = Range(low, low + width)
    assert ranged.low <= ranged.at(part) <= ranged.high
    log = Range(width, width * 1000, True)
    assert log.low <= log.at(part) <= log.high
    whole = Range(int(width) + 1, int(width) + 9, True)
    assert isinstance(whole.at(part), int)


def test_a_draw_is_the_same_again_and_a_longer_one_goes_on_from_it() -> None:
    space = {"rate": Range(1e-4, 1.0, True), "units": Range(4, 64), "mode": ("a", "b")}
    found = draw(space, 200, 3)
    assert draw(space, 20, 3) == found[:20]
    assert draw(space, 20, 4) != found[:20]
    small = sum(point["rate"] < 0.01 for point in found)
    assert 60 < small < 140, "half of the decades have half of the points"
    assert {point["mode"] for point in found} == {"a", "b"}
    assert all(len(f"{point['rate']:.10g}") < 10 for point in found), "people read them"


def test_a_space_with_few_points_gives_each_once() -> None:
    space = {"units": Range(1, 4), "mode": ("a", "b")}
    assert space_size(space) == 8
    assert len(draw(space, 50, 0)) == len({repr(p) for p in draw(space, 50, 0)}) == 8
    assert math.isinf(space_size({"rate": Range(0.0, 1.0)}))
