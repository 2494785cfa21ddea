"""How the workbench's memory is kept once it has painted: garbage, and what is freed."""

from __future__ import annotations

import gc
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_MALLOC = {_M_ARENA_MAX: 1, _M_MMAP_THRESHOLD: 128 << 10, _M_TRIM_THRESHOLD: 128 << 10}
"""glibc's own first values, but for the number of heaps; once set it leaves them."""


def collect() -> None:
    """Collect garbage from now on, of what is made from now on."""
    gc.freeze()
    gc.enable()


def give_back() -> None:
    """Give freed memory back.

    By itself glibc makes a heap for each thread, and after the first large buffers keeps tens of
    megabytes of what is freed. Call it before there are threads.
    """
    if sys.platform != "linux":
        return
    from ctypes import CDLL

    # Other C libraries have none.
    mallopt = getattr(CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in _MALLOC.items():
            mallopt(option, value)
