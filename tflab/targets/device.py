"""What is known of a device: its name, its memory, and who uses it."""

from __future__ import annotations

from dataclasses import dataclass

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
        target: The name of the target that this entry stands for; empty for a device of this
            machine.
        gives: The key of the device that a run gets there.
        problem: Why the target does not serve; empty where it does.
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
    target: str = ""
    gives: str = ""
    problem: str = ""

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
