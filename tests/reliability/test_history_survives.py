"""The history of two at once: no finished run is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reliability.kept_runs import finished, keep_books, open_history
from tests.terminal.conftest import OpenApp
from tflab.runs.history import History
from tflab.runs.marks import Marks, read_marks
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

PERSON = """
import random, sys
from tflab.runs.history import History
from tflab.runs.marks import change_marks
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash
me, own = sys.argv[1], sys.argv[2].split(",")
chance, store = random.Random(me), RunStore()
trash, history = Trash(store), History(store)
for turn in range(150):
    run = chance.choice([row.id for row in history.rows()] or own)
    try:
        match turn % 5:
            case 0: change_marks(store.folder(run), pinned=chance.random() < 0.5)
            case 1: change_marks(store.folder(run), name=f"{me} {turn}")
            case 2: trash.delete(run)
            case 3: trash.restore(chance.choice(trash.ids() or own))
            case 4: trash.restore(own[turn % len(own)])
    except Problem:
        pass  # The other one was faster.
for run in own:
    try: trash.restore(run)
    except Problem: pass
    change_marks(store.folder(run), note=f"of {me}")
"""


def test_two_that_mark_delete_and_undo_the_same_runs_at_once_lose_none() -> None:
    store = RunStore()
    runs = [finished(store) for _ in range(12)]
    mine = {"ann": runs[:6], "bob": runs[6:]}
    people = [
        subprocess.Popen([sys.executable, "-c", PERSON, name, ",".join(own)])
        for name, own in mine.items()
    ]
    assert [process.wait(100) for process in people] == [0, 0]
    keep_books(store, runs)
    for run in Trash(store).ids():
        Trash(store).restore(run)
    for name, own in mine.items():
        assert {read_marks(store.folder(run)).note for run in own} == {f"of {name}"}
    assert len(History(store).rows()) == 12


def test_two_workbenches_show_each_others_marks_and_deletions(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    store, lesson = RunStore(), write_lesson("print(1)")
    runs = [finished(store) for _ in range(3)]
    first, second = (open_history(open_app, lesson, 3) for _ in range(2))
    first.press("n")
    first.wait_for("Name this run")
    first.type("gold")
    done = first.press("enter")
    assert second.wait_for("gold", 10) - done < 2.5
    second.press("p")
    second.wait_for("✦")
    first.wait_for("✦")
    assert read_marks(store.folder(runs[-1])) == Marks(name="gold", pinned=True)
    # Both delete the run that both have under their cursor.
    first.press("d")
    second.press("d")
    for app in (first, second):
        app.wait_for(r"History .* 2 runs")
        app.wait_gone("gold")
    keep_books(store, runs)
    assert runs[-1] in Trash(store).ids()
    for app in (first, second):
        app.press("u")
    for app in (first, second):
        app.wait_for(r"History .* 3 runs")
    kept, _ = keep_books(store, runs)
    assert kept == set(runs)
    assert read_marks(store.folder(runs[-1])) == Marks(name="gold", pinned=True)
