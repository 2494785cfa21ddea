"""An old run opened as it was, run again exactly, and its values taken up, by a person's keys."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import PATIENCE
from tflab.runs.record import RunRecord
from tflab.runs.store import RunStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")


def records(data: Path) -> list[RunRecord]:
    store = RunStore(data / "runs")
    return sorted((store.record(run) for run in store.ids()), key=lambda record: record.created)


def test_a_run_opens_as_it_was_and_runs_again_exactly(
    open_app: OpenApp, write_lesson: Callable[..., Path], data: Path
) -> None:
    """Change a lesson after a run: the history still shows, and runs, the lesson as it was."""
    path = write_lesson("lab.log(0, loss=0.5)", "print('the first text', steps)")
    app = open_app(path)
    app.wait_for("the first text")
    app.wait_for(r"steps +3\b")
    app.press("f5")
    app.wait_for("how many: a whole number")
    app.type("7")
    app.wait_for(r"steps +(\S +)?7\b")
    app.press("ctrl+r")
    app.wait_for("the first text 7")
    app.wait_for("finished in")

    path.write_text(path.read_text().replace("the first text", "quite another"))
    app.wait_for("quite another")
    app.wait_for("steps 7, code changed")

    app.press("ctrl+y")
    app.wait_for(r"History .* 1 run")
    app.wait_for("0.5")
    app.wait_for("changed")
    app.press("enter")
    app.wait_for("the first text 7")
    app.wait_for("Program as run")

    app.press("ctrl+y")
    app.wait_for(r"History .* 1 run")
    app.press("r")
    app.wait_gone(r"History .* 1 run")
    app.wait_for("finished in")
    app.press("ctrl+y")
    app.wait_for(r"History .* 2 run")
    app.press("escape")
    app.wait_gone(r"History .* 2 run")
    first, again = records(data)
    assert again.request == first.request
    assert "the first text" in again.request.source

    app.press("ctrl+q")
    assert app.wait_end() == 0


def test_an_open_history_follows_a_run_that_another_program_starts(
    open_app: OpenApp, write_lesson: Callable[..., Path], tmp_path: Path
) -> None:
    """Two workbenches have their history open while `tflab run` runs: both show all of it."""
    go = tmp_path / "go"
    path = write_lesson(
        "import pathlib, time",
        "lab.log(0, loss=0.5)",
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)",
        "lab.log(1, loss=0.125)",
    )
    apps = [open_app(path), open_app(path)]
    for app in apps:
        app.wait_for(r"steps +3\b")
        app.press("ctrl+y")
        app.wait_for("No runs yet")
    command = [sys.executable, "-m", "tflab", "run", str(path), "--json"]
    headless = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for app in apps:
        app.wait_for(r"History .* 1 run\b")
        app.wait_for(r"running .* 0\.5\b")
    go.touch()
    ended = time.perf_counter()
    for app in apps:
        assert app.wait_for(r"finished .* 0\.125\b") - ended < 3
    assert headless.wait(30) == 0


def test_history_and_comparison_opened_and_closed_in_bursts_while_a_run_ends(
    open_app: OpenApp, write_lesson: Callable[..., Path], data: Path
) -> None:
    """All the keys arrive at once, so that screens close while they open and while they read."""
    path = write_lesson("for step in range(40):", "    lab.log(step, loss=1 / (step + 1))")
    app = open_app(path)
    app.wait_for(r"steps +3\b")
    app.wait_for("ready")
    for turn in range(15):
        app.press("ctrl+r")
        app.press("ctrl+y", "escape", "ctrl+y", "space", "space", "c", "escape", "escape")
        app.press(*["ctrl+y", "p", "escape"] * (turn % 4), "escape", "escape")
    app.press("escape", "escape", "f6")
    # The runs have the keys only after all of those before.
    app.wait_for(r"Enter Show .*\^y History", 4 * PATIENCE)
    app.wait_gone("History ·|Compare ·")
    app.press("ctrl+y")
    app.wait_for("History ·")
    app.press("escape")
    app.wait_gone("History ·")
    app.wait_for("finished in")
    app.press("ctrl+q")
    assert app.wait_end() == 0
    assert len(records(data)) >= 1
