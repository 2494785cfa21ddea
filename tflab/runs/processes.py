"""Telling a process from another that got its number later, and naming what ended one."""

from __future__ import annotations

import functools
import os
import signal
import socket
import sys
from pathlib import Path

SAME_SECONDS = 0.05 if sys.platform == "linux" else 2.0
"""Two starts closer than this are one. Linux tells them exactly; elsewhere a clock that may be set
tells them."""


def start_of(pid: int) -> float | None:
    """Return when a living process started; None when there is none, or only its remains.

    In seconds since the boot on Linux, where setting the clock changes nothing, and since the
    epoch elsewhere. Only good to be compared with another start on the same machine.
    """
    return _from_proc(pid) if sys.platform == "linux" else _from_psutil(pid)


def parent_of(pid: int) -> int:
    """Return the process id of the parent of a living process; 0 when there is none."""
    import psutil

    try:
        return int(psutil.Process(pid).ppid())
    except psutil.Error:
        return 0


def is_same(pid: int, process_start: float) -> bool:
    """Return whether process `pid` lives and started at `process_start`; 0.0 stands for any."""
    now = start_of(pid)
    return now is not None and (not process_start or abs(now - process_start) < SAME_SECONDS)


def signal_name(number: int) -> str:
    """Return the name of a signal, or its number where it has no name of its own."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@functools.cache
def this_host() -> str:
    """Return the name of this machine, to tell the runs of others in a shared home."""
    return socket.gethostname()


def _from_proc(pid: int) -> float | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name of the program stands in brackets and may hold anything, brackets too.
    fields = text.rpartition(")")[2].split()
    state, ticks = fields[0], int(fields[19])
    return None if state in "ZX" else ticks / os.sysconf("SC_CLK_TCK")


def _from_psutil(pid: int) -> float | None:
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.Error:
        return None
