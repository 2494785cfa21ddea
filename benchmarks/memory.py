"""Memory: of the workbench, beside an empty Textual app, and of runs, beside a bare script.

A run's extra memory is what the fork server and its runs take together beyond the server alone,
shared pages counted once (PSS), divided by the number of runs.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil

from benchmarks.figure import Budget, Figure, Samples, show
from benchmarks.workbench import (
    data_folder,
    open_peer,
    open_workbench,
    wait_until_warm,
    write_lesson,
    write_run,
)
from tests.terminal.workbench import POINTS
from tflab.programs.code_cells import code_cells
from tflab.programs.reader import parse_program
from tflab.runs.record import RunRequest
from tflab.runs.store import RunStore
from tflab.targets.fork_server import ForkServer
from tflab.targets.live_run import LiveRun
from tflab.targets.runner import begin

TITLE = "Memory"
MEGABYTE = 1e6
MILLION = 1_000_000
RUNS = 4
# One training step, so that TensorFlow's runtime is up; then it waits to be measured.
STEP = (
    "import tensorflow as tf, time",
    "w = tf.Variable(tf.random.uniform((2, 1)))",
    "with tf.GradientTape() as tape:",
    "    loss = tf.reduce_mean(tf.square(tf.matmul(tf.random.normal((2000, 2)), w)))",
    "w.assign_sub(0.1 * tape.gradient(loss, w))",
)
WAIT = ("lab.log(0, loss=loss)", "time.sleep(seconds)")


def measure(rounds: int = 3) -> list[Figure]:
    """Take the workbench's states and the empty app in turn, then runs and the bare script."""
    return [*_viewer(rounds), *_runs(rounds)]


def _viewer(rounds: int) -> list[Figure]:
    with data_folder() as data:
        path = write_lesson(data, "long", steps=1)
        fresh = write_lesson(data, "fresh", steps=1)
        write_run(path, ["loss"], MILLION)
        painted: Samples = []
        warm: Samples = []
        opened: Samples = []
        empty: Samples = []
        for _ in range(rounds):
            with open_workbench(fresh) as app:
                app.wait_for(r"\w")
                painted.append(_resident(app.pid))
                wait_until_warm(app)
                warm.append(_resident(app.pid))
            # The last run of a lesson is shown as the lesson is opened.
            with open_workbench(path) as app:
                wait_until_warm(app)
                app.wait_for("finished in")
                app.wait_for(POINTS)
                opened.append(_resident(app.pid))
            with open_peer("empty_app") as peer:
                peer.wait_for("hello")
                empty.append(_resident(peer.pid))
    beside = "empty Textual app", empty
    return [
        Figure("workbench, first paint", "MB", painted, *beside),
        Figure("workbench, lesson open", "MB", warm, *beside),
        Figure("workbench, million-point run open", "MB", opened, *beside, Budget(110)),
    ]


def _runs(rounds: int) -> list[Figure]:
    server_alone: Samples = []
    extra: Samples = []
    script: Samples = []
    with data_folder() as data:
        path = write_lesson(data, "one", *STEP, *WAIT, seconds=60)
        for _ in range(rounds):
            alone, each = _server_and_runs(path)
            server_alone.append(alone)
            extra.append(each)
            script.append(_script())
    beside = "bare script", script
    return [
        Figure("fork server, TensorFlow loaded", "MB", server_alone, *beside),
        Figure(f"each of {RUNS} concurrent runs, extra", "MB", extra, *beside, Budget(40)),
    ]


def _server_and_runs(path: Path) -> tuple[float, float]:
    """Return the memory of the server alone, and what each run adds to it."""
    with closing(ForkServer()) as server:
        server.start()
        while server.phase != "ready":
            assert server.problem is None, server.problem
            server.poll()
            time.sleep(0.01)
        assert server.pid is not None
        alone = _proportional([server.pid])
        request = RunRequest(
            lesson=path.stem,
            title=path.stem,
            path=str(path),
            source=path.read_text(),
            parameters={"seconds": 60},
            cells=code_cells(parse_program(path.read_text(), path)),
        )
        runs = [begin(server, RunStore(), request) for _ in range(RUNS)]
        pids = [_pid_of_busy(run) for run in runs]
        together = _proportional([server.pid, *pids])
        for pid in pids:
            psutil.Process(pid).kill()
    return alone, (together - alone) / RUNS


def _pid_of_busy(run: LiveRun) -> int:
    """Wait until a run has done its training step; return its process id."""
    deadline = time.monotonic() + 30
    while not run.state.series and time.monotonic() < deadline:
        run.poll()
        time.sleep(0.01)
    assert run.state.series, run.state.ended
    assert run.state.started is not None
    return run.state.started.pid


def _script() -> float:
    """Return the memory of the same training step as a script."""
    code = "\n".join([*STEP, "print('done', flush=True)", "input()"])
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = _proportional([process.pid])
        process.kill()
    return found


def _resident(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / MEGABYTE


def _proportional(pids: list[int]) -> float:
    return sum(float(psutil.Process(pid).memory_full_info().pss) for pid in pids) / MEGABYTE


if __name__ == "__main__":
    show(TITLE, measure())
