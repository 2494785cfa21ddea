"""Turning the signals that end a program into something that a loop can look at."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any


class StopSignals:
    """While entered, SIGINT, SIGTERM and SIGHUP are noted and end nothing by themselves.

    A signal that was ignored before, as SIGHUP is under `nohup`, stays ignored.

    Attributes:
        count: How many came that ask to stop: SIGINT and SIGTERM.
        first: The first of these, or None.
        hung_up: Whether the line was lost: whoever looked on is gone and asked for nothing.
    """

    def __init__(self) -> None:
        self.count = 0
        self.first: signal.Signals | None = None
        self.hung_up = False
        self._before: dict[signal.Signals, Any] = {}

    @property
    def left(self) -> bool:
        """Whether to leave and let go on what goes on: the line was lost, and no stop begun."""
        return self.hung_up and not self.count

    def __enter__(self) -> StopSignals:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._take)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _take(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self.hung_up = True
            return
        self.count += 1
        self.first = self.first or signal.Signals(number)
