"""A metric against a parameter: every run is seen, whatever its value is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import wcswidth

from tflab.charts.drawing import ChartOptions
from tflab.charts.response import Trial, draw_response

Check = Callable[[Sequence[str], int], None]

values = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-5, 1000)
    | st.booleans()
    | st.sampled_from(["adam", "모멘텀", "a name that goes on and on\x1b[2J"])
)
trials = st.lists(st.builds(Trial, values, st.floats() | st.floats(0, 1), st.booleans()))
options = st.builds(
    ChartOptions,
    log_y=st.none() | st.booleans(),
    colour=st.sampled_from(["none", "16", "256", "true"]),
    unicode=st.booleans(),
    x_label=st.sampled_from(["learning_rate", "률", ""]),
)


@settings(max_examples=150, deadline=None)
@given(trials, st.tuples(st.integers(1, 100), st.integers(1, 30)), options)
def test_draws_anything(
    check_rows: Check, found: list[Trial], size: tuple[int, int], how: ChartOptions
) -> None:
    drawing = draw_response(found, size, how)
    assert len(drawing.rows) == size[1]
    check_rows(drawing.rows, size[0])


def _drawn(*found: Trial) -> list[str]:
    return list(draw_response(found, (70, 12), ChartOptions(colour="none")).rows)


def test_each_run_is_a_point_above_its_value_and_the_best_stands_out() -> None:
    rows = _drawn(Trial(0.1, 0.5), Trial(0.2, 0.1, best=True), Trial(0.3, 0.9))
    assert sum(row.count("o") for row in rows) == 2
    assert sum(row.count("*") for row in rows) == 1
    best = next(row.index("*") for row in rows if "*" in row)
    assert rows[-1].index("0.2") <= best <= rows[-1].index("0.2") + 3
    above, below = (row.index("o") for row in rows if "o" in row)
    assert below < 10 < 60 < above, "0.1 is lower than 0.3"


def test_values_that_span_decades_are_equally_far_apart() -> None:
    rows = _drawn(*(Trial(10.0**-n, n + 1.0) for n in range(4)))
    places = sorted(row.index("o") for row in rows if "o" in row)
    gaps = [after - before for before, after in pairwise(places)]
    assert max(gaps) - min(gaps) <= 1


def test_words_stand_side_by_side_in_cells() -> None:
    rows = _drawn(Trial("adam", 0.1), Trial("모멘텀", 0.2), Trial("sgd", 0.3))
    assert all(name in rows[-1] for name in ("adam", "모멘텀", "sgd"))
    assert {wcswidth(row) for row in rows} == {70}


def test_diverged_runs_are_marked_and_counted() -> None:
    found = [Trial(1, 0.5), Trial(2, math.inf), Trial(3, math.nan)]
    drawing = draw_response(found, (70, 12), ChartOptions())
    assert drawing.notes == ("2 runs diverged",)
    assert drawing.rows[0].count("✗") == 2
    assert [entry.label for entry in drawing.legend] == ["run", "diverged"]


@pytest.mark.parametrize("found", [[], [Trial(1, math.nan)]])
def test_nothing_to_draw_is_said(found: list[Trial]) -> None:
    drawing = draw_response(found, (40, 8), ChartOptions())
    assert len(drawing.rows) == 8
    assert drawing.notes
