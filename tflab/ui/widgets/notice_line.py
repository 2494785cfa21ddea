"""The place of notices: a line of their own at the bottom, above the keys, that covers nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple

from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from tflab.session.events import Severity
from tflab.ui.actions import key_of
from tflab.ui.terminal.glyphs import glyphs

TIME_CELLS = 10
"""Cells of the time before each of the notices that are read again."""

_MOST_ROWS = 4
_SECONDS: dict[Severity, float] = {"information": 5.0, "warning": 8.0, "error": 12.0}
_TONES: dict[Severity, str] = {
    "information": "$secondary",
    "warning": "$warning",
    "error": "$error",
}


class Note(NamedTuple):
    """A notice as it was told.

    Attributes:
        time: When, in seconds since the epoch.
    """

    text: str
    title: str
    severity: Severity
    time: float


class NoticeLine(Widget):
    """Shows the newest notice for some seconds, and how to read the others; then it is gone.

    A long one takes more lines, for which what is above makes room. Between notices a quiet word
    may stand here.
    """

    class Changed(Message):
        """It says something else, and may take more lines or none."""

    DEFAULT_CSS = "NoticeLine { height: auto; max-height: 4; display: none; background: $panel; }"

    def __init__(self) -> None:
        super().__init__(classes="notice")
        self._note: Note | None = None
        self._more = 0
        self._quiet = Content()
        self._timer: Timer | None = None

    def show_note(self, note: Note, seconds: float | None = None) -> None:
        """Show a notice; one that is still on show is counted with those to be read later."""
        self._more = self._more + 1 if self._note is not None else 0
        self._note = note
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(seconds or _SECONDS[note.severity], self._end)
        self._draw()

    def show_quiet(self, words: Content) -> None:
        """Say this while there is no notice; nothing when it is empty."""
        if not words.is_same(self._quiet):
            self._quiet = words
            self._draw()

    def clear(self) -> None:
        """Take the notice away, as when it was read."""
        self._note, self._more = None, 0
        self._draw()

    def withdraw(self, title: str) -> None:
        """Take the notice of this title away, if it is the one on show: it holds no longer."""
        if self._note is not None and self._note.title == title:
            self.clear()

    def rows(self, width: int) -> int:
        """Return how many lines it takes in this width."""
        return len(self._lines(width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines it takes."""
        del container, viewport
        return self.rows(width)

    def render(self) -> Content:
        """Draw the notice."""
        return Content("\n").join(self._lines(self.size.width))

    def _end(self) -> None:
        self._timer = None
        self.clear()

    def _draw(self) -> None:
        shown = self._note is not None or bool(self._quiet)
        if self.display != shown:
            self.display = shown
        self.refresh(layout=True)
        self.post_message(self.Changed())

    def _lines(self, width: int) -> list[Content]:
        note = self._note
        if note is None:
            return [(Content(" ") + self._quiet).truncate(max(width, 1), ellipsis=True)]
        tone = _TONES[note.severity]
        key = key_of("notices")
        more = f" +{self._more} " if self._more else " "
        tail = Content.assemble((more, "$text-quiet"), (f"{key} ", "bold $primary"))
        tail += Content.styled("messages ", "$text-quiet")
        text = Content.assemble((f"{note.title}: " if note.title else "", "bold"), note.text)
        room = max(width - 3, 8)
        lines = text.wrap(room)[:_MOST_ROWS]
        last = lines[-1]
        if last.cell_length + tail.cell_length > room:
            tail = Content.assemble(more, (key, "bold $primary"))
        if last.cell_length + tail.cell_length <= room:
            gap = " " * (room - last.cell_length - tail.cell_length)
            lines[-1] = Content.assemble(last, gap, tail)
        bar = Content.styled(f"{glyphs().bar} ", tone)
        return [Content(" ") + bar + line for line in lines]


def notes_text(notes: Iterable[Note]) -> str:
    """Return notices to be read again, the newest first, each with its time."""
    lines = []
    for note in reversed(list(notes)):
        when = time.strftime("%H:%M:%S", time.localtime(note.time))
        title = f"{note.title}: " if note.title else ""
        lines.append(f"{when}  {title}{note.text}")
    return "\n".join(lines) or "There were none."
