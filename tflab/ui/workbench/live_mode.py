"""Live mode: every change of a value runs the lesson again at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.timer import Timer

_SETTLE_SECONDS = 0.05


class LiveMode:
    """Runs after a change, once the keys pressed in a row have come to rest.

    Args:
        app: Gives the timers.
        start: Starts a run, superseding one that goes on.
    """

    def __init__(self, app: App[Any], start: Callable[[], None]) -> None:
        self._app = app
        self._start = start
        self._timer: Timer | None = None
        self.on = False

    def toggle(self) -> bool:
        """Turn it on or off; return whether it is on."""
        self.on = not self.on
        if not self.on and self._timer is not None:
            self._timer.stop()
        return self.on

    def changed(self) -> None:
        """Run soon, unless there is a further change before."""
        if not self.on:
            return
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._app.set_timer(_SETTLE_SECONDS, self._start)
