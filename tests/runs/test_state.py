"""A run folded from its events, in whatever order they come."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from tflab.runs.events import (
    CellStarted,
    Ended,
    Figure,
    Goal,
    Progress,
    Result,
    RunStatus,
    Scalars,
    Started,
    TensorValue,
)
from tflab.runs.log_reader import Output
from tflab.runs.state import RunState, result_value


def fold(*events):
    state = RunState()
    for event in events:
        state.apply(event)
    return state


@given(data=st.data())
def test_any_events_in_any_order_are_folded_without_a_crash(any_event, data):
    printed = st.builds(Output, cell=st.integers(-1, 3), data=st.binary(max_size=9))
    events = data.draw(st.lists(any_event | printed, max_size=12))
    state = fold(*events)
    assert state.status in get_args(RunStatus)
    assert state.points == sum(len(e.values) for e in events if isinstance(e, Scalars))
    assert set(state.results) == {e.name for e in events if isinstance(e, Result)}
    for series in state.series.values():
        series.summary()
    for result in state.results.values():
        result_value(result)


def test_the_status_follows_the_run():
    assert fold().status == "starting"
    assert fold(Started(time=0.0, pid=1)).status == "running"
    assert fold(Started(time=0.0, pid=1), Ended(state="failed", time=1.0)).status == "failed"


def test_the_runs_own_word_counts_over_the_servers():
    own = Ended(state="finished", time=1.0)
    server = Ended(state="failed", time=2.0, writer="server")
    assert fold(own, server).ended == own
    assert fold(server, own).ended == own


def test_frames_of_one_title_make_one_picture():
    frames = [Figure(cell=0, title="f", layers=[], step=n) for n in range(3)]
    state = fold(CellStarted(cell=0, time=0.0), *frames)
    assert state.frames["f"] == frames
    assert state.cells[0].items == frames[:1]


def test_output_that_is_cut_inside_a_character_is_joined():
    data = "héllo".encode()
    state = fold(Output(cell=0, data=data[:2]), Output(cell=0, data=data[2:]))
    assert state.cells[0].items[0].text() == "héllo"


def test_a_result_that_comes_again_replaces_the_first():
    state = fold(Result(cell=0, name="w", value=1), Result(cell=0, name="w", value=2))
    assert result_value(state.results["w"]) == 2


def test_a_tensor_is_reported_with_dtype_shape_and_values():
    tensor = TensorValue(dtype="float32", shape=[1], values=[0.5], device="CPU:0")
    found = result_value(Result(cell=0, name="w", tensor=tensor))
    assert found == {"dtype": "float32", "shape": [1], "values": [0.5]}


def test_progress_that_starts_over_has_a_new_beginning():
    first = Progress(cell=0, done=5, total=9, time=1.0)
    again = Progress(cell=0, done=0, total=9, time=2.0)
    assert fold(first, again).progress_began == again


def test_goals_are_kept_by_text():
    state = fold(Goal(text="g", passed=False), Goal(text="g", passed=True))
    assert state.goals["g"].passed
