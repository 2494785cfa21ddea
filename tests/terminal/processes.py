"""Finding what belongs to one workbench: everything that has its data folder in its environment."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import psutil


def processes_of(data: Path) -> list[psutil.Process]:
    """Return every process that lives with this data folder: workbench, fork server, runs."""
    found = []
    for process in psutil.process_iter():
        try:
            own = process.environ().get("TFLAB_DATA") == str(data)
            if own and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def commands_of(data: Path) -> list[list[str]]:
    """Return the words that each of those processes was started with."""
    found = []
    for process in processes_of(data):
        try:
            found.append(process.cmdline())
        except psutil.Error:
            continue  # It has ended meanwhile.
    return found


def wait_gone(processes: Sequence[psutil.Process], timeout: float = 10.0) -> list[psutil.Process]:
    """Wait until all of them have ended; return those that have not."""
    _, alive = psutil.wait_procs(processes, timeout=timeout)
    return list(alive)


def kill(processes: Sequence[psutil.Process]) -> None:
    """End them at once, and wait until they are gone."""
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    wait_gone(processes)


def wait_asleep(pid: int, timeout: float = 10.0) -> None:
    """Wait until a process waits for something itself: for its terminal, say."""
    process, until = psutil.Process(pid), time.monotonic() + timeout
    while process.status() != psutil.STATUS_SLEEPING:
        assert time.monotonic() < until, f"{pid} does not come to rest"
        os.sched_yield()
