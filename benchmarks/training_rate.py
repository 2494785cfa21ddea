"""Training steps a second: a lesson that logs every step, beside the same loop as a bare script.

Once without a screen, as `tflab run` and sweeps do it, and once with the workbench drawing the loss
live beside it. Both loops measure themselves, after a warm-up.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from benchmarks.figure import Budget, Figure, in_turn, show
from benchmarks.workbench import (
    data_folder,
    newest_results,
    open_workbench,
    wait_until_warm,
    write_lesson,
)
from tests.terminal.terminal import Terminal
from tflab.programs.code_cells import code_cells
from tflab.programs.reader import parse_program
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore
from tflab.targets.fork_server import ForkServer
from tflab.targets.runner import begin, follow

TITLE = "Training steps a second, linear classifier, every step logged"
STEPS = 2000
LESSON = (
    "import time",
    "from benchmarks.peers.training_script import WARM_UP, make_step",
    "training_step = make_step()",
    "for step in range(WARM_UP):",
    "    lab.log(step, warming=training_step())",
    "start = time.perf_counter()",
    "for step in lab.track(range(steps)):",
    "    lab.log(step, loss=training_step())",
    "lab.show(rate=steps / (time.perf_counter() - start))",
)


def measure(rounds: int = 15) -> list[Figure]:
    """Let a headless run, a watched run and the script take turns."""
    with data_folder() as data, closing(ForkServer()) as server:
        server.start()
        path = write_lesson(data, "rate", _import_path(), *LESSON, steps=STEPS)
        with open_workbench(path) as app:
            wait_until_warm(app)
            cases = {
                "headless": lambda: _headless(server, path),
                "watched": lambda: _watched(app),
                "script": _script,
            }
            in_turn(cases, 1)
            found = in_turn(cases, rounds)
    budget = Budget(0.97, "at least", ratio=True)
    beside = "bare script"
    script = found["script"]
    return [
        Figure(what, "steps/s", found[case], beside, script, limit, paired=True)
        for what, case, limit in (
            ("run without a screen", "headless", None),
            ("run, watched live", "watched", budget),
        )
    ]


def _headless(server: ForkServer, path: Path) -> float:
    request = RunRequest(
        lesson=path.stem,
        title=path.stem,
        path=str(path),
        source=path.read_text(),
        parameters={"steps": STEPS},
        cells=code_cells(parse_program(path.read_text(), path)),
    )
    run = begin(server, RunStore(), request)
    follow(server, run)
    return float(run.state.results["rate"].value)


def _watched(app: Terminal) -> float:
    app.press("ctrl+r")
    app.wait_for("● (starting|running)")
    app.wait_for("● finished in")
    rate = newest_results()["rate"]
    assert isinstance(rate, float)
    return rate


def _script() -> float:
    """Run the loop as a script, in a process as new as that of a run.

    One that went on between the rounds would be measured with everything warm, which no script is
    when a person starts it.
    """
    # By its path, as people run scripts: `-m` would put two more frames below it.
    command = [sys.executable, str(Path(__file__).parent / "peers" / "training_script.py")]
    done = subprocess.run(
        command,
        input=f"{STEPS}\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return float(done.stdout)


def _import_path() -> str:
    """Return the line that lets the lesson import the loop: a run starts in a folder of its own."""
    return f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})"


if __name__ == "__main__":
    show(TITLE, measure())
