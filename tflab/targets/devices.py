"""The devices of this machine: the CPU, and every GPU that NVML tells of.

TensorFlow is not asked: it would open every GPU and hold its memory.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from tflab.runs.record import Problem
from tflab.runs.text import plain_line

UNKNOWN = "unknown"
"""The user of a process that is gone, or in a container that cannot be looked into."""

_BUSY_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class DeviceOwner:
    """A process that uses a GPU. `memory` is in bytes, 0 where the driver does not tell.

    `user` is `UNKNOWN` where the system does not tell.
    """

    user: str
    pid: int
    memory: int
    mine: bool


@dataclass(frozen=True, slots=True)
class Device:
    """Something a run can compute on.

    Attributes:
        key: `cpu`, or `gpu:N` with N as in `nvidia-smi`.
        index: N of a GPU, 0 for the CPU.
        uuid: The GPU's own name for itself; empty for the CPU.
        memory_total: Bytes; 0 where it is not told.
        memory_free: Bytes that a new process could get now.
        utilisation: Share of the time it was busy lately, 0 to 1, or None where not told.
        owners: Processes that use it, where the driver tells.
        cores: Cores that this process may use; 0 for a GPU.
        note: A sentence about this device, such as what could not be read.
    """

    key: str
    name: str
    index: int
    uuid: str
    memory_total: int
    memory_free: int
    utilisation: float | None = None
    owners: tuple[DeviceOwner, ...] = ()
    cores: int = 0
    note: str = ""

    @property
    def busy_with_others(self) -> bool:
        """Whether others hold a tenth of its memory or more, even if no owner is told."""
        if self.key == "cpu" or not self.memory_total:
            return False
        mine = [owner.memory for owner in self.owners if owner.mine]
        if 0 in mine and len(mine) == len(self.owners):
            return False
        others = self.memory_total - self.memory_free - sum(mine)
        return others >= self.memory_total * _BUSY_SHARE

    @property
    def others(self) -> str:
        """Who else uses it, such as `ann, bob`; `someone else` where the driver does not tell."""
        users = {owner.user for owner in self.owners if not owner.mine}
        return ", ".join(sorted(users - {UNKNOWN})) or "someone else"


@dataclass(frozen=True, slots=True)
class DeviceList:
    """The devices, the CPU first. `reason` says why there is no GPU, or why one is not listed."""

    devices: tuple[Device, ...]
    reason: str = ""


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
    gpus = [device for device in devices.devices if device.key != "cpu"]
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


def _cpu() -> Device:
    import psutil

    memory = psutil.virtual_memory()
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS has no affinity.
        cores = os.cpu_count() or 1
    return Device(
        key="cpu",
        name=_cpu_name(),
        index=0,
        uuid="",
        memory_total=int(memory.total),
        memory_free=int(memory.available),
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
