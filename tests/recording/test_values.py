"""What a lesson hands over, as the log keeps it. Stand-ins play TensorFlow's part here."""

from __future__ import annotations

import math
from fractions import Fraction

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tflab.recording.conversion import ConversionError
from tflab.recording.values import (
    MAX_ELEMENTS,
    never_changes,
    rounded,
    to_number,
    to_plain,
    to_tensor_value,
    to_text,
    to_whole,
)


class FakeTensor:
    """A tensor as TensorFlow's look from outside."""

    def __init__(self, content, symbolic=False):
        self._content = np.asarray(content)
        self.dtype = self._content.dtype
        self.shape = self._content.shape
        self.device = "/job:localhost/replica:0/task:0/device:GPU:1"
        if not symbolic:
            self.numpy = lambda: self._content


FakeTensor.__module__ = "tensorflow.python.framework.ops"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1.5, 1.5),
        (3, 3),
        (True, 1),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.array(2.0), 2.0),
        (np.array([[4.0]]), 4.0),
        (FakeTensor(0.25), 0.25),
        (10**30, 1e30),
        (math.inf, math.inf),
    ],
)
def test_numbers_of_every_kind(value, number):
    assert to_number(value) == number


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("0.5", "'0.5', not a number"),
        (b"x", "not a number"),
        (None, "None, not a number"),
        (np.ones(3), "shape (3,)"),
        (FakeTensor(np.ones((2, 2))), "shape (2, 2)"),
        (FakeTensor(1.0, symbolic=True), "symbol in a graph"),
        (object(), "an object, not a number"),
        (1j, "a complex, not a number"),
        (np.complex64(1j), "a complex number"),
        (10**400, "larger than any float"),
        (Fraction(10**400), "larger than any float"),
        ([1.0], "a list, not a number"),
    ],
)
def test_what_is_no_number_is_refused_with_a_next_step(value, cause):
    with pytest.raises(ConversionError) as caught:
        to_number(value)
    assert cause in caught.value.cause
    problem = caught.value.problem("lab.log", "loss")
    assert problem.title == "lab.log cannot keep 'loss'"
    assert problem.next_step.endswith(".")


@pytest.mark.parametrize("step", [1.5, math.nan, math.inf, "1"])
def test_a_step_is_a_whole_number(step):
    assert to_whole(3.0) == to_whole(np.int32(3)) == to_whole(FakeTensor(3)) == 3
    with pytest.raises(ConversionError):
        to_whole(step)


@given(hnp.arrays(st.sampled_from([np.float32, np.float64]), hnp.array_shapes(max_side=4)))
def test_floats_keep_their_exact_value_and_their_shape(array):
    kept = to_tensor_value(array)
    assert kept.shape == list(array.shape)
    assert kept.dtype == array.dtype.name
    back = np.array(kept.values, dtype=object).astype(array.dtype)
    assert np.array_equal(back.reshape(array.shape), array, equal_nan=True)
    msgspec.json.encode(kept)


def test_a_float32_is_written_as_short_as_it_is_meant():
    assert to_tensor_value(np.float32([0.1, 2 / 3])).values == [0.1, 0.6666667]
    assert to_plain(np.float32(0.1)) == 0.1


def test_integers_booleans_text_and_scalars():
    assert to_tensor_value(np.arange(4).reshape(2, 2)).values == [[0, 1], [2, 3]]
    assert to_tensor_value(np.array([True, False])).values == [True, False]
    assert to_tensor_value(np.array([b"hi", b"\xff"], dtype=object)).values == ["hi", "\ufffd"]
    assert to_tensor_value(np.array(5.0)).values == 5.0
    assert to_tensor_value(np.array([np.inf, -np.inf, np.nan])).values == ["inf", "-inf", "nan"]
    assert to_tensor_value(np.uint64([2**64 - 1])).values == [float(2**64 - 1)]


def test_a_device_is_named_short():
    assert to_tensor_value(FakeTensor([1.0])).device == "GPU:1"
    assert to_tensor_value(np.ones(1)).device == ""


def test_of_a_large_tensor_the_first_elements_are_kept_flat():
    kept = to_tensor_value(np.arange(200 * 200).reshape(200, 200))
    assert kept.truncated
    assert kept.shape == [200, 200]
    assert kept.values == list(range(MAX_ELEMENTS))


def test_complex_elements_are_refused():
    with pytest.raises(ConversionError, match="complex"):
        to_tensor_value(np.ones(2, dtype=complex))


def test_plain_values_are_plain_json():
    value = {"a": [1, 2.5, True, None], 3: (b"x", np.arange(2)), "n": float("nan")}
    assert to_plain(value) == {"a": [1, 2.5, True, None], "3": ["x", [0, 1]], "n": "nan"}
    assert to_plain(range(3)) == [0, 1, 2]
    with pytest.raises(ConversionError, match="a function"):
        to_plain([lambda: 0])


@given(st.one_of(st.binary(), st.text()))
def test_any_text_can_be_written(text):
    to_text(text).encode("utf-8")


def test_lone_surrogates_become_marks():
    assert to_text("a\ud800b") == "a?b"


@given(st.lists(st.floats(width=64), max_size=20))
def test_rounding_keeps_six_digits_and_the_strange_ones(values):
    found = rounded(values)
    assert len(found) == len(values)
    for kept, value in zip(found, values, strict=True):
        if math.isfinite(value):
            assert math.isclose(float(kept), value, rel_tol=1e-5, abs_tol=1e-300)
        else:
            assert kept in ("nan", "inf", "-inf")


def test_only_what_never_changes_may_wait():
    assert never_changes(np.float32)
    assert never_changes(type("EagerTensor", (), {}))
    assert not never_changes(np.ndarray)
    assert not never_changes(type("ResourceVariable", (), {}))
