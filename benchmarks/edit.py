"""From ^r to the output of a cell that was just edited, in the linear classifier, warm.

The cell of the model gets a line that prints; the run has every cell before it too. Beside it
stands the same code as a bare script.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.figure import Budget, Figure, Samples, show
from benchmarks.workbench import SIZE, data_folder, open_workbench, wait_until_warm
from tests.terminal.terminal import Terminal
from tflab.programs.edits import code_cells_of, with_edits
from tflab.programs.library import resolve
from tflab.programs.reader import read_program

TITLE = "^r to the output of an edited cell, linear classifier"
LESSON = "linear-classifier"
SECTION = "The model"


def measure(rounds: int = 4) -> list[Figure]:
    """Edit and run in a warm workbench, and run the bare script, in turn."""
    edited: Samples = []
    script: Samples = []
    for _ in range(rounds):
        edited += _edited()
        script.append(_script())
    return [Figure("^r to output", "s", edited, "cold script", script, Budget(0.4))]


def _edited(times: int = 3) -> list[float]:
    """Return the seconds from ^r to the output, for several edits in a row."""
    found = []
    with data_folder(), open_workbench(LESSON) as app:
        wait_until_warm(app)
        app.press("ctrl+r")
        app.wait_for(r"finished in")
        app.press("f3", "t")
        app.wait_for("What came out")
        app.type(SECTION)
        app.wait_gone("What came out")
        app.press("enter")
        app.wait_for(r"W = tf\.Variable\(tf\.random")
        app.press("e")
        app.wait_for(r"Cell 4 ─")
        for turn in range(times):
            app.press("end", "enter")
            app.type(f'print("out" + "put {turn}", W.shape)')
            app.wait_for(rf"put {turn}\", W\.shape\)")
            pressed = app.press("ctrl+r")
            found.append(app.wait_for(rf"output {turn} \(2, 1\)") - pressed)
            app.wait_for(r"finished in")
    return found


def _script() -> float:
    """Return the seconds from the start of the bare script to the same line."""
    path = resolve(LESSON)
    program = read_program(path)
    cell = next(c for c in code_cells_of(program) if c.source.startswith("W = "))
    first, rest = cell.source.split("\n", 1)
    edited = with_edits(program, {cell.index: f'{first}\nprint("output", W.shape)\n{rest}'})
    with tempfile.TemporaryDirectory(prefix="tflab-bench-") as folder:
        copy = Path(folder) / path.name
        copy.write_text(edited.source, encoding="utf-8")
        with Terminal([sys.executable, str(copy)], SIZE) as script:
            return script.wait_for(r"^output \(2, 1\)") - script.spawned


if __name__ == "__main__":
    show(TITLE, measure())
