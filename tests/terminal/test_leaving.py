"""Quitting while a run goes on: it asks what is to become of the run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.processes import processes_of, wait_gone
from tests.terminal.terminal import Terminal
from tflab.runs.state import RunState
from tflab.runs.store import RunStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

LOOP = (
    "import time",
    "for step in lab.track(range(steps)):",
    "    lab.log(step, loss=1 / (step + 1))",
    "    time.sleep(0.01)",
)


def only_run(data: Path) -> RunState:
    store = RunStore(data / "runs")
    (run,) = store.ids()
    return store.load(run)


def ask_to_leave(app: Terminal) -> None:
    app.wait_for(r"steps +\d")
    app.press("ctrl+r")
    app.wait_for(r"running +[1-9]")
    app.press("ctrl+q")
    app.wait_for("A run is going on")


def test_a_run_left_running_finishes_by_itself(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    app = open_app(write_lesson(*LOOP, steps=200))
    ask_to_leave(app)
    app.press("l")
    assert app.wait_end() == 0
    assert only_run(data).status == "running", "it goes on without the workbench"
    assert wait_gone(processes_of(data)) == []
    left = only_run(data)
    assert left.status == "finished"
    assert len(left.series["loss"]) == 200


def test_stopping_ends_the_run_then_the_workbench(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    app = open_app(write_lesson(*LOOP, steps=100_000))
    ask_to_leave(app)
    for stay in ("enter", "escape"):
        app.press(stay)
        app.wait_gone("A run is going on")
        app.press("ctrl+q")
        app.wait_for("A run is going on")
    app.press("escape")
    app.wait_gone("A run is going on")
    app.press("ctrl+q")
    app.wait_for("A run is going on")
    app.press("s")
    assert app.wait_end() == 0
    assert wait_gone(processes_of(data)) == []
    stopped = only_run(data)
    assert stopped.status == "cancelled"
    assert len(stopped.series["loss"]) > 0


def test_a_lost_line_leaves_the_run_going(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    """The terminal goes away without a word, as a lost SSH line does."""
    app = open_app(write_lesson(*LOOP, steps=200))
    app.wait_for(r"steps +\d")
    app.press("ctrl+r")
    app.wait_for(r"running +[1-9]")
    app.close()
    assert wait_gone(processes_of(data)) == []
    assert only_run(data).status == "finished"
