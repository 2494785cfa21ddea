"""SIGINT in a run: the lesson sees KeyboardInterrupt, tflab's own code is never torn by it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupt:
    """The SIGINT handler of a run process.

    Attributes:
        asked: Whether SIGINT has come, even if the lesson swallowed it.
    """

    def __init__(self) -> None:
        self.asked = False
        self._armed = False

    def install(self) -> None:
        """Handle SIGINT from now on."""
        signal.signal(signal.SIGINT, self._handle)

    def ignore(self) -> None:
        """Take no more notice: the run is over and its end is being written."""
        self._armed = False
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    @contextmanager
    def armed(self, again: bool = False) -> Iterator[None]:
        """Raise KeyboardInterrupt inside this block; at once if SIGINT came before it.

        Args:
            again: Whether only another SIGINT is meant, since the one before has done its work.
        """
        self._armed = True
        try:
            if self.asked and not again:
                raise KeyboardInterrupt
            yield
        finally:
            self._armed = False

    def _handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.asked = True
        if self._armed:
            raise KeyboardInterrupt
