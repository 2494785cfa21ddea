"""Events of every kind, drawn at random."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from tflab.runs import events as ev

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
cell = st.integers(0, 5)
at = st.integers(0, 1 << 40)
finite = st.floats(allow_nan=False, allow_infinity=False)
number = st.one_of(
    finite, st.integers(-(1 << 60), 1 << 60), st.sampled_from(["nan", "inf", "-inf"])
)
plain_json = st.one_of(st.none(), st.booleans(), finite, text, st.lists(st.integers(0, 9)))


@st.composite
def scalars(draw):
    points = draw(st.lists(st.tuples(st.integers(-9, 1 << 40), number), max_size=8))
    steps, values = [p[0] for p in points], [p[1] for p in points]
    return ev.Scalars(tag=draw(text), steps=steps, values=values, time=draw(finite))


some_event = st.one_of(
    st.builds(ev.Started, time=finite, pid=st.integers(1, 1 << 22)),
    st.builds(ev.CellStarted, cell=cell, time=finite, at=at),
    st.builds(ev.CellEnded, cell=cell, seconds=finite, at=at),
    st.builds(ev.Value, cell=cell, text=text, at=at),
    scalars(),
    st.builds(ev.Progress, cell=cell, done=at, total=st.none() | at, time=finite),
    st.builds(ev.Result, cell=cell, name=text, value=plain_json, at=at),
    st.builds(
        ev.Figure,
        cell=cell,
        title=text,
        layers=st.lists(
            st.builds(ev.Layer, kind=st.just("line"), x=st.lists(number), y=st.lists(number)),
            max_size=2,
        ),
        step=st.none() | at,
    ),
    st.builds(ev.Goal, text=text, passed=st.booleans(), hints=st.lists(text, max_size=2)),
    st.builds(ev.Prediction, question=text, answer=plain_json, guess=plain_json),
    st.builds(ev.Error, title=text, cause=text, next_step=text, cell=st.none() | cell),
    st.builds(ev.Notice, text=text, at=at),
    st.builds(
        ev.Ended,
        state=st.sampled_from(["finished", "failed", "cancelled", "lost"]),
        time=finite,
        writer=st.sampled_from(["run", "server"]),
    ),
)


@pytest.fixture(scope="session")
def any_event():
    """A strategy for events of any kind."""
    return some_event
