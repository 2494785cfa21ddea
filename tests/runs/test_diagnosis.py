"""A diagnosis names what is known to be in a series, and is silent on healthy ones."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.runs.diagnosis import diagnose
from tflab.runs.events import as_number
from tflab.runs.series import Series

PARAMETERS = ("learning_rate", "steps")


def series(values, tag="loss"):
    made = Series(tag)
    made.extend(list(range(len(values))), [as_number(v) for v in values])
    return made


def kind_of(values, validation=None):
    given_series = {"loss": series(values)}
    if validation is not None:
        given_series["val_loss"] = series(validation, "val_loss")
    found = diagnose(given_series, PARAMETERS)
    return found.kind if found else None


def decay(rate, count, floor=0.03):
    return [floor + math.exp(-rate * i) for i in range(count)]


KNOWN = {
    "diverged": [1, 3, 9, 1e9, 1e200, math.inf, math.nan],
    "rising": [1.5**i for i in range(40)],
    "oscillating": [1.0 if i % 2 else 0.2 for i in range(60)],
    "plateau": [2.3 + 0.001 * math.sin(i) for i in range(100)],
    "still falling": [10 - 0.1 * i for i in range(60)],
}


@pytest.mark.parametrize("kind", KNOWN)
def test_a_known_fault_is_named(kind):
    assert kind_of(KNOWN[kind]) == kind


def test_overfitting_needs_both_curves():
    train = decay(0.05, 100, 0.0)
    validation = [0.4 + 0.6 * math.exp(-0.1 * i) + 0.004 * i for i in range(100)]
    assert kind_of(train, validation) == "overfitting"
    assert kind_of(train) is None


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.3, 1.0])
@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
def test_a_healthy_run_is_left_alone(rate, noise):
    chance = random.Random(1)
    values = [v + noise * chance.gauss(0, 1) for v in decay(rate, 120)]
    validation = [v + 0.02 + noise * chance.gauss(0, 1) for v in decay(rate, 120)]
    assert kind_of(values) is None
    assert kind_of(values, validation) is None


def test_noise_without_a_trend_at_the_end_is_no_oscillation():
    chance = random.Random(2)
    values = [0.1 + 2 * math.exp(-i / 10) + 0.05 * chance.gauss(0, 1) for i in range(200)]
    assert kind_of(values) is None


def test_a_stopped_run_is_not_called_short():
    assert diagnose({"loss": series(KNOWN["still falling"])}, PARAMETERS, finished=False) is None


def test_only_parameters_of_the_lesson_are_suggested():
    found = diagnose({"loss": series(KNOWN["rising"])}, ("epochs",))
    assert found is not None
    assert "Try" not in found.text
    found = diagnose({"loss": series(KNOWN["rising"])}, PARAMETERS)
    assert found is not None
    assert found.text.endswith("Try a smaller learning_rate.")


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60))
def test_no_series_is_too_strange(values):
    found = diagnose({"loss": series(values), "val_loss": series(values, "val_loss")}, PARAMETERS)
    assert found is None or found.text


def test_a_plateau_has_three_causes():
    found = diagnose({"loss": series(KNOWN["plateau"])}, PARAMETERS)
    assert found is not None
    for cause in ("steps are too short", "gradient does not reach", "can do no better"):
        assert cause in found.text
