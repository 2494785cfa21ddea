"""The devices of this machine: the CPU, and every GPU that NVML tells of.

TensorFlow is not asked: it would open every GPU and hold its memory.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.targets.device import UNKNOWN as UNKNOWN
from tflab.targets.device import Device as Device
from tflab.targets.device import DeviceList as DeviceList
from tflab.targets.device import DeviceOwner as DeviceOwner

_MEMORY = Path("/proc/meminfo")


def list_devices(
    nvml: ModuleType | Any = None, environ: Mapping[str, str] | None = None
) -> DeviceList:
    """Return the devices as they are now. Always has the CPU; never raises for a broken driver.

    GPUs that the user hides with `CUDA_VISIBLE_DEVICES` are left out. Its numbers are taken in the
    order of `nvidia-smi`, which is also how a run sees them.

    Args:
        nvml: A module with the functions of `pynvml`; that one by default.
        environ: Environment variables; those of this process by default.
    """
    from tflab.targets.nvml import read_gpus

    gpus, reason = read_gpus(nvml)
    chosen = (os.environ if environ is None else environ).get("CUDA_VISIBLE_DEVICES")
    if gpus and chosen is not None:
        seen = _visible(gpus, chosen)
        if len(seen) < len(gpus):
            hidden = "no GPU" if not seen else ", ".join(gpu.key for gpu in seen) + " only"
            reason = f"CUDA_VISIBLE_DEVICES={plain_line(chosen)!r} shows {hidden}. {reason}".strip()
        gpus = seen
    return DeviceList(devices=(_cpu(), *gpus), reason=reason)


def find_device(text: str, devices: DeviceList) -> Device:
    """Return the device that `text` names: `cpu`, `gpu` (the first), `gpu:N`, or a UUID.

    Raises:
        Problem: When there is no such device; it says which there are, or why no GPU.
    """
    wanted = text.strip().lower()
    for device in devices.devices:
        if wanted in (device.key, device.uuid.lower() or device.key):
            return device
    gpus = [d for d in devices.devices if d.key != "cpu" and not d.target]
    if wanted == "gpu" and gpus:
        return gpus[0]
    keys = [device.key for device in devices.devices]
    raise Problem(
        "No such device",
        f"There is no device {plain_line(text) or repr(text)} here. {devices.reason}".rstrip(),
        f"Choose {' or '.join(keys)}; `tflab devices` shows them.",
    )


def _visible(gpus: tuple[Device, ...], chosen: str) -> tuple[Device, ...]:
    """Return the GPUs that CUDA would see; like CUDA, stop at the first that makes no sense."""
    seen: list[Device] = []
    for word in filter(None, (part.strip() for part in chosen.split(","))):
        found = next(
            (
                gpu
                for gpu in gpus
                if word == str(gpu.index)
                or (word[:3].upper() in ("GPU", "MIG") and _is_uuid(gpu, word))
            ),
            None,
        )
        if found is None:
            break
        if word[:3].upper() == "MIG":
            found = replace(found, uuid=word, note=f"Only its part {word} is used.")
        seen.append(found)
    return tuple(sorted(seen, key=lambda gpu: gpu.index))


def _is_uuid(gpu: Device, word: str) -> bool:
    return bool(gpu.uuid) and gpu.uuid.lower().startswith(word.lower())


def _memory() -> tuple[int, int]:
    """Return the bytes of memory that there are, and those that a process could still get."""
    try:
        words = [line.split() for line in _MEMORY.read_text("ascii").splitlines()]
        kibibytes = {name: int(size) for name, size, *_ in words}
        return kibibytes["MemTotal:"] << 10, kibibytes["MemAvailable:"] << 10
    except (OSError, KeyError, ValueError):
        # Only here, as the workbench would hold a megabyte of it for two numbers.
        import psutil

        memory = psutil.virtual_memory()
        return int(memory.total), int(memory.available)


def _cpu() -> Device:
    total, available = _memory()
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS has no affinity.
        cores = os.cpu_count() or 1
    return Device(
        key="cpu",
        name=_cpu_name(),
        index=0,
        uuid="",
        memory_total=total,
        memory_free=available,
        utilisation=min(1.0, os.getloadavg()[0] / cores),
        cores=cores,
    )


def _cpu_name() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith("model name"):
                    return plain_line(line.partition(":")[2]) or "CPU"
    except OSError:
        pass  # Not Linux; the platform module knows less, but something.
    return platform.processor() or "CPU"
