"""Telling a process from another that got its number later, and naming what ended one."""

from __future__ import annotations

import functools
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

SAME_SECONDS = 0.05 if sys.platform == "linux" else 2.0
"""Two starts closer than this are one. Linux tells them exactly; elsewhere a clock that may be set
tells them."""

RUNG_SECONDS = 2.0
"""Seconds that each signal of a stop has to work before the next one."""

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def start_of(pid: int) -> float | None:
    """Return when a living process started; None when there is none, or only its remains.

    In seconds since the boot on Linux, where setting the clock changes nothing, and since the
    epoch elsewhere. Only good to be compared with another start on the same machine.
    """
    return _from_proc(pid) if sys.platform == "linux" else _from_ps(pid)


def parent_of(pid: int) -> int:
    """Return the process id of the parent of a living process; 0 when there is none."""
    return _parent_from_proc(pid) if sys.platform == "linux" else int(_ask_ps(pid, "ppid") or 0)


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
    fields = _proc_stat(pid)
    if not fields or fields[0] in "ZX":
        return None
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def _parent_from_proc(pid: int) -> int:
    fields = _proc_stat(pid)
    return int(fields[1]) if fields else 0


def _proc_stat(pid: int) -> list[str]:
    """What the kernel tells of a process, from its state on; empty when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return []
    # The name of the program stands in brackets and may hold anything, brackets too.
    return text.rpartition(")")[2].split()


def _from_ps(pid: int) -> float | None:
    state, began = _ask_ps(pid, "state"), _ask_ps(pid, "lstart")
    if not began or state.startswith("Z"):
        return None
    return time.mktime(time.strptime(began, "%a %b %d %H:%M:%S %Y"))


def _ask_ps(pid: int, what: str) -> str:
    """Return what `ps` says of a process; empty when it says nothing."""
    command = ["ps", "-o", f"{what}=", "-p", str(pid)]
    environment = os.environ | {"LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    return done.stdout.strip()
