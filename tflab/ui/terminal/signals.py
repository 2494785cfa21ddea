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
from types import FrameType
from typing import TYPE_CHECKING, Any

from tflab.ui.workbench.leaving import let_go

if TYPE_CHECKING:
    from tflab.ui.app import LabApp

PATIENCE = 2.0
"""Seconds that leaving in the usual way may take."""

_RESTORE = b"\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h"


def watch_signals(app: LabApp) -> None:
    """Leave on SIGHUP and SIGTERM from now on. One that is ignored, as by nohup, stays ignored."""
    watch = _Watch(app, asyncio.get_running_loop())
    for number in (signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, watch.take)


class _Watch:
    def __init__(self, app: LabApp, loop: asyncio.AbstractEventLoop) -> None:
        self._app = app
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
        self._loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        name = signal.Signals(self._number).name
        bench = self._app.bench
        going = bench.runs.current if bench is not None and bench.runs.running else None
        let_go(self._app)
        words = f"tflab was ended by {name}."
        if going is not None:
            run = going.record.id
            words += f" The run goes on; `tflab attach {run}` follows it."
        self._app.exit(return_code=128 + self._number, message=words)

    def _leave_by_force(self) -> None:
        try:
            let_go(self._app)
        except Exception:  # noqa: BLE001  # whatever it was, the process ends now
            traceback.print_exc(file=sys.__stderr__)
        # Textual keeps them for its own leaving and has no other name for them.
        _restore(getattr(self._app._driver, "attrs_before", None))
        os._exit(128 + self._number)


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
