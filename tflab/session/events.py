"""What the session tells whoever shows it: plain events through one callback.

The session speaks only on the thread that drives it, so whoever listens may touch its own state.
The app posts each event to its screen as a message; the command line prints.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tflab.runs.record import Problem

if TYPE_CHECKING:
    from tflab.runs.history import HistoryRow


@dataclass(frozen=True)
class Event:
    """Something that happened in the session."""


Emit = Callable[[Event], None]
"""Where a piece of the session sends its events."""

Severity = Literal["information", "warning", "error"]


@dataclass(frozen=True)
class Notice(Event):
    """A sentence for the person, told in passing; `seconds` where it stays longer than most."""

    text: str
    title: str = ""
    severity: Severity = "information"
    seconds: float | None = None


@dataclass(frozen=True)
class ProblemRaised(Event):
    """A problem that is shown until the person has read it."""

    problem: Problem


@dataclass(frozen=True)
class TextCopied(Event):
    """A text is to be put on the clipboard, and the person told so."""

    text: str
    notice: str


@dataclass(frozen=True)
class RunsListed(Event):
    """The newest runs of a program."""

    program: str
    rows: Sequence[HistoryRow]
