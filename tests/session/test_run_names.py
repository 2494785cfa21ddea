"""What a run is called: its number, and what differs, which is never cut."""

from __future__ import annotations

import dataclasses
import threading

from hypothesis import given
from hypothesis import strategies as st

from tests.session.made_runs import begin_run, make_run
from tflab.charts.text import cell_width
from tflab.runs.history import History
from tflab.runs.numbers import take_number
from tflab.runs.store import RunStore
from tflab.runs.summary import code_mark, summarise
from tflab.session.run_names import RunName, count_values, name_of_row, name_of_run, short_name

DEFAULTS = {"rate": 0.1}
NAMES = st.text("abcdefg_", min_size=1, max_size=20)
VALUES = st.text("0123456789.", min_size=1, max_size=8)


def test_runs_are_counted_for_each_program_also_in_the_lists_of_runs(data):
    for lesson in ("one", "two", "one", "one"):
        make_run(lesson)
    store = RunStore()
    numbers = [(store.record(run).request.lesson, store.record(run).number) for run in store.ids()]
    assert sorted(numbers) == [("one", 1), ("one", 2), ("one", 3), ("two", 1)]
    rows = History(store).rows()
    assert sorted((row.summary.lesson, row.summary.number) for row in rows) == sorted(numbers)
    assert History(store).unreadable == 0


def test_runs_counted_at_once_have_numbers_of_their_own(data):
    begin_run("one")
    root, taken = RunStore().root, []

    def count():
        for _ in range(50):
            taken.append(take_number(root, "many", "20260101-000000-aaaaaa"))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 201))


def test_the_name_says_what_differs_and_that_the_code_does(data):
    run, writer = begin_run(rate=0.13, source="rate = 0.1")
    writer.close()
    record = RunStore().record(run)
    name = name_of_run(record, DEFAULTS, "rate = 0.1")
    assert name.text == "#1 rate 0.13"
    assert name.tag == "#1"
    assert name.difference == "rate 0.13"
    other = name_of_run(record, {"rate": 0.13}, "rate = 0.2")
    assert other.text == "#1 code changed"
    seeded = dataclasses.replace(record.request, seed=4)
    assert name_of_run(dataclasses.replace(record, request=seeded), DEFAULTS).text == (
        "#1 rate 0.13, seed 4"
    )
    assert name_of_run(record, {"rate": 0.13}, "rate = 0.1").text == "#1 defaults"


def test_what_few_others_have_comes_first(data):
    store, rows = RunStore(), []
    for steps in (20, 40, 60):
        run, writer = begin_run(rate=0.13)
        writer.close()
        record = store.record(run)
        asked = dataclasses.replace(record.request, parameters={"rate": 0.13, "steps": steps})
        record = dataclasses.replace(record, request=asked)
        rows.append(summarise(record, store.load(run)))
    defaults = {"rate": 0.1, "steps": 40}
    common = count_values(rows, defaults)
    names = [name_of_row(row, defaults, code_mark(""), common).text for row in rows]
    assert names == ["#1 steps 20, rate 0.13", "#2 rate 0.13", "#3 steps 60, rate 0.13"]


def test_short_of_room_names_are_shortened_and_values_kept():
    name = RunName(7, [("learning_rate", "0.13"), ("samples_per_class", "200")])
    assert name.fit(60) == "#7 learning_rate 0.13, samples_per_class 200"
    assert name.fit(34) == "#7 learning_rate 0.13, spc 200"
    assert name.fit(20) == "#7 lr 0.13, spc 200"
    assert name.fit(14) == "#7 lr 0.13, +1"
    assert name.fit(3) == "#7 lr 0.13, +1"
    assert RunName(2).fit(5) == "#2 defaults"
    assert RunName(0).text == "defaults"


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6), st.integers(0, 80), st.booleans())
def test_the_first_value_is_never_cut(changes, width, code_changed):
    name = RunName(3, changes, code_changed)
    shown = name.fit(width)
    assert shown.startswith("#3 ")
    assert not changes or f" {changes[0][1]}" in shown
    assert ("code changed" in shown) == code_changed
    if cell_width(name.text) <= width:
        assert shown == name.text


def test_short_names_are_the_initials():
    assert short_name("learning_rate") == "lr"
    assert short_name("weight-decay") == "wd"
    assert short_name("momentum") == "momen"
    assert short_name("steps") == "steps"
