"""Programs that a lesson started and that left its process group: they end with their run.

A process group is how a run is ended whole. A program that makes a session of its own, as `setsid`
and every daemon do, is in that group no longer. On Linux a process can ask to be given the orphans
among its descendants: a run keeps its own that way, and the fork server gets them when it ends.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Container
from contextlib import suppress
from pathlib import Path
from typing import Any

_SET_CHILD_SUBREAPER = 36
_PATIENCE = 2.0


def keep_orphans() -> None:
    """Be given the orphans among this process's descendants, where the system can do so."""
    if sys.platform == "linux":
        # What it returns does not matter: without it only such strays live on.
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans(known: Container[int]) -> None:
    """End every child of this process that is not in `known`, and see it off."""
    for pid in _children():
        if pid in known:
            continue
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
        # Its going, and what it leaves behind, is heard of as SIGCHLD; then this is called again.
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def let_go_of_pools() -> None:
    """Give back what multiprocessing holds for the lesson, as it does at Python's own end.

    Pools end, and semaphores lose their names, which would stay on the machine. It is not waited
    for long, and not for processes that the lesson did not wait for.
    """
    thread = threading.Thread(target=_let_go_of_pools, daemon=True)
    thread.start()
    thread.join(_PATIENCE)


def kept_executors() -> list[Any]:
    """Return the pools that joblib keeps for its next call; it has no public name for them.

    Left alone, their workers tell on descriptor 2 that nobody is there any more.
    """
    modules = (f"{package}.reusable_executor" for package in ("joblib.externals.loky", "loky"))
    found = (getattr(sys.modules.get(module), "_executor", None) for module in modules)
    return [executor for executor in found if executor is not None]


def _let_go_of_pools() -> None:
    for executor in kept_executors():
        executor.shutdown(wait=True, kill_workers=True)
    util: Any = sys.modules.get("multiprocessing.util")
    if util is not None:
        util._run_finalizers(0)


def _children() -> list[int]:
    try:
        text = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    except OSError:
        return []
    return [int(pid) for pid in text.split()]
