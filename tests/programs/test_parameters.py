"""What parameters take: bounds, round trips and the words of a refusal."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tflab.programs.parameters import (
    ValueProblem,
    allowed,
    check_value,
    check_values,
    format_value,
    parse_value,
    parse_values,
)
from tflab.programs.program import Parameter, Program

RATE = Parameter(name="learning_rate", type="float", default=0.1, gt=0, le=10)
STEPS = Parameter(name="steps", type="int", default=40, ge=1, le=100_000)
MODE = Parameter(name="mode", type="choice", default="eager", choices=("eager", "graph"))
AXIS = Parameter(name="axis", type="choice", default=0, choices=(0, 1))
FLAG = Parameter(name="standardise", type="bool", default=False)
TEXT = Parameter(name="name", type="str", default="x")
LESSON = Program(
    id="demo",
    number=1,
    title="Demo",
    path=Path("demo.py"),
    source="",
    cells=(),
    parameters=(RATE, STEPS, MODE, AXIS, FLAG, TEXT),
)


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({}, "a number"),
        ({"gt": 0}, "a number above 0"),
        ({"ge": 0}, "a number from 0 up"),
        ({"lt": 1}, "a number below 1"),
        ({"le": 1}, "a number up to 1"),
        ({"gt": 0, "le": 10}, "a number above 0, up to 10"),
        ({"gt": 0, "lt": 1e-9}, "a number above 0, below 1e-9"),
        ({"ge": 0, "lt": 1}, "a number from 0, below 1"),
        ({"ge": 0, "le": 1}, "a number from 0 to 1"),
    ],
)
def test_allowed_numbers(bounds: dict[str, Any], words: str) -> None:
    assert allowed(Parameter(name="x", type="float", default=0.5, **bounds)) == words


def test_allowed_others() -> None:
    assert allowed(STEPS) == "a whole number from 1 to 100000"
    assert allowed(MODE) == "one of eager, graph"
    assert allowed(FLAG) == "True or False"
    assert allowed(TEXT) == "text"


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        (RATE, " .5 ", 0.5),
        (RATE, "1", 1.0),
        (RATE, "1e-3", 0.001),
        (STEPS, "1e3", 1000),
        (STEPS, "1_000", 1000),
        (STEPS, "12.0", 12),
        (MODE, "graph", "graph"),
        (AXIS, "1", 1),
        (FLAG, "Yes", True),
        (FLAG, "off", False),
        (TEXT, "  kept  ", "  kept  "),
    ],
)
def test_parse(parameter: Parameter, text: str, value: object) -> None:
    found = parse_value(parameter, text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("parameter", "text", "message"),
    [
        (RATE, "-1", "learning_rate must be a number above 0, up to 10; you gave -1."),
        (RATE, "nan", "learning_rate must be a number above 0, up to 10; you gave nan."),
        (RATE, "inf", "learning_rate must be a number above 0, up to 10; you gave inf."),
        (RATE, "1e400", "learning_rate must be a number above 0, up to 10; you gave inf."),
        (RATE, "0,1", "learning_rate must be a number above 0, up to 10; you gave '0,1'."),
        (RATE, "", "learning_rate must be a number above 0, up to 10; you gave ''."),
        (STEPS, "1.5", "steps must be a whole number from 1 to 100000; you gave '1.5'."),
        (STEPS, "0", "steps must be a whole number from 1 to 100000; you gave 0."),
        (MODE, "fast", "mode must be one of eager, graph; you gave 'fast'."),
        (AXIS, "2", "axis must be one of 0, 1; you gave '2'."),
        (FLAG, "maybe", "standardise must be True or False; you gave 'maybe'."),
        (TEXT, "\udcff", "name must be text; you gave '\\udcff'."),
    ],
)
def test_refusal_says_what_is_allowed(parameter: Parameter, text: str, message: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        parse_value(parameter, text)
    assert caught.value.cause == message
    assert caught.value.next_step
    assert caught.value.name == parameter.name


@pytest.mark.parametrize("text", ["9" * 500, "1e999999999", "-1e999999999", "0x10", "1e-5"])
def test_strange_whole_numbers_are_refused_at_once(text: str) -> None:
    free = Parameter(name="n", type="int", default=0)
    with pytest.raises(ValueProblem):
        parse_value(free, text)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [(STEPS, True), (STEPS, 1.0), (FLAG, 1), (AXIS, True), (RATE, "0.1"), (TEXT, 3), (RATE, None)],
)
def test_typed_values_are_not_bent(parameter: Parameter, value: object) -> None:
    with pytest.raises(ValueProblem):
        check_value(parameter, value)


@pytest.mark.parametrize("kind", ["int", "float", "choice"])
def test_a_number_of_thousands_of_digits_is_refused_in_words(kind: Any) -> None:
    parameter = Parameter(name="n", type=kind, default=1, choices=(1, 2))
    with pytest.raises(ValueProblem, match="n must be"):
        check_value(parameter, 10**5000)


def test_comma_and_near_miss_are_explained() -> None:
    with pytest.raises(ValueProblem) as caught:
        parse_value(RATE, "0,1")
    assert "as a point" in caught.value.next_step
    with pytest.raises(ValueProblem) as caught:
        parse_value(MODE, "grph")
    assert caught.value.next_step == "Did you mean graph?"


def test_check_values_fills_in_defaults() -> None:
    assert check_values(LESSON, {"steps": 7}) == {**LESSON.defaults, "steps": 7}
    assert parse_values(LESSON, {"steps": "7"}) == {**LESSON.defaults, "steps": 7}


@pytest.mark.parametrize("check", [check_values, parse_values])
def test_unknown_name_is_told_with_the_closest(check: Any) -> None:
    with pytest.raises(ValueProblem) as caught:
        check(LESSON, {"learning_rat": "1"})
    assert caught.value.cause == "demo has no parameter learning_rat."
    assert caught.value.next_step == "Did you mean learning_rate?"


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(NUMBERS)
def test_float_round_trip(value: float) -> None:
    free = Parameter(name="x", type="float", default=0.0)
    assert math.copysign(1, parse_value(free, format_value(value))) == math.copysign(1, value)
    assert parse_value(free, format_value(value)) == value


@given(st.integers(-(2**63), 2**63 - 1))
def test_int_round_trip(value: int) -> None:
    assert parse_value(Parameter(name="x", type="int", default=0), format_value(value)) == value


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_round_trip(value: str) -> None:
    assert parse_value(TEXT, format_value(value)) == value


@given(st.booleans())
def test_bool_round_trip(value: bool) -> None:
    assert parse_value(FLAG, format_value(value)) is value


@given(NUMBERS, NUMBERS, st.text() | NUMBERS.map(repr) | st.integers().map(str))
def test_bounds_are_never_passed(low: float, high: float, text: str) -> None:
    assume(low < high)
    for kind in ("float", "int"):
        bounds: dict[str, Any] = {"gt": low, "le": high}
        if kind == "int":
            assume(abs(low) < 2**62 and abs(high) < 2**62)
            bounds = {"gt": int(low), "le": int(high)}
        parameter = Parameter(name="x", type=kind, default=0, **bounds)
        try:
            value = parse_value(parameter, text)
        except ValueProblem:
            continue
        assert bounds["gt"] < value <= bounds["le"]
        assert type(value).__name__ == kind
