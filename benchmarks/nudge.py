"""From a nudge in live mode to the first point of the new loss on the screen.

The peer is what a person does without a workbench: run the script again.
"""

from __future__ import annotations

from itertools import pairwise

from benchmarks.figure import Budget, Figure, Samples, show
from benchmarks.first_point import LESSON, run_script
from benchmarks.workbench import data_folder, open_workbench, wait_until_warm

TITLE = "Nudge to first new loss point, linear classifier, live mode"

# The legend names the ghost after the value that the run before it had otherwise.
_NEW_CURVE = r"lr {before} .* loss\b"
_LADDER = ("0.1", "0.07", "0.05", "0.03", "0.02")


def measure(rounds: int = 3) -> list[Figure]:
    """Nudge a few times in each of a few sessions; run the script once in between."""
    nudged: Samples = []
    script: Samples = []
    for _ in range(rounds):
        nudged += _session()
        script.append(run_script())
    return [Figure("key to first new point", "s", nudged, "cold script", script, Budget(0.3))]


def _session() -> Samples:
    """Lower the learning rate rung by rung, each time as soon as the run before has ended."""
    found: Samples = []
    with data_folder(), open_workbench(LESSON) as app:
        wait_until_warm(app)
        app.press("f5")
        app.wait_for("from 10 to")
        app.press("tab")
        app.wait_for("above 0")
        app.press("ctrl+t")
        app.wait_for("finished in")
        for before, after in pairwise(_LADDER):
            pressed = app.press("down")
            app.wait_for(rf"learning_rate +{after}\b")
            found.append(app.wait_for(_NEW_CURVE.format(before=before)) - pressed)
            app.wait_for("finished in")
    return found


if __name__ == "__main__":
    show(TITLE, measure())
