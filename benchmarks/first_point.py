"""From Run to the first point of the loss on the screen, in the linear classifier.

Warm: the fork server has TensorFlow loaded. Cold: the workbench has just been started and Run is
pressed as soon as the lesson is there, so TensorFlow has to be loaded first, as in the bare script.
"""

from __future__ import annotations

import sys

from benchmarks.figure import Budget, Figure, Samples, show
from benchmarks.workbench import SIZE, data_folder, open_workbench, wait_until_warm
from tests.terminal.terminal import Terminal
from tests.terminal.workbench import POINTS
from tflab.programs.library import resolve

TITLE = "Run to first loss point, linear classifier"
LESSON = "linear-classifier"


def measure(rounds: int = 4) -> list[Figure]:
    """Take a cold workbench, a warm one and the bare script in turn."""
    warm: Samples = []
    cold: Samples = []
    script: Samples = []
    for _ in range(rounds):
        cold.append(_cold())
        script.append(run_script())
        warm.append(_warm())
    return [
        Figure("Run, fork server warm", "s", warm, "cold script", script, Budget(0.3)),
        Figure("start and Run at once", "s", cold, "cold script", script, Budget(1, ratio=True)),
    ]


def _cold() -> float:
    with data_folder(), open_workbench(LESSON) as app:
        app.wait_for(r"learning_rate +0\.1\b")
        _press_run(app)
        return app.wait_for(POINTS) - app.spawned


def _warm() -> float:
    with data_folder(), open_workbench(LESSON) as app:
        wait_until_warm(app)
        pressed = _press_run(app)
        return app.wait_for(POINTS) - pressed


def _press_run(app: Terminal) -> float:
    """Press Run, and return when."""
    return app.press("ctrl+r")


def run_script() -> float:
    """Return the seconds from the start of the bare script to its first loss."""
    with Terminal([sys.executable, str(resolve(LESSON))], SIZE) as script:
        return script.wait_for(r"^step 0 +loss") - script.spawned


if __name__ == "__main__":
    show(TITLE, measure())
