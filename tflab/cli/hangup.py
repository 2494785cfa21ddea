"""What is left to do when the terminal hangs up: leave, and let runs go on."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Callable
from typing import TypeVar

from tflab.targets.stop_signals import StopSignals

Shown = TypeVar("Shown")

EXIT_CODE = 128 + signal.SIGHUP


def while_connected(show: Callable[[Shown], None], stops: StopSignals) -> Callable[[Shown], None]:
    """Return `show`, such that a line lost meanwhile is noted in `stops`, and nothing raised.

    The terminal is often gone before its signal comes.
    """

    def call(shown: Shown) -> None:
        try:
            show(shown)
        except OSError as error:
            if error.errno != errno.EIO and not stops.hung_up:
                raise
            stops.hung_up = True

    return call


def leave(words: str) -> int:
    """Say what goes on, if anybody is left to hear it; return the exit code."""
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        print(words, file=sys.stderr, flush=True)
    # What is still to be written has nowhere to go, and Python would complain at exit.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    return EXIT_CODE
