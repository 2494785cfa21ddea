"""The filter language: what it keeps, and what it says when it cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.runs.filter import FIXED, FilterProblem, names_in, parse_filter
from tflab.runs.history import HistoryRow
from tflab.runs.marks import Marks
from tflab.runs.summary import RunSummary

NOW = 1_000_000.0


def row(name="", lesson="linear-classifier", status="finished", loss=0.02, age=60.0, **values):
    metrics = {"loss": {"first": 0.9, "last": loss, "min": 0.01, "max": 0.9}}
    metrics |= {"adam/accuracy": {"first": 0.5, "last": 0.8, "min": 0.5, "max": 0.9}}
    summary = RunSummary(
        id="20260101-000000-aaaaaa",
        created=NOW - age,
        lesson=lesson,
        title="Linear classifier",
        parameters={"learning_rate": 0.05, "mode": "eager", "fast": True} | values,
        device="cpu",
        seed=3,
        status=status,
        seconds=4.5,
        metrics=metrics,
        goals={"a": True, "b": False},
    )
    return HistoryRow(summary, Marks(name=name, note="shown in class"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "learning_rate<0.1 loss<0.03",
        "learning_rate <= 0.05",
        "learning_rate=5e-2",
        "state=finished lesson=linear-classifier device=cpu",
        'name~good note~"in class"',
        "age<2m seconds>4s",
        "age<1.5h",
        "best.loss<0.015 first.loss>0.5",
        "accuracy>0.7 best.accuracy>=0.9 adam/accuracy<0.81",
        "goals=1 seed=3 seed!=4",
        "mode=EAGER mode!=graph",
        "fast=true fast=yes",
        "classifier",
        "pinned=no",
        "id~20260101",
        "missing!=3",
    ],
)
def test_conditions_that_hold(text):
    assert parse_filter(text).keep([row("a good one")], NOW)


@pytest.mark.parametrize(
    "text",
    [
        "learning_rate<0.01",
        "loss>0.03",
        "state=failed",
        "name~bad",
        "age>2d",
        "missing=3",
        "missing<3",
        "mode<3",
        "best.loss>0.015",
        "fast=no",
        "pinned=yes",
        "regression",
        "learning_rate<0.1 state=failed",
    ],
)
def test_conditions_that_do_not(text):
    assert not parse_filter(text).keep([row("a good one")], NOW)


def test_a_diverged_run_is_found_by_name_and_never_by_order():
    strange = row(loss="nan")
    assert parse_filter("loss=nan").keep([strange], NOW)
    assert not parse_filter("loss<9").keep([strange], NOW)
    assert not parse_filter("loss>9").keep([strange], NOW)
    assert parse_filter("loss>9").keep([row(loss="inf")], NOW)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("loss<", "no value after loss<"),
        ("loss<abc", "compares numbers"),
        ("lerning_rate<0.1", "Did you mean learning_rate"),
        ("age<xyz", "age<2d"),
        ("best.lossy<1", "Did you mean loss"),
        ('name~"open', "not closed"),
        ("=3", "no condition"),
        ("a<<b", "condition"),
    ],
)
def test_what_cannot_be_read_is_explained(text, words):
    with pytest.raises(FilterProblem) as caught:
        parse_filter(text, names_in([row()]))
    assert words in f"{caught.value.cause} {caught.value.next_step}"
    assert caught.value.next_step


@given(st.text(max_size=60))
def test_any_text_is_read_or_explained(text):
    rows = [row(), row(loss="nan", status="lost")]
    try:
        parse_filter(text, names_in(rows)).keep(rows, NOW)
    except FilterProblem as problem:
        said = (problem.cause, problem.next_step)
    else:
        said = ("nothing is wrong", "go on")
    assert all(said)


plain_value = st.text("abcxyz0123456789.-", min_size=1, max_size=8)
name = st.sampled_from([*FIXED, "learning_rate", "mode", "loss", "best.loss"])
choices = {"state": st.sampled_from(["finished", "Lost"]), "pinned": st.sampled_from(["yes", "no"])}
term = name.flatmap(
    lambda found: st.tuples(
        st.just(found),
        st.sampled_from(["=", "==", "!=", "~"]),
        choices.get(found, plain_value),
    )
)


@given(st.lists(term, max_size=5))
def test_what_was_written_is_what_was_read(terms):
    found = parse_filter(
        " ".join("".join(term) for term in terms), ["learning_rate", "mode", "loss"]
    )
    assert [(c.name, c.operator, c.value) for c in found.conditions] == terms


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_order_is_that_of_numbers(value, bound):
    rows = [row(learning_rate=value)]
    below = bool(parse_filter(f"learning_rate<{bound!r}").keep(rows, NOW))
    equal = bool(parse_filter(f"learning_rate={bound!r}").keep(rows, NOW))
    above = bool(parse_filter(f"learning_rate>{bound!r}").keep(rows, NOW))
    assert [below, equal, above].count(True) == 1
    assert below == (value < bound)


@pytest.mark.parametrize(
    ("text", "next_step"),
    [
        ("state=finshed", "Did you mean state=finished?"),
        ("state!=Runing", "Did you mean state!=running?"),
        ('loss<1 state=="canceled"', "Did you mean state==cancelled?"),
        ("state=12345", "Write one of finished, failed"),
        ("pinned=ye", "Did you mean pinned=yes?"),
        ('state=""', "Write one of finished, failed"),
    ],
)
def test_a_value_that_no_run_ever_has_is_refused(text, next_step):
    with pytest.raises(FilterProblem) as raised:
        parse_filter(text, {"loss"})
    assert next_step in raised.value.next_step
    with pytest.raises(FilterProblem):
        parse_filter(text)


def test_part_of_a_state_may_be_looked_for_and_a_parameter_may_be_called_state():
    assert parse_filter("state~fin").keep([row()], NOW)
    assert parse_filter("state=warm", {"state"}).keep([row(state="warm")], NOW)
    assert parse_filter("STATE~x", None)
