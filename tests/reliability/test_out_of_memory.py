"""The kernel really kills a run for want of memory, and that is what is said of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.reliability.groups import small_group
from tests.terminal.processes import processes_of, wait_gone
from tflab.runs.store import RunStore

MIB = 1 << 20
ENOUGH_TO_START = 1200 * MIB
"""TensorFlow takes half of it."""

GREEDY = (
    "import numpy as np",
    "held = []",
    "for step in lab.track(range(steps)):",
    "    lab.log(step, loss=float(step))",
    "    held.append(np.ones(4 << 20))",
)
"""Takes 32 MiB a step, and touches it."""


def test_a_run_beyond_its_groups_memory_is_killed_and_says_so(
    data: Path, write_lesson: Callable[..., Path]
) -> None:
    """`tflab run` in a job with little memory: the run is killed, and nothing else."""
    lesson = write_lesson(*GREEDY, steps=1000)
    with small_group(ENOUGH_TO_START) as group:
        join = 'echo $$ > "$0" && exec "$@"'
        line = [sys.executable, "-m", "tflab", "run", str(lesson), "--json"]
        done = subprocess.run(
            ["sh", "-c", join, str(group / "cgroup.procs"), *line],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert wait_gone(processes_of(data), timeout=30) == []
    assert done.returncode == 1, done.stderr
    error = json.loads(done.stdout)["error"]
    assert error["cause"] == (
        "The system killed the run: it ran out of the memory that this login, job or container "
        "may use."
    )
    assert "smaller" in error["next_step"]
    store = RunStore(data / "runs")
    (run,) = store.ids()
    state = store.load(run)
    assert state.ended is not None
    assert (state.status, state.ended.signal) == ("failed", "SIGKILL")
    steps = list(state.series["loss"].steps)
    assert steps == list(range(len(steps))), "what it had logged is kept"
    assert len(steps) >= 5
