"""A sweep of sixteen through a target, as a person watches it in the workbench."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import Terminal
from tests.terminal.workbench import CURVE
from tflab.runs.store import RunStore
from tflab.sweeps.store import SweepStore

_LESSON = """\
# %% [markdown]
# # A lesson of our own
# %% tags=["parameters"]
rate = 1  # how quick
# %%
import time
from pathlib import Path
from tflab import lab
for step in lab.track(range(30)):
    lab.log(step, loss=1 / (rate * (step + 1)))
while not Path({gate!r}).exists():
    time.sleep(0.05)
"""


def watch_sweep(open_app: OpenApp, folder: Path, target: str, at_once: int, place: str) -> None:
    """Begin a sweep at the workbench, stop and lose a run, leave twice, and see it to its end.

    Args:
        open_app: Opens the workbench.
        folder: For the lesson, and the gate that its runs wait at.
        target: The name of the target, the only one that is described.
        at_once: How many runs it does at once.
        place: What the screen says of a run that waits, a regular expression.
    """
    lesson, gate = folder / "data/lessons/own.py", folder / "gate"
    lesson.parent.mkdir(parents=True)
    lesson.write_text(_LESSON.format(gate=str(gate)))
    app = open_app(lesson)
    _begin(app, target)
    waiting = 16 - at_once
    app.wait_for(rf"0 of 16 done · {at_once} running · {waiting} queued")
    app.wait_for(rf"16 +- +queued: {place}")
    app.wait_for(r"● +2 +0\.01667 +running")
    app.wait_for(CURVE)
    app.press("s")
    app.wait_for(rf"1 of 16 done · {at_once} running · {waiting - 1} queued · 1 cancelled")
    app.press("ctrl+q")
    app.wait_for(rf"\({waiting - 1}\)\.")
    app.press("l")
    assert app.wait_end() == 0

    app = open_app(lesson)
    _show(app)
    app.wait_for(rf"1 of 16 done · {at_once} running · {waiting - 1} queued · 1 cancelled")
    _kill_one()
    app.wait_for(r"2 of 16 done .* 1 (failed|lost) · 1 cancelled")
    os.kill(app.pid, signal.SIGKILL)
    app.wait_end()

    app = open_app(lesson)
    _show(app)
    app.wait_for(r"2 of 16 done")
    gate.touch()
    app.wait_for(r"16 of 16 done · 1 (failed|lost) · 1 cancelled")
    app.wait_for(r"▸ +16 +0\.002083 .*best")
    store = SweepStore()
    [sweep] = store.ids()
    kept = [RunStore().load(run or "") for run in store.load(sweep).runs]
    states = Counter(run.status for run in kept)
    assert states["finished"] == 14, states
    assert states["cancelled"] == 1, states
    assert all(len(run.series["loss"]) == 30 for run in kept if run.status == "finished")


def _begin(app: Terminal, target: str) -> None:
    app.wait_for(r"rate +1")
    app.press("f5")
    app.wait_for("A whole number|how quick")
    app.press("tab", "tab")
    # The choice is wider once it knows the target.
    app.wait_for(r"device +CPU {5,}▼")
    app.press("enter")
    app.wait_for(rf" on {target}\b")
    app.press("down", "enter")
    app.wait_for(rf"{target}: (Slurm|Dask)")
    app.press("ctrl+s")
    app.wait_for("Sweep: A lesson of our own")
    app.wait_for(rf"devices +on:{target}")
    app.type("1..16 step 1")
    app.wait_for(r"16 runs")
    app.press("ctrl+r")


def _show(app: Terminal) -> None:
    app.wait_for("F6 Runs")
    app.wait_for(r"rate +1")
    app.press("ctrl+s")
    app.wait_for("Sweep: A lesson of our own")


def _kill_one() -> None:
    """Kill the process of a run that goes on, from outside."""
    store = RunStore()
    states = [store.load(run) for run in store.ids()]
    going = next(state for state in states if state.status == "running")
    assert going.started is not None
    os.kill(going.started.pid, signal.SIGKILL)
