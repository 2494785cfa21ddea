"""The history of what is killed while it writes, deletes or empties: no finished run is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reliability.kept_runs import finished, keep_books, open_history, whole
from tests.terminal.conftest import OpenApp
from tflab.runs.marks import MARKS, Marks, change_marks, read_marks
from tflab.runs.store import RunStore
from tflab.runs.trash import KEEP_SECONDS, Trash

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

DELETE = """
import sys
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash
store = RunStore()
trash = Trash(store)
for run in store.ids():
    trash.delete(run)
    print(run, flush=True)
"""
EMPTY = """
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash
print("now", flush=True)
Trash(RunStore()).empty()
"""
MARK = """
import itertools, sys
from tflab.runs.marks import change_marks
from tflab.runs.store import RunStore
store = RunStore()
for number in itertools.count():
    change_marks(store.folder(sys.argv[1]), name=f"{number}" * 20, note=f"{number}" * 400)
    print(number, flush=True)
"""


def kill_after(code: str, lines: int, later: float, *arguments: str) -> None:
    """Start a program, and kill it some milliseconds after it printed that many lines."""
    with subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=-1) as process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        deadline = time.perf_counter() + later
        while time.perf_counter() < deadline:
            pass
        process.send_signal(signal.SIGKILL)


def test_killed_while_deleting_many_each_run_is_in_one_place_for_seven_days() -> None:
    store, chance = RunStore(), random.Random(7)
    runs = [finished(store) for _ in range(60)]
    for run in runs:
        os.utime(store.folder(run), (1e9, 1e9))
    for lines in (1, 10, 20):
        kill_after(DELETE, lines, chance.random() * 0.002)
        _, deleted = keep_books(store, runs)
        assert len(deleted) >= lines
        assert Trash(store).empty(KEEP_SECONDS) == 0, "they were deleted just now"
        assert keep_books(store, runs)[1] == deleted
    for run in Trash(store).ids():
        Trash(store).restore(run)
    assert keep_books(store, runs)[0] == set(runs)


def test_killed_while_emptying_the_trash_no_half_of_a_run_comes_back() -> None:
    store, chance = RunStore(), random.Random(3)
    trash = Trash(store)
    runs = [finished(store) for _ in range(40)]
    for run in runs:
        for number in range(20):
            (store.folder(run) / "files" / f"{number}").write_bytes(b"x")
        trash.delete(run)
    for _ in range(4):
        kill_after(EMPTY, 1, chance.random() * 0.02)
    left = trash.ids()
    for run in left:
        trash.restore(run)
    assert keep_books(store, left) == (set(left), set())
    trash.empty()
    assert not list(trash.root.iterdir()), "what the killed ones left goes with the next emptying"


def test_killed_while_writing_marks_one_of_them_is_there_and_the_next_can_write() -> None:
    store, chance = RunStore(), random.Random(11)
    run = finished(store)
    folder = store.folder(run)
    for _ in range(5):
        kill_after(MARK, 5, chance.random() * 0.003, run)
        found = read_marks(folder)
        number = found.note[: len(found.note) // 400]
        assert found == Marks(name=(number * 20)[:80], note=(number * 400)[:2000])
        assert (folder / MARKS).exists()
    assert change_marks(folder, name="next").name == "next"
    assert whole(store, run)


def test_a_workbench_killed_while_it_deletes_many_loses_none(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    store, lesson = RunStore(), write_lesson("print(1)")
    runs = [finished(store) for _ in range(150)]
    app = open_history(open_app, lesson, 150)
    app.press(*["space"] * 150)
    app.wait_for("150 marked")
    app.press("d")
    trash = Trash(store).root
    while not (trash.is_dir() and any(trash.iterdir())):
        assert not app.ended
    os.kill(app.pid, signal.SIGKILL)
    assert app.wait_end() is None
    keep_books(store, runs)
    again = open_app(lesson, (120, 30))
    again.wait_for(r"steps +\d")
    again.press("ctrl+y")
    again.wait_for("History")
    again.press("u")
    again.wait_for("Nothing was deleted since")
    command = [sys.executable, "-m", "tflab", "trash", "--restore", "all"]
    subprocess.run(command, check=True, capture_output=True)
    again.wait_for(r"History .* 150 runs")
    assert keep_books(store, runs)[0] == set(runs)
