"""Leaving well when told to by a signal: place kept, runs left going, terminal given back.

SIGHUP comes when the line is lost, SIGTERM when somebody or the machine ends the workbench. The
screen is left in the usual way; where that hangs, because nobody reads the terminal any more, a
thread ends the process all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import termios
import threading
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple

PATIENCE = 2.0
"""Seconds that leaving in the usual way may take."""

_RESTORE = b"\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h"


class Departure(NamedTuple):
    """What an app does when a signal tells it to leave."""

    leave: Callable[[int], None]
    """Leaves in the usual way, in the app's loop, told the signal's number."""

    let_go: Callable[[], None]
    """Keeps what is to be kept, from any thread, where leaving in the usual way hangs."""

    terminal_modes: Callable[[], list[Any] | None]
    """Gives the modes that the terminal gets back."""


def watch_signals(departure: Departure) -> None:
    """Leave on SIGHUP and SIGTERM from now on. One that is ignored, as by nohup, stays ignored."""
    watch = _Watch(departure, asyncio.get_running_loop())
    for number in (signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, watch.take)


class _Watch:
    def __init__(self, departure: Departure, loop: asyncio.AbstractEventLoop) -> None:
        self._departure = departure
        self._loop = loop
        self._number = 0

    def take(self, number: int, _frame: FrameType | None) -> None:
        """Begin to leave. Runs even while the loop waits for a terminal that nobody reads."""
        if self._number:
            return
        self._number = number
        last = threading.Timer(PATIENCE, self._leave_by_force)
        last.daemon = True
        last.start()
        self._loop.call_soon_threadsafe(self._departure.leave, number)

    def _leave_by_force(self) -> None:
        try:
            self._departure.let_go()
        except Exception:  # noqa: BLE001  # whatever it was, the process ends now
            _print_unhindered(traceback.format_exc())
        _restore(self._departure.terminal_modes())
        os._exit(128 + self._number)


def _print_unhindered(text: str) -> None:
    """Print on the person's own screen as far as it takes anything: it may hang."""
    if sys.__stderr__ is None:
        return
    with contextlib.suppress(OSError, ValueError):
        descriptor = sys.__stderr__.fileno()
        os.set_blocking(descriptor, False)
        os.write(descriptor, text.encode("utf-8", "backslashreplace"))


def _restore(before: list[Any] | None) -> None:
    """Give the terminal back as far as it takes it; one that is gone takes nothing."""
    if before is None or sys.__stdin__ is None:
        return
    with contextlib.suppress(OSError, termios.error, ValueError):
        descriptor = sys.__stdin__.fileno()
        os.set_blocking(descriptor, False)
        os.write(descriptor, _RESTORE)
        os.set_blocking(descriptor, True)
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
