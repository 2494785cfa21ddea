"""A little disk set aside with each new run, so that a full disk still takes its last words."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tflab.runs.events import Event
from tflab.runs.log_writer import append

RESERVE = "reserve"
"""The file that takes the room. Gone once the run has ended."""

CONTENT = bytes(16 << 10)
"""Written out, because a file may otherwise have a length and no room behind it."""


def give_back(folder: Path) -> None:
    """Give the room back; does nothing when it was given back before."""
    # On a disk that turned read-only it stays, and so does everything else.
    with suppress(OSError):
        (folder / RESERVE).unlink(missing_ok=True)


def append_last(folder: Path, event: Event) -> None:
    """Append the last event of a run, in the room set aside for it if there is no other.

    Raises:
        OSError: When there is no room at all, or the folder cannot be written.
    """
    try:
        append(folder, event)
    except OSError:
        give_back(folder)
        append(folder, event)
    give_back(folder)
