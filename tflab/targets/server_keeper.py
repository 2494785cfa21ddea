"""Keeping a fork server at hand: another one starts when it is gone, later each time."""

from __future__ import annotations

import time
from collections.abc import Callable

from tflab.runs.protocol import Message
from tflab.runs.record import Problem
from tflab.targets.fork_server import ForkServer

FIRST_PAUSE = 0.5
"""Seconds before the first new start; doubled each time that the server dies quickly again."""

QUICK_SECONDS = 30.0
"""A server that lived longer than this did not die of its start."""

TRIES = 5
"""Quick deaths in a row after which only a person starts it again, by asking for a run."""


class ServerKeeper:
    """Starts fork servers, one at a time, and never blocks but in `close`.

    Args:
        make: Makes a server; injected by tests.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        server: The server as it is now, in whatever phase.
        deaths: Quick deaths in a row.
    """

    def __init__(
        self,
        make: Callable[[], ForkServer] = ForkServer,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make = make
        self._clock = clock
        self._began = 0.0
        self._due: float | None = None
        self.server = make()
        self.deaths = 0

    @property
    def given_up(self) -> bool:
        """Whether the server died so often that it waits for a person."""
        return self.deaths >= TRIES

    @property
    def lost(self) -> bool:
        """Whether the server is broken or gone."""
        return self.server.phase in ("broken", "gone")

    def start(self) -> None:
        """Start the server. One that goes already is left alone.

        Raises:
            Problem: When the system gives it no process, or its log cannot be written.
        """
        self._began = self._clock()
        self.server.start()

    def wake(self) -> None:
        """Have a server now: one that is off or lost is replaced, however often it died.

        Raises:
            Problem: As `start`.
        """
        if self.server.phase == "off" or self.lost:
            self.deaths = 0
            self._replace()

    def poll(self) -> list[Message]:
        """Return what the server has said; start another one when its time has come.

        Raises:
            Problem: As `start`.
        """
        messages = self.server.poll()
        if not self.lost:
            return messages
        if self._due is None:
            self._note_death()
        elif not self.given_up and self._clock() >= self._due:
            self._replace()
        return messages

    def close(self) -> None:
        """Let go of the server; it leaves after its last run."""
        self.server.close()

    def _note_death(self) -> None:
        now = self._clock()
        quick = now - self._began < QUICK_SECONDS
        self.deaths = self.deaths + 1 if quick else 1
        self._due = now + FIRST_PAUSE * 2 ** (self.deaths - 1)

    def _replace(self) -> None:
        self.server.close()
        self.server = self._make()
        self._due = None
        try:
            self.start()
        except Problem:
            self._note_death()
            raise
