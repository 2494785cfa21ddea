"""Processor time and memory of a process and all that it started, as Linux tells of them."""

from __future__ import annotations

import os
import resource
from typing import NamedTuple

_MOST_PROCESSES = 1000
_PROC = "/proc"


class Use(NamedTuple):
    """What processes have used.

    Attributes:
        seconds: Processor time, of those that have ended too.
        memory: Bytes that they hold; what several share counts in each. None where not told.
        pids: The processes.
    """

    seconds: float
    memory: int | None
    pids: frozenset[int]


def use_of(pid: int, proc: str = _PROC) -> Use:
    """Return what a process and its children, and theirs, use.

    Args:
        pid: The process.
        proc: Where the kernel tells of processes; elsewhere in tests.
    """
    ticks = pages = 0
    found: set[int] = set()
    waiting = [pid]
    own = os.getpid() if proc == _PROC else 0
    while waiting and len(found) < _MOST_PROCESSES:
        one = waiting.pop()
        place = f"{proc}/{one}"
        try:
            ticks += _ticks(f"{place}/stat")
            pages += int(_read(f"{place}/statm").split()[1])
            found.add(one)
            if one == own and not _has_children():
                continue
            waiting += [child for child in _children(f"{place}/task") if child not in found]
        except (OSError, ValueError, IndexError):
            continue  # Gone meanwhile, or no Linux.
    if not found:
        living = resource.getrusage(resource.RUSAGE_SELF)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = living.ru_utime + living.ru_stime + ended.ru_utime + ended.ru_stime
        return Use(seconds, None, frozenset({pid}))
    return Use(
        ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE"), frozenset(found)
    )


def _has_children() -> bool:
    """Return whether this process has any, running or not waited for yet.

    One call, where reading it of each thread takes three: at each the interpreter is let go, and
    whoever computes in another thread waits to get it back.
    """
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _ticks(path: str) -> int:
    """Return user and system time, and that of children which were waited for."""
    fields = _read(path).rpartition(b")")[2].split()
    return sum(map(int, fields[11:15]))


def _children(tasks: str) -> list[int]:
    """Return the children of all threads of a process."""
    found: list[int] = []
    for thread in os.listdir(tasks):
        try:
            found += map(int, _read(f"{tasks}/{thread}/children").split())
        except OSError:
            continue  # The thread is gone, or this kernel does not tell.
    return found


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, 1 << 16)
    finally:
        os.close(descriptor)
