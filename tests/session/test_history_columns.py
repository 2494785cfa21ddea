"""The columns of the history: what they show, and that any runs can be sorted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tflab.runs.history import HistoryRow
from tflab.runs.marks import Marks
from tflab.runs.summary import RunSummary, code_mark
from tflab.session.history_columns import history_columns, sort_rows
from tflab.ui.history.table import cells_of, fit_columns

number = st.sampled_from(["nan", "inf", "-inf", None, 0.5, 1e300]) | st.floats(-5, 5)
value = st.one_of(st.integers(-9, 9), st.floats(-9, 9), st.text(max_size=5), st.booleans())


@st.composite
def rows(draw):
    metric = st.fixed_dictionaries(dict.fromkeys(("first", "last", "min", "max"), number))
    summary = RunSummary(
        id=draw(st.uuids()).hex,
        created=draw(st.floats(0, 2e9)),
        lesson=draw(st.sampled_from(["a", "b"])),
        title="T",
        parameters=draw(st.dictionaries(st.sampled_from(["rate", "mode"]), value)),
        device=draw(st.sampled_from(["cpu", "gpu:0"])),
        seed=draw(st.integers(0, 3)),
        status=draw(st.sampled_from(["finished", "failed", "lost", "running"])),
        seconds=draw(st.none() | st.floats(0, 1e5)),
        metrics=draw(st.dictionaries(st.sampled_from(["loss", "x/accuracy"]), metric)),
        goals=draw(st.dictionaries(st.text(max_size=3), st.booleans(), max_size=2)),
    )
    marks = Marks(name=draw(st.text(max_size=4)), pinned=draw(st.booleans()))
    return HistoryRow(summary, marks)


@given(st.lists(rows(), max_size=6), st.booleans(), st.booleans(), st.booleans())
def test_any_runs_are_shown_and_sorted(found, everywhere, narrow, downwards):
    columns = history_columns(found, everywhere, {"rate": 0.5}, narrow)
    widths = fit_columns(columns, found)
    assert len(widths) == len(columns)
    for column in [None, *columns]:
        ordered = sort_rows(found, column, downwards)
        assert sorted(map(id, ordered)) == sorted(map(id, found))
        pins = [row.marks.pinned for row in ordered]
        assert pins == sorted(pins, reverse=True)
        for pinned in (True, False):
            part = [row for row in ordered if row.marks.pinned is pinned]
            missing = [column is not None and column.key(row) is None for row in part]
            assert missing == sorted(missing), "runs without a value come last"
    for row in found:
        assert len(cells_of(row, columns)) == len(columns)


def test_a_lesson_has_a_column_for_each_parameter_and_all_lessons_have_one():
    summary = RunSummary(
        id="r", created=0.0, lesson="a", title="T", parameters={"rate": 0.5, "steps": 3},
        device="cpu", seed=0, status="finished",
        metrics={"accuracy": {"last": 0.9, "min": 0.1, "max": 0.95}},
    )  # fmt: skip
    row = HistoryRow(summary)
    one = {c.title: c.text(row) for c in history_columns([row], False, {"rate": 0.5})}
    assert one["rate"] == "0.5"
    assert one["best accuracy"] == "0.95"
    every = {c.title: c.text(row) for c in history_columns([row], True, {})}
    assert every["values"] == "rate 0.5, steps 3"
    assert "rate" not in every


def test_runs_of_other_code_are_told_apart_where_it_is_known():
    def made(source):
        code = code_mark(source) if source else ""
        summary = RunSummary(
            id="r", created=0.0, lesson="a", title="T", parameters={}, device="cpu", seed=0,
            status="finished", code=code,
        )  # fmt: skip
        return HistoryRow(summary)

    now = code_mark("x = 1")
    rows = [made("x = 1"), made("x = 2"), made("")]

    def column(found, code, everywhere=False):
        columns = history_columns(found, everywhere, {}, code=code)
        return [[c.text(row) for row in found] for c in columns if c.title == "code"]

    assert column(rows, now) == [["", "changed", ""]]
    assert column(rows[:1], now) == [], "where all have the code of now, there is nothing to tell"
    assert column(rows, "") == []
    assert column(rows, now, everywhere=True) == []
