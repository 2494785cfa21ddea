"""Going on with a run by keyboard, and what a person who looks elsewhere hears of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

# Each run does some steps of its own, and then stops at the mark of the one before.
LOOP = (
    "import numpy as np",
    "from pathlib import Path",
    "total = np.zeros(1)",
    "kept = lab.checkpoint(every=1, total=total)",
    "first = kept.step == 0",
    "import time",
    "while not first and not Path('go').exists(): time.sleep(0.01)",
    "for step in kept.steps(steps):",
    "    if first and step == 5: raise RuntimeError('the machine is gone')",
    "    total += step",
    "    lab.log(step, loss=float(total[0]))",
    "lab.show(total=float(total[0]))",
)
BLURRED, FOCUSED = b"\x1b[O", b"\x1b[I"


def test_a_run_goes_on_by_a_key_and_its_end_is_told(
    open_app: OpenApp, write_lesson: Callable[..., Path], data: Path
) -> None:
    lesson = write_lesson(*LOOP, steps=9)
    app = open_app(lesson, TERM="xterm-kitty")
    app.wait_for(r"steps +\d")
    app.press("ctrl+r")
    app.wait_for("the machine is gone")
    quiet = app.raw
    assert b"\x1b]99;" not in quiet, "somebody was looking"
    app.press("f6")
    app.wait_for(r"✗ #1")
    app.press("down")
    app.press("g")
    app.wait_for(r"● ↳ #2")
    app.send(BLURRED)
    lesson.with_name("go").touch()
    app.wait_for(r"✓ ↳ #2")
    app.wait_for(r"goes on from an earlier run at step 5")
    app.wait_until(lambda _: b"\x1b]99;i=tflab:p=body;" in app.raw[len(quiet) :], "a notice")
    told = app.raw[len(quiet) :].decode("utf-8", "replace")
    assert re.search("\x1b]99;i=tflab:d=0;A lesson of our own #2 finished\x1b", told)
    assert "\a" in told
    app.send(FOCUSED)
    first, second = sorted(
        path for path in (data / "runs").iterdir() if (path / "run.json").exists()
    )
    request = json.loads((second / "run.json").read_text())["request"]
    assert (request["continues"], request["begins"]) == (first.name, {"step": 4})
    app.press("home", "g")
    app.wait_for("Go on with a run that has finished")
    app.wait_for("steps=9")
    app.type("steps=12")
    app.wait_for("steps=12")
    app.press("enter")
    app.wait_for(r"✓ ↳ #3")
    app.wait_for(r"steps 12")
    app.wait_for("earlier run at step 5, step 9")
