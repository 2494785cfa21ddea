"""Live mode: every change of a value runs the program again at once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_SETTLE_SECONDS = 0.05


class LiveMode:
    """Runs after a change, once the keys pressed in a row have come to rest.

    Args:
        start: Starts a run, superseding one that goes on.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        on: Whether it is on.
    """

    def __init__(
        self, start: Callable[[], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._start = start
        self._clock = clock
        self._due: float | None = None
        self.on = False

    @property
    def pause(self) -> float:
        """Seconds until `advance` has something to do."""
        return math.inf if self._due is None else max(0.0, self._due - self._clock())

    def toggle(self) -> bool:
        """Turn it on or off; return whether it is on."""
        self.on, self._due = not self.on, None
        return self.on

    def changed(self) -> None:
        """Run soon, unless there is a further change before."""
        if self.on:
            self._due = self._clock() + _SETTLE_SECONDS

    def advance(self) -> None:
        """Start the run that is due."""
        if self._due is not None and self._clock() >= self._due:
            self._due = None
            self._start()
