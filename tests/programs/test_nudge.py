"""Nudging a value keeps it allowed, moves it the right way, and takes sensible steps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tflab.programs.nudge import nudge
from tflab.programs.parameters import check_value
from tflab.programs.program import Parameter

RATE = Parameter(name="rate", type="float", default=0.1, gt=0, le=10)
STEPS = Parameter(name="steps", type="int", default=40, ge=1, le=100_000)
MOMENTUM = Parameter(name="momentum", type="float", default=0.0, ge=0, lt=1)
FREE = Parameter(name="x", type="float", default=3.0)
MODE = Parameter(name="mode", type="choice", default="a", choices=("a", "b", "c"))


def test_a_rate_climbs_a_ladder_that_is_even_in_proportion():
    values = [0.1]
    for _ in range(6):
        values.append(nudge(RATE, values[-1], 1))
    assert values == [0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0]
    assert nudge(RATE, 0.1, -1) == 0.07


def test_a_fine_nudge_is_a_tenth_of_the_step_wherever_the_value_is_in_it():
    values = [0.1]
    for _ in range(10):
        values.append(nudge(RATE, values[-1], 1, fine=True))
    assert values == [0.1, 0.105, 0.11, 0.115, 0.12, 0.125, 0.13, 0.135, 0.14, 0.145, 0.15]
    assert nudge(RATE, 0.15, -1, fine=True) == 0.145
    assert nudge(RATE, 0.1, -1, fine=True) == 0.097
    assert nudge(MOMENTUM, 0.5, 1, fine=True) == 0.505
    assert nudge(STEPS, 3, 1, fine=True) == 4
    assert nudge(STEPS, 700, 1, fine=True) == 730
    assert nudge(RATE, 10.0, 1, fine=True) == 10.0
    assert nudge(MODE, "a", 1, fine=True) == "b"


def test_small_counts_go_by_one_and_large_ones_in_proportion():
    assert nudge(STEPS, 3, 1) == 4
    assert nudge(STEPS, 40, 1) == 50
    assert nudge(STEPS, 50, -1) == 30
    assert nudge(STEPS, 1, -1) == 1
    assert nudge(STEPS, 100_000, 1) == 100_000


def test_a_bounded_share_goes_by_a_twentieth():
    assert nudge(MOMENTUM, 0.0, 1) == 0.05
    assert nudge(MOMENTUM, 0.95, 1) == 0.95


def test_the_largest_numbers_stay():
    count = Parameter(name="n", type="int", default=1)
    assert nudge(count, 2**63 - 1, 1) == 2**63 - 1
    size = Parameter(name="size", type="float", default=1.0, gt=0)
    assert nudge(size, 1.5e308, 1) == 1.5e308
    assert nudge(size, 1.5e308, -1) == 1e308


def test_choices_go_to_the_next_one_and_stop_at_the_last():
    assert nudge(MODE, "a", 1) == "b"
    assert nudge(MODE, "c", 1) == "c"
    assert nudge(Parameter(name="on", type="bool", default=False), False, 1) is True


@given(
    st.sampled_from([RATE, MOMENTUM, FREE]),
    st.floats(0.001, 0.99),
    st.sampled_from([1, -1]),
    st.booleans(),
)
def test_a_nudged_number_is_allowed_and_goes_the_right_way(parameter, value, direction, fine):
    after = nudge(parameter, value, direction, fine)
    assert check_value(parameter, after) == after
    assert (after - value) * direction >= 0


@given(st.integers(1, 100_000), st.sampled_from([1, -1]))
def test_a_nudged_count_is_allowed_and_moves_unless_at_the_end(value, direction):
    after = nudge(STEPS, value, direction)
    assert check_value(STEPS, after) == after
    at_end = value == (STEPS.le if direction > 0 else STEPS.ge)
    assert (after - value) * direction > 0 or at_end
