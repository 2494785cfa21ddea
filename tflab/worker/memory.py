"""How often the kernel has killed for want of memory: the evidence behind the words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")
_CGROUPS = Path("/sys/fs/cgroup")


class MemoryKills(NamedTuple):
    """Two counts of the kernel's.

    Attributes:
        group: Kills in this process's own control group and those inside it: a job's, a
            container's or a login's share of memory. None where the kernel does not say.
        machine: Kills on the whole machine, other people's included. None where unknown.
    """

    group: int | None = None
    machine: int | None = None


def memory_kills(proc: Path = _PROC, cgroups: Path = _CGROUPS) -> MemoryKills:
    """Return the counts as they are now.

    Args:
        proc: Where the kernel tells about processes; another place in tests.
        cgroups: Where control groups are; another place in tests.
    """
    return MemoryKills(
        group=_group_kills(proc, cgroups), machine=_count(proc / "vmstat", r"^oom_kill (\d+)$")
    )


def explain_kill(before: MemoryKills, after: MemoryKills) -> str:
    """Return why a process was killed, in words, as far as the kernel tells; else nothing."""
    if _grew(before.group, after.group):
        return (
            "The system killed the run: it ran out of the memory that this login, job or "
            "container may use."
        )
    if _grew(before.machine, after.machine):
        return (
            "The system killed the run, most likely because the machine ran out of memory: the "
            "kernel killed for that reason while the run was going on."
        )
    return ""


def _grew(before: int | None, after: int | None) -> bool:
    return before is not None and after is not None and after > before


def _group_kills(proc: Path, cgroups: Path) -> int | None:
    """Version 2 of control groups keeps one tree; version 1 one for each kind of resource."""
    try:
        lines = (proc / "self" / "cgroup").read_text().splitlines()
    except OSError:
        return None
    found: int | None = None
    for line in lines:
        _, kinds, path = (*line.split(":", 2), "", "")[:3]
        inside = path.lstrip("/")
        if not kinds:
            # In a container the path may be the host's, and the group itself is at the root.
            for place in (cgroups / inside, cgroups / "unified" / inside, cgroups):
                count = _count(place / "memory.events", r"^oom_kill (\d+)$")
                found = count if found is None else found
        elif "memory" in kinds.split(","):
            for place in (cgroups / "memory" / inside, cgroups / "memory"):
                count = _count(place / "memory.oom_control", r"^oom_kill (\d+)$")
                found = count if found is None else found
    return found


def _count(path: Path, pattern: str) -> int | None:
    try:
        match = re.search(pattern, path.read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(match.group(1)) if match else None
