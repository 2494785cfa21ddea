"""A lesson small enough to sweep for real, and driving a sweep by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tflab.programs.program import Parameter, Program
from tflab.sweeps.sweep import Sweep
from tflab.targets.fork_server import ForkServer

Write = Callable[[str], Program]
Start = Callable[..., Sweep]

HEAD = """\
# %% [markdown]
# # A tiny lesson
# %% tags=["parameters"]
rate = 0.5
steps = 4
# %%
from tflab import lab
"""
QUICK = """
import random
for step in range(steps):
    lab.log(step, loss=rate / (step + 1) + random.random() / 1000)
lab.show(accuracy=1 - rate, word="x")
"""
WAITING = """
import os, time
lab.log(0, loss=rate)
while rate < 9:
    time.sleep(0.01)
"""

LESSON = Program(
    id="x",
    number=None,
    title="X",
    path=Path("x.py"),
    source="",
    cells=(),
    parameters=(
        Parameter(name="rate", type="float", default=0.1, gt=0, le=10),
        Parameter(name="steps", type="int", default=40, ge=1),
        Parameter(name="mode", type="choice", default="a", choices=("a", "b")),
        Parameter(name="word", type="str", default="hello, you"),
    ),
)
"""One with a parameter of each type, for what runs nothing."""


def drive(sweep: Sweep, server: ForkServer, until: Callable[[], object] = lambda: False) -> None:
    while not sweep.over and not until():
        server.poll()
        sweep.poll()
        sweep._executor.wait()  # type: ignore[union-attr]


class DeadServer(ForkServer):
    """A fork server that takes requests and then turns out to be broken."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Path] = []

    def start_run(self, folder: Path) -> None:
        self.requests.append(folder)

    def poll(self) -> list[Any]:
        return []
