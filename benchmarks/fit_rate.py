"""Steps a second of a plain `fit`, recorded without a callback, beside the same script alone.

Two processes that take turns tell what a person gets, and a few parts in a hundred only on a quiet
machine. What recording alone costs is therefore measured within one run as well: blocks of `fit`
with it and without it take turns, in an order that changes, each in processor time of its process,
and the ratio is the median of those of the pairs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from benchmarks.figure import Budget, Figure, in_turn, show
from benchmarks.workbench import data_folder
from tflab.programs.reader import read_program
from tflab.runs.log_writer import OUTPUT
from tflab.runs.store import RunStore
from tflab.targets.fork_server import ForkServer
from tflab.targets.requests import new_request
from tflab.targets.runner import begin, follow

TITLE = "Steps a second of a plain fit, recorded by itself"
SCRIPT = Path(__file__).parent / "peers" / "fit_script.py"
PAIRED = Path(__file__).parent / "peers" / "fit_pairs.py"
_RATE = re.compile(r"steps a second: ([\d.]+)")
_BLOCK = re.compile(r"(with|without) recording: ([\d.]+)")


def measure(rounds: int = 15) -> list[Figure]:
    """Let a run and the script take turns."""
    with data_folder(), closing(ForkServer()) as server:
        server.start()
        while server.phase != "ready":
            assert server.problem is None, server.problem
            server.poll()
            time.sleep(0.01)
        cases = {"run": lambda: _run(server), "script": _script}
        in_turn(cases, 1)
        found = in_turn(cases, rounds)
        with_it, without = _blocks(server)
    budget = Budget(0.98, "at least", ratio=True)
    what, script = "fit without a screen", found["script"]
    alone = "recording alone, by CPU"
    return [
        Figure(what, "steps/s", found["run"], "script", script, budget, paired=True),
        Figure(alone, "steps/s", with_it, "not recorded", without, budget, paired=True),
    ]


def _blocks(server: ForkServer) -> tuple[list[float], list[float]]:
    """Return steps a second of processor time in blocks with recording, and in those without."""
    blocks = _BLOCK.findall(_output(server, PAIRED))
    with_it, without = (
        [1 / float(seconds) for name, seconds in blocks if name == kind]
        for kind in ("with", "without")
    )
    return with_it, without


def _run(server: ForkServer) -> float:
    return _rate(_output(server, SCRIPT))


def _output(server: ForkServer, script: Path) -> str:
    """Run a script and return what it printed."""
    program = read_program(script)
    store = RunStore()
    run = begin(server, store, new_request(program, program.defaults))
    follow(server, run)
    assert run.state.ended is not None
    assert run.state.ended.state == "finished", run.state.ended
    assert run.state.series, "nothing was recorded"
    return (store.folder(run.record.id) / OUTPUT).read_text()


def _script() -> float:
    # As a run on the CPU.
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return _rate(done.stdout)


def _rate(output: str) -> float:
    found = _RATE.search(output)
    assert found is not None, output
    return float(found[1])


if __name__ == "__main__":
    show(TITLE, measure())
