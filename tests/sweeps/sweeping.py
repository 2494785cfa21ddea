"""A lesson small enough to sweep for real, and driving a sweep by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tflab.programs.program import Program
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
