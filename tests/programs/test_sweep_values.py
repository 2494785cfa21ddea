"""What a field of a sweep may hold, and how fields combine."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tflab.programs.parameters import ValueProblem, check_value, format_value
from tflab.programs.program import Parameter
from tflab.programs.sweep_values import (
    MOST_VALUES,
    format_sweep_values,
    grid,
    grid_count,
    parse_sweep_values,
    sample,
)

RATE = Parameter(name="rate", type="float", default=0.1, gt=0, le=10)
FREE = Parameter(name="free", type="float", default=0.0)
STEPS = Parameter(name="steps", type="int", default=40, ge=1, le=100_000)
MODE = Parameter(name="mode", type="choice", default="eager", choices=("eager", "graph", "a, b"))
SIZES = Parameter(name="size", type="choice", default=1, choices=(1, 2, "all"))
FAST = Parameter(name="fast", type="bool", default=False)
WORD = Parameter(name="word", type="str", default="x")
MAYBE = Parameter(name="most", type="int", default="", optional=True)
ALL = (RATE, FREE, STEPS, MODE, SIZES, FAST, WORD, MAYBE)

finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("parameter", "text", "values"),
    [
        (RATE, "0.1", (0.1,)),
        (MAYBE, "", ("",)),
        (MAYBE, "3, 4", (3, 4)),
        (MAYBE, "1..3 step 1", (1, 2, 3)),
        (RATE, "0.01, 0.03, 0.1", (0.01, 0.03, 0.1)),
        (RATE, "0.1,0.1, 1e-1", (0.1,)),
        (RATE, "1e-3..1 log 4", (0.001, 0.01, 0.1, 1.0)),
        (RATE, "1e-3..1:log:7", (0.001, 0.003162, 0.01, 0.03162, 0.1, 0.3162, 1.0)),
        (RATE, "1..1e-3 log 4", (1.0, 0.1, 0.01, 0.001)),
        (RATE, "0.1..0.3 step 0.1, 5", (0.1, 0.2, 0.3, 5.0)),
        (FREE, "0..1 lin 5", (0.0, 0.25, 0.5, 0.75, 1.0)),
        (FREE, "0..1 lin 4", (0.0, 0.3333, 0.6667, 1.0)),
        (FREE, "1e6..1000001 lin 3", (1e6, 1000000.5, 1000001.0)),
        (FREE, "0..1e-300 lin 3", (0.0, 5e-301, 1e-300)),
        (FREE, "-1..1 LIN 3", (-1.0, 0.0, 1.0)),
        (FREE, "1...5 step .25", (1.0, 0.75, 0.5)),
        (STEPS, "1..8 step 1", (1, 2, 3, 4, 5, 6, 7, 8)),
        (STEPS, "1..8:step:3", (1, 4, 7)),
        (STEPS, "20,40", (20, 40)),
        (STEPS, "1..10 log 9", (1, 2, 3, 4, 6, 7, 10)),
        (STEPS, "1e1..1e3 log 3", (10, 100, 1000)),
        (MODE, "*", ("eager", "graph", "a, b")),
        (MODE, "ALL", ("eager", "graph", "a, b")),
        (MODE, "graph, eager", ("graph", "eager")),
        (MODE, 'graph, "a, b"', ("graph", "a, b")),
        (MODE, "a, b", ("a, b",)),
        (SIZES, "all", ("all",)),
        (SIZES, "*", (1, 2, "all")),
        (FAST, "*", (False, True)),
        (FAST, "yes", (True,)),
        (FAST, "on, off", (True, False)),
        (WORD, "one", ("one",)),
        (WORD, "one, two", ("one", "two")),
        (WORD, '"one, two"', ("one, two",)),
        (WORD, "1e-3..1 log 7", ("1e-3..1 log 7",)),
    ],
)
def test_texts_and_their_values(parameter: Parameter, text: str, values: tuple[Any, ...]) -> None:
    found = parse_sweep_values(parameter, text)
    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("parameter", "text", "cause", "next_step"),
    [
        (RATE, "", "lacks a value", "1e-3..1 log 7"),
        (RATE, "0.1,", "lacks a value", "commas"),
        (RATE, "fast", "rate must be a number above 0", "digits"),
        (RATE, "0..1 lin 5", "rate must be a number above 0, up to 10; you gave 0", "default"),
        (RATE, "1..20 lin 3", "you gave 10.5", "default"),
        (RATE, "0..1 log 5", "does not stay above 0", "0.1..0.5 lin 5"),
        (RATE, "0.1..1", "without its steps", "1e-3..1 log 7"),
        (RATE, "0.1..1 log", "without its steps", "1e-3..1 log 7"),
        (STEPS, "2..", "without its steps", "1..8 step 1"),
        (RATE, "0.1..1 by 5", "without its steps", "1e-3..1 log 7"),
        (RATE, "0.1..1 log 1", "cannot take 1 values", "from 2 to 1000"),
        (RATE, "0.1..1 log x", "cannot take x values", "from 2 to 1000"),
        (RATE, "0.1..1 log 999999999999", "cannot take", "from 2 to 1000"),
        (RATE, "0.1..1 log 00000001012345678901", "cannot take", "from 2 to 1000"),
        (RATE, "a..1 log 5", "no number in it: 'a'", "digits"),
        (RATE, "1..nan log 5", "no number in it: 'nan'", "digits"),
        (FREE, "0..1e999 lin 5", "no number in it", "digits"),
        (RATE, "1..2 step 0", "step of 0", "above 0"),
        (RATE, "1..2 step 1e-9", "more than 1000 values", "larger step"),
        (RATE, "*", "is a number", "1e-3..1 log 7"),
        (STEPS, "1..2 step 0.5", "whole numbers only", "whole start"),
        (STEPS, "0..8 step 1", "you gave 0", "default"),
        (MODE, "graf", "one of eager", "graph"),
        (MODE, '"graph', "cannot be split", "quotes"),
        (FAST, "maybe", "True or False", "default"),
    ],
)
def test_refusals_name_the_field_and_what_to_write(
    parameter: Parameter, text: str, cause: str, next_step: str
) -> None:
    with pytest.raises(ValueProblem) as caught:
        parse_sweep_values(parameter, text)
    assert caught.value.name == parameter.name
    assert caught.value.cause.startswith(parameter.name)
    assert cause in caught.value.cause
    assert next_step in caught.value.next_step


@given(st.sampled_from(ALL), st.text(max_size=80))
@example(FREE, "1e-999999..1 step 1e-999999")
@example(FREE, "9" * 59 + "..1 step 1")
@example(STEPS, "1..1e308 log 3")
@example(WORD, "a\rb,c")
def test_any_text_gives_checked_values_or_a_refusal(parameter: Parameter, text: str) -> None:
    try:
        found = parse_sweep_values(parameter, text)
    except ValueProblem as problem:
        said = problem
    else:
        assert 1 <= len(found) <= MOST_VALUES
        assert len({(type(value), value) for value in found}) == len(found)
        for value in found:
            assert check_value(parameter, value) == value
        return
    assert said.cause
    assert said.next_step


@given(st.lists(finite, min_size=1, max_size=20))
def test_floats_come_back_as_they_were(values: list[float]) -> None:
    text = ", ".join(map(format_value, values))
    assert parse_sweep_values(FREE, text) == tuple(dict.fromkeys(values))


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1, unique=True))
def test_texts_come_back_as_they_were(values: list[str]) -> None:
    text = format_sweep_values(WORD, values)
    assert parse_sweep_values(WORD, text) == tuple(values)


@given(st.lists(st.sampled_from(SIZES.choices), min_size=1, unique_by=repr))
def test_choices_come_back_as_they_were(values: list[Any]) -> None:
    assert parse_sweep_values(SIZES, format_sweep_values(SIZES, values)) == tuple(values)


@given(
    st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 200), st.sampled_from(("log", "lin"))
)
def test_ranges_keep_their_ends_and_their_order(
    low: float, high: float, count: int, kind: str
) -> None:
    found = parse_sweep_values(FREE, f"{low!r}..{high!r} {kind} {count}")
    assert found[0] == low
    assert found[-1] == high
    assert list(found) == sorted(found, reverse=low > high)
    assert len(found) <= count
    if abs(math.log(high / low)) > 0.02 * count:
        assert len(found) == count


@given(st.integers(-500, 500), st.integers(-500, 500), st.integers(1, 50))
def test_whole_ranges_stay_whole(low: int, high: int, step: int) -> None:
    whole = Parameter(name="n", type="int", default=0)
    sign = 1 if high >= low else -1
    expected = tuple(range(low, high + sign, sign * step))
    assert parse_sweep_values(whole, f"{low}..{high} step {step}") == expected
    found = parse_sweep_values(whole, f"{low}..{high} lin {step + 1}")
    assert all(type(value) is int for value in found)
    assert len(set(found)) == len(found)


axes = st.dictionaries(
    st.sampled_from("abcde"), st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True)
)


@given(axes)
def test_grid_has_every_combination_once_and_the_last_field_fastest(
    fields: dict[str, list[int]],
) -> None:
    found = grid(fields)
    assert len(found) == grid_count(fields)
    expected = [dict(zip(fields, row, strict=True)) for row in itertools.product(*fields.values())]
    assert found == expected
    assert all(list(point) == list(fields) for point in found)


@given(axes, st.integers(1, 50), st.integers(0, 2**32))
def test_sample_is_part_of_the_grid_and_the_same_again(
    fields: dict[str, list[int]], budget: int, seed: int
) -> None:
    found = sample(fields, budget, seed)
    assert found == sample(fields, budget, seed)
    assert len(found) == min(budget, grid_count(fields))
    everything = grid(fields)
    assert all(point in everything for point in found)
    assert len({tuple(point.items()) for point in found}) == len(found)


def test_sample_of_a_grid_too_large_to_write_down() -> None:
    huge = {f"p{number}": range(1000) for number in range(30)}
    assert len(sample(huge, 50, 7)) == 50
