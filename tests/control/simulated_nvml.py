"""NVML as the driver of a machine with GPUs would answer it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

GIB = 1 << 30


class NVMLError(Exception):
    pass


def error(name: str) -> NVMLError:
    found: NVMLError = type(f"NVMLError_{name}", (NVMLError,), {})(f"about {name}")
    return found


class SimulatedNvml:
    """NVML with GPUs of 80 GiB; `fail` maps a function's name to what it raises.

    The functions are those of `pynvml`; a handle is the GPU's index.
    """

    NVMLError = NVMLError

    def __init__(self, gpus: int = 1, **fail: Exception) -> None:
        self.gpus = gpus
        self.fail = fail
        self.used = 0
        self.processes: list[Any] = []
        self.mig = 0

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            if name in self.fail:
                raise self.fail[name]
            return self.answer(name, *arguments)

        return call

    def answer(self, name: str, index: int = 0) -> Any:
        return {
            "nvmlInit": None,
            "nvmlDeviceGetCount": self.gpus,
            "nvmlDeviceGetHandleByIndex": index,
            "nvmlDeviceGetName": b"NVIDIA H100",
            "nvmlDeviceGetUUID": f"GPU-{index}abc",
            "nvmlDeviceGetMemoryInfo": SimpleNamespace(total=80 * GIB, free=80 * GIB - self.used),
            "nvmlDeviceGetUtilizationRates": SimpleNamespace(gpu=25),
            "nvmlDeviceGetMigMode": [self.mig, 0],
            "nvmlDeviceGetComputeRunningProcesses": self.processes,
            "nvmlDeviceGetGraphicsRunningProcesses": [],
        }[name]
