"""Which runs the history lists, and in which order, without a screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tflab.runs.history import HistoryRow
from tflab.runs.marks import Marks
from tflab.runs.summary import RunSummary
from tflab.session.history_list import HistoryList, HistoryView

DEFAULTS = {"rate": 0.1}


def row(number: int, rate: float, lesson: str = "one", loss: float = 1.0, pinned: bool = False):
    summary = RunSummary(
        id=f"run-{number}",
        created=float(number),
        lesson=lesson,
        title="T",
        parameters={"rate": rate},
        device="cpu",
        seed=0,
        status="finished",
        metrics={"loss": {"last": loss, "min": loss, "max": loss}},
    )
    return HistoryRow(summary, Marks(pinned=pinned))


ROWS = [row(3, 0.3, loss=0.5), row(2, 0.2, "two"), row(1, 0.1, loss=0.9), row(0, 0.4, loss=0.7)]


def listed(view: HistoryView, rows=ROWS, typing: bool = False) -> HistoryList:
    found = HistoryList(view, "one", DEFAULTS)
    found.take(list(rows))
    found.arrange(typing=typing, narrow=False)
    return found


def ids(found: HistoryList) -> list[str]:
    return [one.id for one in found.shown]


def test_one_lesson_or_all_newest_first_and_pinned_ones_before_them():
    assert ids(listed(HistoryView())) == ["run-3", "run-1", "run-0"]
    assert ids(listed(HistoryView(everywhere=True))) == ["run-3", "run-2", "run-1", "run-0"]
    pinned = [*ROWS, row(9, 0.1, pinned=True)]
    assert ids(listed(HistoryView(), pinned))[0] == "run-9"


def test_the_last_good_filter_holds_while_a_bad_one_is_typed():
    view = HistoryView(filter="rate>0.2")
    found = listed(view)
    assert (ids(found), found.count) == (["run-3", "run-0"], 3)
    view.filter = "rate>0.2 lo"
    found.arrange(typing=True, narrow=False)
    assert ids(found) == ["run-3", "run-0"], "the beginning of a name takes nothing away"
    view.filter = "rate>0.2 loss<"
    found.arrange(typing=True, narrow=False)
    assert found.problem is not None
    assert ids(found) == ["run-3", "run-0"]
    view.filter = "rate>0.2 loss<0.6"
    found.arrange(typing=False, narrow=False)
    assert found.problem is None
    assert ids(found) == ["run-3"]


def test_sorting_by_a_column_again_turns_the_order_around():
    view = HistoryView()
    found = listed(view)
    place = [column.title for column in found.columns].index("loss")
    for expected in (["run-3", "run-0", "run-1"], ["run-1", "run-0", "run-3"]):
        found.sort_by(place)
        found.arrange(typing=False, narrow=False)
        assert ids(found) == expected
        assert found.sorted_by == place
    found.sort_by_next()
    assert view.order[0] == found.columns[place + 1].title


def test_what_is_chosen_is_what_is_marked_or_else_under_the_cursor():
    view = HistoryView(marked={"run-1", "run-gone"})
    found = listed(view)
    assert view.marked == {"run-1"}, "the mark of a run that is gone goes with it"
    assert [one.id for one in found.chosen(found.shown[0])] == ["run-1"]
    view.marked.clear()
    assert found.chosen(found.shown[0]) == [found.shown[0]]
    assert found.chosen(None) == []
    assert found.place_of("run-0") == 2
    assert found.place_of("run-2") is None


@given(st.text(max_size=30), st.booleans(), st.booleans(), st.lists(st.integers(0, 20), max_size=5))
def test_no_filter_and_no_order_of_keys_breaks_it(text, everywhere, typing, keys):
    view = HistoryView(filter=text, everywhere=everywhere)
    found = listed(view, typing=typing)
    for key in keys:
        found.sort_by(key % len(found.columns))
        found.arrange(typing=typing, narrow=bool(key % 2))
    assert set(ids(found)) <= {one.id for one in ROWS}
    assert len(found.shown) <= found.count <= len(ROWS)
