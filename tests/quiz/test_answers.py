"""What people type is read as they mean it, and never raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.quiz.answers import Number, Pick, Shape, read_number, read_shape, short_number
from tflab.quiz.kinds import Choice

CHOICES = (Choice("none", "None"), Choice("slope", "12.0"), Choice("zero", "0"))


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), (" -0.5 ", -0.5), ("−3", -3), ("2/3", 2 / 3), ("1e-3", 0.001), (".5", 0.5)],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float):
    assert read_number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "twelve", "1/0", "nan", "inf", "1 2", "1" * 5000, "--1"])
def test_what_is_no_number_is_none(text: str):
    assert read_number(text) is None


@given(shape=st.lists(st.integers(0, 2000), min_size=1, max_size=5).map(tuple))
def test_a_shape_is_read_back_as_python_writes_it(shape: tuple[int, ...]):
    assert read_shape(str(shape)) == shape
    assert read_shape(" ".join(map(str, shape))) == shape
    assert Shape(shape).judge(str(list(shape))) is True
    assert Shape((*shape, 1)).judge(str(shape)) is False


@pytest.mark.parametrize(
    ("text", "shape"), [("()", ()), ("3", (3,)), ("2x3", (2, 3)), ("(4,)", (4,))]
)
def test_other_ways_to_write_a_shape(text: str, shape: tuple[int, ...]):
    assert read_shape(text) == shape


@given(text=st.text(max_size=80))
def test_no_text_raises(text: str):
    for answer in (Number(3), Shape((2, 3)), Pick("none")):
        assert answer.judge(text, CHOICES) in (True, False, None)


@given(value=st.floats(-1e9, 1e9).filter(lambda x: abs(x) > 1e-3 or x == 0))
def test_a_number_is_right_as_it_is_shown(value: float):
    shown = short_number(value)
    assert Number(value, within=1e-4).judge(shown) is True
    assert Number(float(shown)).judge(shown) is True


def test_a_choice_goes_by_its_words_before_its_number():
    assert Pick("none").judge("1", CHOICES) is True
    assert Pick("slope").judge("2", CHOICES) is True
    assert Pick("zero").judge("0", CHOICES) is True
    assert Pick("none").judge("none", CHOICES) is True
    assert Pick("none").judge("4", CHOICES) is None
