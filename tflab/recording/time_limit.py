"""Ending a piece of Python that takes too long, where the system has the means."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN = 0.05
"""Seconds until it is raised again, in case the code has swallowed it."""


class TookTooLong(BaseException):
    """Some code took longer than it may. No `Exception`, so that less code swallows it."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"It took longer than {seconds:g} seconds.")
        self.seconds = seconds


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TookTooLong` inside this block once it has taken so long.

    Blocks nest: what is left of an outer one goes on afterwards. Only the main thread of a system
    with SIGALRM can be ended so; elsewhere nothing is. One call into a library that does not
    return ends with it.

    Raises:
        TookTooLong: After so many seconds, and again until the block is left.
    """
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        raise TookTooLong(seconds)

    began = time.monotonic()
    left, interval = signal.setitimer(signal.ITIMER_REAL, 0)
    before = signal.signal(signal.SIGALRM, end)
    # An outer block that ends first is served by its own handler.
    mine = not left or seconds < left
    if not mine:
        signal.signal(signal.SIGALRM, before)
    signal.setitimer(signal.ITIMER_REAL, seconds if mine else left, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            rest = left - (time.monotonic() - began)
            signal.setitimer(signal.ITIMER_REAL, max(rest, _AGAIN), interval or _AGAIN)
