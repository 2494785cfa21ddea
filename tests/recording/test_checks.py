"""`lab.check` says the first case that fails, whatever a learner's code does."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tflab.recording.checks import NOTHING, CheckRules, check_cases, check_value
from tflab.recording.nearness import LONGEST, Different, require_same, short
from tflab.recording.time_limit import TookTooLong, time_limit
from tflab.runs.record import Problem

RULES = CheckRules(seconds=0.2)


class Tensor:
    """Looks like one of TensorFlow, which these tests do without."""

    def __init__(self, values: Any, dtype: str = "float32") -> None:
        self._values = np.array(values, dtype)
        self.dtype, self.shape = self._values.dtype, self._values.shape

    def numpy(self) -> np.ndarray[Any, Any]:
        return self._values


Tensor.__module__ = "tensorflow.test"


def message(function: Any, *cases: Any, rules: CheckRules = RULES) -> str:
    return check_cases("it", function, cases, rules).message


def test_the_first_case_that_fails_is_told():
    def half(x: float) -> float:
        return x // 2

    found = check_cases("half", half, [((2,), 1), ((3,), 1.5), ((5,), 2.5)], RULES)
    assert (found.passed, found.case, found.cases) == (False, 2, 3)
    assert (found.given, found.expected, found.got) == ("half(3)", "1.5", "1")
    assert found.message == "half(3): expected 1.5, got 1. It may differ by 1e-05."
    assert check_cases("half", lambda x: x / 2, [((3,), 1.5), (4, 2)], RULES).passed


def loops(x: int) -> int:
    while True:
        try:  # noqa: SIM105
            x += 1
        except BaseException:  # noqa: BLE001, S110
            pass


def raises(x: int) -> int:
    raise ValueError("no such thing.")


def leaves(x: int) -> int:
    raise SystemExit(3)


def prints(x: int) -> None:
    print(x + 1)


def sorts(values: list[int]) -> int:
    values.sort()
    return values[0]


class Odd:
    def __repr__(self) -> str:
        raise RuntimeError("no text")

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("function", "case", "said"),
    [
        (loops, (1, 2), "it was ended after 0.2 seconds"),
        (raises, (1, 2), "raises(1): it raised valueerror: no such thing (line "),
        (leaves, (1, 2), "it calls sys.exit"),
        (prints, (1, 2), "expected 2, got none. it printed '2'; return it instead"),
        (lambda x: None, (1, 2), "is a `return` missing"),
        (lambda f: 1, (leaves, 2), "(leaves): expected 2, got 1"),
        (lambda: 1, (1, 2), "it cannot be called with 1 argument"),
        (sorts, (([3, 1],), 1), "changed what it was given: [0]"),
        (7, (1, 2), "it is 7; a function is expected"),
        (lambda x: Odd(), (1, 2), "got a odd"),
        (lambda x: x, (1, ValueError), "expected valueerror, got 1. valueerror should be raised"),
        (lambda x: [x, [2, 3]], (1, [1, [2, 4]]), "[1] is [2, 3]; [2, 4] is expected"),
    ],
)
def test_what_learners_write(function: Any, case: Any, said: str, capsys: Any):
    assert said in message(function, case).lower()


def test_what_is_meant_to_raise_or_change_may():
    assert check_cases("it", raises, [((1,), ValueError)], RULES).passed
    assert check_cases("it", sorts, [(([3, 1],), 1)], CheckRules(changes=True)).passed


def test_named_arguments():
    assert check_cases("it", lambda a, b=0: a - b, [({"b": 1, "a": 3}, 2)], RULES).passed


def test_cases_stay_as_they_are():
    numbers = [3, 1, 2]
    check_cases("it", sorts, [((numbers,), 1)], RULES)
    assert numbers == [3, 1, 2]


@pytest.mark.parametrize(
    ("expected", "got", "reason"),
    [
        (Tensor([1, 2]), Tensor([[1, 2]]), "Its shape is (1, 2); (2,) is expected."),
        (Tensor([1, 2]), Tensor([1, 2], "float64"), "Its dtype is float64; float32 is expected."),
        (Tensor([1, 2]), [1, 2], "A tensor is expected."),
        (Tensor([1, 2]), np.array([1, 2]), "A tensor is expected."),
        (np.array([1, 2]), Tensor([1.0, 2.5]), "It holds numbers; whole numbers are expected."),
        (np.ones(3), np.array([1, 1.5, 1]), "1 of 3 elements differ; [1] is 1.5, and 1 is expected."
         " It may differ by 1e-05."),
        ([[1, 2], [3, 4]], Tensor([[1, 2], [3, 5]]), "1 of 4 elements differ; [1, 1] is 5, and 4 is"
         " expected. It may differ by 1e-05."),
        ([1, 2], (1,), "It has 1 items; 2 are expected."),
        ({"a": 1}, {"a": 1, "b": 2}, "It has 'b', which is not expected."),
        (1, True, "A number is expected."),
        (True, 1, ""),
        ("a", 1, "A text is expected."),
        (10**400, 1.0, ""),
    ],
)  # fmt: skip
def test_why_values_differ(expected: Any, got: Any, reason: str):
    with pytest.raises(Different) as raised:
        require_same(expected, got, 1e-5)
    assert str(raised.value) == reason


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (Tensor([1, 2]), Tensor([1.000001, 2])),
        ([1, 2], Tensor([1.0, 2.0])),
        (np.array([1.0]), Tensor([1.0])),
        (math.nan, math.nan),
        (np.array([math.inf, math.nan]), np.array([math.inf, math.nan])),
        ((1, [2.0, "a"]), [1, (2, "a")]),
        (3, np.float32(3)),
        (2**60, 2**60),
    ],
)
def test_what_counts_as_the_same(expected: Any, got: Any):
    require_same(expected, got, 1e-5)


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=5,
)


@given(_plain)
@example(math.nan)
@example([math.nan])
def test_anything_is_the_same_as_itself_and_has_a_text(value: Any):
    require_same(value, value, 0.0)
    assert len(short(value)) <= LONGEST
    assert "\n" not in short(value)


@given(_plain, _plain)
def test_any_two_values_can_be_compared(expected: Any, got: Any):
    try:
        require_same(expected, got, 1e-5)
    except Different as different:
        said = str(different)
    else:
        said = ""
    assert "\n" not in said


@given(st.floats(-1e6, 1e6), st.just(0.0) | st.floats(1e-6, 0.5), st.booleans())
def test_nearness_is_that_share_of_the_expected_number(number: float, share: float, above: bool):
    reach = share * max(1.0, abs(number))
    require_same(number, number + (reach if above else -reach) * 0.99, share)
    with pytest.raises(Different):
        require_same(number, number + 1.01 * reach + 1e-6, share)


def test_a_condition_needs_no_expected_value():
    assert check_value("it", np.bool_(True), NOTHING, RULES).passed
    assert check_value("it", False, NOTHING, RULES).message == "This is not so yet."
    with pytest.raises(Problem, match="nothing to compare"):
        check_value("it", 3, NOTHING, RULES)


def test_a_case_that_is_no_pair_is_the_authors_mistake():
    with pytest.raises(Problem, match="Case 1 is 3"):
        check_cases("it", len, [3], RULES)


def test_limits_nest():
    def spin(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pass

    with pytest.raises(TookTooLong) as raised, time_limit(0.05), time_limit(5):
        spin(5)
    assert raised.value.seconds == 0.05
    with pytest.raises(TookTooLong) as raised, time_limit(5), time_limit(0.05):
        spin(5)
    assert raised.value.seconds == 0.05

    def spin_after_another() -> None:
        with time_limit(0.2):
            pass
        spin(5)

    with pytest.raises(TookTooLong) as raised, time_limit(0.3):
        spin_after_another()
    assert raised.value.seconds == 0.3
    with time_limit(0.05):
        pass
    spin(0.1)
