"""A notebook of 100 cells run from the top, beside nbclient.

Ours is a run in a fork of a server that has TensorFlow loaded. nbclient executes the same cells
once as it is called, with a kernel that it starts, and once in a kernel that is up and has
TensorFlow loaded, which then is no fresh one.
"""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from benchmarks.figure import Budget, Figure, in_turn, show
from benchmarks.notebook import CELLS, write_notebook
from benchmarks.workbench import data_folder
from tflab.programs.reader import read_program
from tflab.runs.store import RunStore
from tflab.targets.fork_server import ForkServer
from tflab.targets.requests import new_request
from tflab.targets.runner import begin, follow

TITLE = f"Running a notebook of {CELLS} cells"


def measure(rounds: int = 5) -> list[Figure]:
    """Let a run, nbclient, and nbclient with a kernel that is up take turns."""
    with data_folder() as data, closing(ForkServer()) as server:
        path = write_notebook(data.parent / "powers.ipynb")
        _wait_until_ready(server)
        cases = {
            "ours": lambda: _run(server, path),
            "fresh": lambda: _execute(path, warm=False),
            "warm": lambda: _execute(path, warm=True),
        }
        in_turn(cases, 1)
        found = in_turn(cases, rounds)
    what = "from the top, fork server warm"
    fresh, warm = Budget(0.8, ratio=True), Budget(1.05, ratio=True)
    return [
        Figure(what, "s", found["ours"], "nbclient", found["fresh"], fresh),
        Figure(what, "s", found["ours"], "nbclient, kernel warm", found["warm"], warm),
    ]


def _wait_until_ready(server: ForkServer) -> None:
    server.start()
    while server.phase != "ready":
        assert server.problem is None, server.problem
        server.poll()
        time.sleep(0.01)


def _run(server: ForkServer, path: Path) -> float:
    """Run the notebook from the request until its end is read."""
    start = time.perf_counter()
    program = read_program(path)
    run = begin(server, RunStore(), new_request(program, program.defaults))
    follow(server, run)
    took = time.perf_counter() - start
    assert run.state.ended is not None
    assert run.state.ended.state == "finished", run.state.ended
    return took


def _execute(path: Path, warm: bool) -> float:
    start = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, kernel_name="python3")
    with client.setup_kernel():
        if warm:
            first = nbformat.v4.new_code_cell("import tensorflow as tf; tf.eye(2) @ tf.eye(2)")
            client.execute_cell(first, 0)
            start = time.perf_counter()
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
        took = time.perf_counter() - start
    return took


if __name__ == "__main__":
    show(TITLE, measure())
