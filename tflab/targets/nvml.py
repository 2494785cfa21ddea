"""Reading GPUs through NVML, and saying in words why that does not work."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from tflab.runs.text import plain_line
from tflab.targets.device import UNKNOWN, Device, DeviceOwner

_REASONS = {
    "LibraryNotFound": "No NVIDIA driver here: runs use the CPU. If this machine has an NVIDIA "
    "GPU, install its driver.",
    "DriverNotLoaded": "NVIDIA's driver is installed but not running. Ask an administrator to "
    "load it: `sudo modprobe nvidia`.",
    "LibRmVersionMismatch": "NVIDIA's driver was updated while it was running. "
    "Restart the machine.",
    "NoPermission": "This account may not use the GPUs. Ask an administrator for access to "
    "/dev/nvidia*, often through the group video or render.",
    "GpuIsLost": "The GPU no longer answers. Restart the machine; if it happens again, the GPU or "
    "its power supply is at fault.",
    "ResetRequired": "The GPU needs a reset. Ask an administrator for `sudo nvidia-smi -r`.",
    "OperatingSystem": "The system keeps NVIDIA's driver from answering, as in a container "
    "without GPU access. Start the container with its GPUs.",
}


def read_gpus(nvml: Any = None) -> tuple[tuple[Device, ...], str]:
    """Return the GPUs, and in words what keeps one or all of them from being read.

    Args:
        nvml: A module with the functions of `pynvml`, or None for that one.
    """
    if nvml is None:
        if find_spec("pynvml") is None:
            return (), (
                "GPUs cannot be looked for: the package nvidia-ml-py is missing. "
                "Install it: `pip install nvidia-ml-py`."
            )
        if not _has_driver():
            return (), _REASONS["LibraryNotFound"]
        import pynvml

        nvml = pynvml
    try:
        # Never shut down: opening it anew each time can wake every GPU and take seconds.
        nvml.nvmlInit()
        count = int(nvml.nvmlDeviceGetCount())
    except nvml.NVMLError as error:
        return (), _reason(error)
    if not count:
        return (), "NVIDIA's driver runs, but it has no GPU. `nvidia-smi -L` shows the same."
    gpus: list[Device] = []
    failures: list[str] = []
    for index in range(count):
        try:
            gpus.append(_read_gpu(nvml, index))
        except nvml.NVMLError as error:
            failures.append(f"GPU {index} cannot be read. {_reason(error)}")
    return tuple(gpus), " ".join(failures)


def _has_driver() -> bool:
    """Look for what `pynvml` would load: most machines have none, and it takes 3 MB to say so."""
    try:
        ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return False
    return True


def _read_gpu(nvml: Any, index: int) -> Device:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    missing: list[str] = []

    def ask(what: str, question: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return question()
        except nvml.NVMLError as error:
            if not _is_named(error, "NotSupported"):
                missing.append(what)
            return otherwise

    name = ask("name", lambda: nvml.nvmlDeviceGetName(handle), f"GPU {index}")
    uuid = ask("UUID", lambda: nvml.nvmlDeviceGetUUID(handle), "")
    memory = ask("memory", lambda: nvml.nvmlDeviceGetMemoryInfo(handle), None)
    rates = ask("use", lambda: nvml.nvmlDeviceGetUtilizationRates(handle), None)
    split = ask("", lambda: nvml.nvmlDeviceGetMigMode(handle)[0], 0)
    owners = ask("owners", lambda: tuple(_owners(nvml, handle)), ())
    notes = []
    if split:
        notes.append("It is split by MIG; a run takes its first part.")
    if any(missing):
        notes.append(f"The driver does not tell its {', '.join(filter(None, missing))}.")
    return Device(
        key=f"gpu:{index}",
        name=_text(name),
        index=index,
        uuid=_text(uuid),
        memory_total=int(memory.total) if memory else 0,
        memory_free=int(memory.free) if memory else 0,
        utilisation=rates.gpu / 100 if rates else None,
        owners=owners,
        note=" ".join(notes),
    )


def _owners(nvml: Any, handle: Any) -> Iterator[DeviceOwner]:
    """Yield each process once; computing and drawing processes are told apart by NVML only."""
    import psutil

    memory: dict[int, int] = {}
    for process in (
        *nvml.nvmlDeviceGetComputeRunningProcesses(handle),
        *nvml.nvmlDeviceGetGraphicsRunningProcesses(handle),
    ):
        memory[process.pid] = max(memory.get(process.pid, 0), process.usedGpuMemory or 0)
    for pid, used in memory.items():
        try:
            process = psutil.Process(pid)
            user, mine = process.username(), process.uids().real == os.getuid()
        except (psutil.Error, KeyError):  # Gone, or in a container we cannot look into.
            user, mine = UNKNOWN, False
        yield DeviceOwner(user=plain_line(user), pid=pid, memory=used, mine=mine)


def _reason(error: Exception) -> str:
    for name, words in _REASONS.items():
        if _is_named(error, name):
            return words
    return f"NVIDIA's driver answers with an error: {_text(error)}. See what `nvidia-smi` says."


def _is_named(error: Exception, name: str) -> bool:
    return type(error).__name__ == f"NVMLError_{name}"


def _text(value: object) -> str:
    return plain_line(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))
