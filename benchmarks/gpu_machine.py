"""What `benchmarks.gpu` needs of a machine: its cards, and real runs on them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from tflab.programs.reader import read_program
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.targets.devices import Device, list_devices
from tflab.targets.fork_server import ForkServer
from tflab.targets.live_run import LiveRun
from tflab.targets.requests import new_request
from tflab.targets.runner import begin

GIB = 1 << 30
_HEAD = '# %% [markdown]\n# # A check of the card\n# %% tags=["parameters"]\nsize = 0\n# %%\n'
_HOLD = """\
import time
import tensorflow as tf
from tflab import lab
lab.show(seen=len(tf.config.list_physical_devices("GPU")))
held = [tf.zeros([1024], tf.float32)]
with tf.device("GPU:0"):
    held += [tf.zeros([256, 1024, 1024], tf.float32) for _ in range(size)]
    held.append(tf.reduce_sum(tf.stack([tf.reduce_sum(one) for one in held])))
lab.log(0, ready=float(held[-1]))
while not (lab.folder() / "go").exists():
    with tf.device("GPU:0"):
        tf.linalg.matmul(tf.ones([2048, 2048]), tf.ones([2048, 2048])).numpy()
    time.sleep(0.01)
"""
"""Holds `size` GiB on the card, computes a little, and waits for a file."""

_TOO_MUCH = """\
import tensorflow as tf
with tf.device("GPU:0"):
    held = [tf.ones([256, 1024, 1024], tf.float32) for _ in range(size)]
"""
"""Asks for `size` GiB, which is more than there is."""

PROGRAMS = {"hold": _HEAD + _HOLD, "too_much": _HEAD + _TOO_MUCH}


class Run(Protocol):
    """One run of a program."""

    @property
    def state(self) -> RunState:
        """What its log says."""

    @property
    def pid(self) -> int:
        """Its process; 0 before it has one."""

    def follow(self) -> None:
        """Read what is new."""

    def release(self) -> None:
        """Let it come to its end."""

    def signal(self, number: signal.Signals) -> None:
        """Send its process group a signal."""


class Machine(Protocol):
    """What the checks need of a machine; tests have one without a card."""

    def gpus(self) -> list[Device]:
        """Return the cards as they are now."""

    def start(self, program: str, gpu: Device, size: int = 0) -> Run:
        """Start one of `PROGRAMS` on a card."""

    def wait(self, condition: Callable[[], object], runs: Sequence[Run], seconds: float) -> bool:
        """Follow runs until something holds; return whether it came to that."""


class RealRun:
    """A run through the fork server."""

    def __init__(self, live: LiveRun) -> None:
        self._live = live

    @property
    def state(self) -> RunState:
        """What its log says."""
        return self._live.state

    @property
    def pid(self) -> int:
        """Its process; 0 before it has one."""
        started = self._live.state.started
        return started.pid if started is not None else 0

    def follow(self) -> None:
        """Read what is new."""
        self._live.advance()

    def release(self) -> None:
        """Let it come to its end."""
        with suppress(OSError):
            (self._live.folder / "files" / "go").touch()

    def signal(self, number: signal.Signals) -> None:
        """Send its process group a signal."""
        if self.pid:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)


class RealMachine:
    """This machine.

    Args:
        server: Takes the runs.
        folder: Where programs and runs are kept.
    """

    def __init__(self, server: ForkServer, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._store = RunStore(folder / "runs")

    def gpus(self) -> list[Device]:
        """Return the cards as they are now."""
        return [device for device in list_devices().devices if device.key != "cpu"]

    def start(self, program: str, gpu: Device, size: int = 0) -> RealRun:
        """Start one of `PROGRAMS` on a card."""
        path = self._folder / f"{program}.py"
        path.write_text(PROGRAMS[program], encoding="utf-8")
        request = new_request(read_program(path), {"size": size}, device=gpu)
        return RealRun(begin(self._server, self._store, request))

    def wait(self, condition: Callable[[], object], runs: Sequence[Run], seconds: float) -> bool:
        """Follow runs until something holds; return whether it came to that."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._server.poll()
            for run in runs:
                run.follow()
            if condition():
                return True
            time.sleep(0.05)
        return False
