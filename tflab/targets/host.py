"""What runs are handed to: a fork server of this machine, or a target. One protocol for all.

Whoever has runs to do says `start_run(folder)`, and reads in the folder what becomes of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from tflab.runs.protocol import Message
from tflab.runs.record import Problem
from tflab.targets.fork_server import Phase


class Host(Protocol):
    """Takes runs by folder; never blocks but in `close`.

    Attributes:
        full: Why runs wait before they are taken; empty where they do not.
    """

    full: str

    @property
    def phase(self) -> Phase:
        """Where it stands."""

    @property
    def problem(self) -> Problem | None:
        """Why it is `broken` or `gone`."""

    @property
    def pid(self) -> int | None:
        """Its process, where it has one here."""

    def start(self) -> None:
        """Be ready to take runs.

        Raises:
            Problem: When it cannot.
        """

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when `poll` has something to say, or -1."""

    def start_run(self, folder: Path) -> None:
        """Take the run of a folder.

        Raises:
            Problem: When it takes none.
        """

    def poll(self) -> list[Message]:
        """Do what is due, and return what there is to hear."""

    def close(self) -> None:
        """Let go. What has begun goes on."""
