"""A sweep at the workbench, as a person would do it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.session.hearing import until
from tests.terminal.conftest import OpenApp
from tests.terminal.processes import processes_of, wait_gone
from tests.terminal.terminal import Terminal
from tflab.runs.store import RunStore
from tflab.sweeps.store import SweepStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

Write = Callable[..., Path]

LOOP = ["import time", "for step in range(steps):", "    lab.log(step, loss=1 / (step + steps))"]
SLOW = [*LOOP, "while steps > 5:", "    time.sleep(0.01)"]


def plan(app: Terminal, values: str, runs: str) -> None:
    """Open the form, write values for `steps` and see how many runs they make."""
    app.wait_for(r"steps +3")
    app.press("ctrl+s")
    app.wait_for("Sweep: A lesson of our own")
    app.wait_for("A whole number")
    app.type(values)
    app.wait_for(runs)


def test_plan_run_look_and_take_values(open_app: OpenApp, write_lesson: Write) -> None:
    app = open_app(write_lesson(*LOOP))
    plan(app, "2..5 step", "without its steps")
    app.wait_for(r"steps: .*step")
    app.press("ctrl+r")
    app.type(" 1")
    app.wait_for(r"4 runs.*the time is known after the first")
    app.press("ctrl+r")
    app.wait_for("4 of 4 done")
    app.wait_for(r"▸ +5 +0\.1111 .*best")
    assert "at the cursor" not in app.text, "the cursor is on the best row"
    app.press("down")
    app.wait_for("at the cursor")
    app.press("v")
    app.wait_for(r"•steps +4")
    assert "A lesson of our own" in app.text
    app.press("ctrl+s")
    app.wait_for("4 of 4 done")
    app.press("enter")
    app.wait_for("● finished in")
    assert len(list(RunStore().ids())) == 4
    app.press("ctrl+q")
    assert app.wait_end() == 0


def test_sweep_goes_on_behind_the_screen_and_quitting_asks(
    open_app: OpenApp, write_lesson: Write, data: Path
) -> None:
    app = open_app(write_lesson(*SLOW), size=(80, 24))
    app.wait_for("from tflab import lab")
    app.press("f5")
    plan(app, "2, 8, 9, 3", "4 runs")
    app.press("ctrl+r")
    app.wait_for(r"of 4 done · [12] running")
    app.press("escape")
    app.wait_for(r"sweep \d/4")
    app.press("ctrl+q")
    app.wait_for("A sweep is going on")
    app.press("escape")
    app.wait_gone("A sweep is going on")
    app.press("ctrl+s")
    app.wait_for("Sweep: A lesson of our own")
    app.wait_for(r"● +8 ")
    app.press("escape")
    app.wait_gone("Sweep: A lesson of our own")
    ours = processes_of(data)
    app.press("ctrl+q")
    app.wait_for("Stop it")
    app.press("s")
    assert app.wait_end() == 0
    assert wait_gone(ours) == []
    store = SweepStore(data / "sweeps")
    kept = store.load(next(store.ids()))
    states = {
        kept.plan.points[index].parameters["steps"]: RunStore(data / "runs").load(run).status
        for index, run in enumerate(kept.runs)
        if run is not None
    }
    assert states[8] == "cancelled"


def test_earlier_sweep_is_shown_again(open_app: OpenApp, write_lesson: Write) -> None:
    lesson = write_lesson(*LOOP)
    app = open_app(lesson)
    plan(app, "2, 4", "2 runs")
    app.press("ctrl+r")
    app.wait_for("2 of 2 done")
    app.press("escape")
    app.wait_gone("2 of 2 done")
    app.press("ctrl+q")
    assert app.wait_end() == 0
    again = open_app(lesson)
    plan(again, "9", "1 run, about")
    again.press("ctrl+o")
    again.wait_for("2 runs over steps")
    again.press("enter")
    again.wait_for(r"▸ +4 .*best")
    again.wait_for("2 of 2 done")


def test_only_what_changes_is_sent_while_a_sweep_goes_on(
    open_app: OpenApp, write_lesson: Write
) -> None:
    app = open_app(write_lesson(*LOOP, "import time", "time.sleep(0.1)"))
    plan(app, "1..40 step 1", "40 runs")
    app.press("ctrl+r")
    app.wait_for("of 40 done")
    before = len(app.raw)
    app.wait_for("40 of 40 done")
    sent = app.raw[before:]
    assert sent.count(b" of 40 done") > 4, "it was followed"
    # The title never changes: it is sent with the whole screen only, as when the notes take a line
    # of it. A screen drawn whole at every change sends it forty times.
    assert sent.count(b"Sweep: A lesson of our own") <= 5


def test_a_gpu_that_others_use_is_asked_about_before_a_sweep_starts(
    open_app: OpenApp, write_lesson: Write, shared_gpus: dict[str, str]
) -> None:
    app = open_app(write_lesson(*LOOP), **shared_gpus)
    plan(app, "2, 4", "2 runs")
    abouts = ("Runs of the same", "Seed of the first", "grid for all", "ends runs", "cpu, GPUs")
    for about in abouts:
        app.press("tab")
        app.wait_for(about)
    app.type("gpus")
    app.wait_for(r"devices +gpus")
    app.press("ctrl+r")
    app.wait_for("This GPU is in use")
    app.wait_for(r"NVIDIA H100 \(gpu:1\) is in use by someone else")
    assert "(gpu:0)" not in app.text, "that one is free"
    app.press("escape")
    app.wait_gone("This GPU is in use")
    assert list(RunStore().ids()) == []
    app.press("ctrl+s")
    app.wait_for(r"devices +gpus")
    app.press("ctrl+r")
    app.wait_for("This GPU is in use")
    app.press("y")
    app.wait_for("2 of 2 done")
    assert {RunStore().record(run).request.device for run in RunStore().ids()} == {
        "gpu:0",
        "gpu:1",
    }


def test_what_goes_on_stands_under_the_best_however_many_are_done(
    open_app: OpenApp, write_lesson: Write
) -> None:
    # The last ones wait for ever; the loss of the others is better the later they come.
    app = open_app(write_lesson(*LOOP, "while steps > 38:", "    time.sleep(0.01)"), size=(80, 24))
    app.wait_for("from tflab import lab")
    app.press("f5")
    plan(app, "1..40 step 1", "40 runs")
    app.press("ctrl+r")
    app.wait_for(r"38 of 40 done · 2 running")
    # Line by line, and nothing between them: a frame may come in pieces.
    app.wait_for(r"▸ +38 .*best.*\n.*● +39 .*\n.*● +40 .*\n.*✓ +37 ")
    app.press("ctrl+x")
    app.wait_for("40 of 40 done · 2 cancelled")
    app.wait_gone("●")


def test_a_sweep_of_another_tflab_is_followed_and_stopped_as_a_whole(
    open_app: OpenApp, write_lesson: Write
) -> None:
    slow = ["import time", "while steps < 9:", "    time.sleep(0.01)"]
    lesson = write_lesson("lab.log(0, loss=steps)", *slow)
    words = ["-m", "tflab", "sweep", str(lesson), "-p", "steps=1,2,3,4", "--jobs=1", "--plain"]
    other = subprocess.Popen(
        [sys.executable, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        app = open_app(lesson)
        app.wait_for(r"steps +3")
        until(lambda: any(SweepStore().ids()), lambda: None)
        # The sweep that goes on is shown before another is planned.
        app.press("ctrl+s")
        app.wait_for(r"● +1 +1 +running")
        app.press("n")
        app.wait_for("A whole number")
        app.type("9")
        app.wait_for("1 run")
        app.press("ctrl+o")
        app.wait_for("4 runs over steps")
        app.press("enter")
        app.wait_for(r"● +1 +1 +running")
        app.wait_for(r"· +2 +- +waiting")
        app.press("s")
        app.wait_for(r"■ +1 +1 +cancelled")
        app.wait_for(r"● +2 +2 +running")
        app.press("ctrl+x")
        app.wait_for("The tflab that begins its runs")
        app.wait_for(r"2 of 4 done · 2 cancelled · 2 not begun")
        app.wait_for(r"· +4 +- +not begun")
        assert other.wait(60) == 1, "none of its runs has finished"
    finally:
        other.kill()
        other.wait()
