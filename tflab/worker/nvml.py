"""What NVIDIA's driver tells of one GPU, by its library alone: any environment can run this.

The workbench asks the driver by way of `pynvml`, which not every environment has.
"""

from __future__ import annotations

import ctypes
from ctypes import Structure, byref, c_char_p, c_uint, c_ulonglong, c_void_p
from typing import Any, NamedTuple

_TEMPERATURE = 0
_MOST_PROCESSES = 256
_NOT_TOLD = (1 << 64) - 1
_OK = 0


class Process(NamedTuple):
    """A process that computes on a GPU, and the bytes it holds there; 0 where that is not told."""

    pid: int
    memory: int


class Sample(NamedTuple):
    """A GPU at one moment; None where the driver does not tell.

    Attributes:
        use: Percent of the last moment in which it computed.
        memory: Bytes that all processes hold.
        power: Watts.
        temperature: Degrees Celsius.
    """

    use: float | None = None
    memory: int | None = None
    power: float | None = None
    temperature: float | None = None


class _Utilization(Structure):
    _fields_ = (("gpu", c_uint), ("memory", c_uint))


class _Memory(Structure):
    _fields_ = (("total", c_ulonglong), ("free", c_ulonglong), ("used", c_ulonglong))


class _ProcessInfo(Structure):
    _fields_ = (
        ("pid", c_uint),
        ("used", c_ulonglong),
        ("gpu_instance", c_uint),
        ("compute_instance", c_uint),
    )


class _ProcessInfoOfOld(Structure):
    _fields_ = (("pid", c_uint), ("used", c_ulonglong))


_PROCESSES: tuple[tuple[str, type[Structure]], ...] = (
    ("nvmlDeviceGetComputeRunningProcesses_v3", _ProcessInfo),
    ("nvmlDeviceGetComputeRunningProcesses_v2", _ProcessInfo),
    ("nvmlDeviceGetComputeRunningProcesses", _ProcessInfoOfOld),
)


class Gpu:
    """One GPU.

    Args:
        library: NVML.
        handle: The GPU's, in it.
    """

    def __init__(self, library: Any, handle: c_void_p) -> None:
        self._library = library
        self._handle = handle

    def sample(self) -> Sample:
        """Return how it is now."""
        rates, memory, power, heat = _Utilization(), _Memory(), c_uint(), c_uint()
        return Sample(
            use=rates.gpu if self._ask("GetUtilizationRates", byref(rates)) else None,
            memory=memory.used if self._ask("GetMemoryInfo", byref(memory)) else None,
            power=power.value / 1000 if self._ask("GetPowerUsage", byref(power)) else None,
            temperature=heat.value
            if self._ask("GetTemperature", c_uint(_TEMPERATURE), byref(heat))
            else None,
        )

    def processes(self) -> list[Process]:
        """Return the processes that compute on it; none where the driver does not tell."""
        for name, kind in _PROCESSES:
            function = getattr(self._library, name, None)
            if function is None:
                continue
            found: Any = (kind * _MOST_PROCESSES)()
            count = c_uint(_MOST_PROCESSES)
            if function(self._handle, byref(count), found) != _OK:
                return []
            return [
                Process(int(one.pid), 0 if one.used == _NOT_TOLD else int(one.used))
                for one in found[: count.value]
            ]
        return []

    def _ask(self, what: str, *arguments: Any) -> bool:
        function = getattr(self._library, f"nvmlDevice{what}", None)
        return function is not None and function(self._handle, *arguments) == _OK


def open_gpu(index: int, uuid: str = "", library: Any = None) -> Gpu | None:
    """Return a GPU, by its own name for itself or else its number; None where there is no driver.

    Args:
        index: Its number, as `nvidia-smi` counts.
        uuid: Its own name; empty where that is not known.
        library: NVML as `ctypes` loads it; by default that of the system.
    """
    try:
        nvml = library or ctypes.CDLL("libnvidia-ml.so.1")
        if nvml.nvmlInit_v2() != _OK:
            return None
        handle = c_void_p()
        if uuid and nvml.nvmlDeviceGetHandleByUUID(c_char_p(uuid.encode()), byref(handle)) == _OK:
            return Gpu(nvml, handle)
        if nvml.nvmlDeviceGetHandleByIndex_v2(c_uint(index), byref(handle)) == _OK:
            return Gpu(nvml, handle)
    except (OSError, AttributeError):
        # No driver, or one that is older than all that.
        return None
    return None
