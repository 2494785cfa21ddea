"""Found in the place of `pynvml` by a workbench that a test starts: two GPUs, others on the first.

NVML and GPUs are simulated; everything that looks at them is the real workbench.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.control.simulated_nvml import GIB, NVMLError, SimulatedNvml

__all__ = ["NVMLError"]

_STRANGER = SimpleNamespace(pid=1 << 30, usedGpuMemory=40 * GIB)
"""A process in another container: its number means nothing here."""


class _TwoGpus(SimulatedNvml):
    def answer(self, name: str, index: int = 0) -> Any:
        """Answer as NVML; somebody else fills half of the first GPU."""
        self.used, self.processes = (40 * GIB, [_STRANGER]) if index == 0 else (0, [])
        return super().answer(name, index)


_nvml = _TwoGpus(2)


def __getattr__(name: str) -> Any:
    return getattr(_nvml, name)
