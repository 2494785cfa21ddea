"""What the machine does while a run goes on, recorded as series of the run: `system/…`.

Written by the run itself, on a thread of its own, so that it is the same on any machine. The
library of a GPU's driver may take its time, which holds up nothing here.
"""

from __future__ import annotations

import os
import pwd
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from tflab.runs.events import SYSTEM, Event, GpuShared, Scalars
from tflab.runs.text import plain_line
from tflab.worker.nvml import Gpu, open_gpu
from tflab.worker.process_use import use_of

VARIABLE = "TFLAB_SYSTEM"
"""Set to 0 in the environment, nothing of this is recorded."""

AXIS = "second"

_RARER = 600.0
_RAREST = 30.0
_GIB = 1 << 30
_CHANGE = 1 << 28
"""Bytes by which what others hold must change before it is told again."""


def pause(age: float) -> float:
    """Return the seconds to the next sample: one at first, more as a run gets old.

    So that the log of a run of weeks is not full of this.
    """
    return min(max(1.0, age / _RARER), _RAREST)


class SystemUse:
    """Takes samples until the process ends.

    Args:
        device: The run's; the GPU that it sees is the one that is looked at.
        tell: Takes the events.
        clock: Monotonic seconds; injected by tests.
        library: NVML; injected by tests.
    """

    def __init__(
        self,
        device: str,
        tell: Callable[..., object],
        clock: Callable[[], float] = time.monotonic,
        library: Any = None,
    ) -> None:
        self._device = device
        self._tell = tell
        self._clock = clock
        self._library = library
        self._pid = os.getpid()
        self._began = clock()
        self._gpu: Gpu | None = None
        self._before = 0.0, 0.0
        self._others: dict[str, int] = {}

    def start(self) -> None:
        """Take samples from now on, unless the person wants none."""
        if os.environ.get(VARIABLE) != "0":
            threading.Thread(target=self._go_on, name="tflab-system", daemon=True).start()

    def _go_on(self) -> None:
        self.open()
        while True:
            time.sleep(pause(self._clock() - self._began))
            self._tell(*self.sample())

    def open(self) -> None:
        """Find the GPU, and take the first look at the processor time."""
        if self._device != "cpu":
            # Where a queue gives the card, the environment knows which.
            card = os.environ.get("CUDA_VISIBLE_DEVICES", "").partition(",")[0].strip()
            if card.isdecimal():
                self._gpu = open_gpu(int(card), "", self._library)
            elif card:
                self._gpu = open_gpu(0, card, self._library)
        self._before = self._clock(), use_of(self._pid).seconds

    def sample(self) -> list[Event]:
        """Return how the machine is now."""
        now, use = self._clock(), use_of(self._pid)
        before, seconds = self._before
        self._before = now, use.seconds
        values: dict[str, float] = {}
        if now > before:
            values["cpu_percent"] = max(0.0, 100 * (use.seconds - seconds) / (now - before))
        if use.memory is not None:
            values["memory_gib"] = use.memory / _GIB
        values.update(self._gpu_values())
        step, moment = round(now - self._began), time.time()
        points = [
            Scalars(
                tag=f"{SYSTEM}{name}",
                steps=[step],
                values=[float(f"{value:.4g}")],
                time=moment,
                axis=AXIS,
            )
            for name, value in values.items()
        ]
        return [*points, *self._sharing(use.pids)]

    def _gpu_values(self) -> dict[str, float]:
        if self._gpu is None:
            return {}
        found = self._gpu.sample()
        values = {
            "gpu_percent": found.use,
            "gpu_memory_gib": None if found.memory is None else found.memory / _GIB,
            "gpu_watts": found.power,
            "gpu_celsius": found.temperature,
        }
        return {name: float(value) for name, value in values.items() if value is not None}

    def _sharing(self, own: frozenset[int]) -> Iterator[Event]:
        """Yield who else is on the GPU, when that has changed."""
        if self._gpu is None:
            return
        listed = self._gpu.processes()
        if not any(process.pid in own for process in listed):
            # Not there yet; or in a container, where numbers of processes mean others.
            return
        others: dict[str, int] = {}
        for process in listed:
            if process.pid not in own:
                user = _user(process.pid)
                others[user] = others.get(user, 0) + process.memory
        if others.keys() != self._others.keys() or any(
            abs(memory - self._others[user]) >= _CHANGE for user, memory in others.items()
        ):
            self._others = others
            yield GpuShared(time=time.time(), others=others)


def _user(pid: int) -> str:
    """Return whose process this is; empty where the system does not tell."""
    try:
        return plain_line(pwd.getpwuid(os.stat(f"/proc/{pid}").st_uid).pw_name)
    except (OSError, KeyError):
        return ""
