"""What a cell printed, made safe and kept within bounds.

Text from a lesson must never move the cursor, clear the screen or set the title of a terminal.
`plain` is the one place that sees to it; everything shown to people passes through it.
"""

from __future__ import annotations

import re

from tflab.runs.counting import count_of

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)"
    r"|\x1b[ -/]*[0-~]"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
# Bidirectional overrides reorder what is around them, so they count as control characters.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}


def plain(text: str) -> str:
    """Return `text` without control sequences; other control characters become visible marks.

    Tabs become spaces, line ends stay, and a carriage return starts its line again, as a
    terminal would show a progress bar at its end.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _SEQUENCE.sub("", text).replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(_last_pass(line) for line in text.split("\n"))
    if "\b" in text:
        text = _backspaces(text)
    return _CONTROL.sub(_picture, text.expandtabs(8))


def plain_line(text: str) -> str:
    """Return `text` as `plain` does, on one line."""
    return " ".join(plain(text).split())


class Transcript:
    """Printed text, bounded: the beginning and the newest part are kept, the middle is counted.

    Attributes:
        skipped: Characters that were left out between `head` and `tail`.
    """

    def __init__(self, head_limit: int = 64_000, tail_limit: int = 192_000) -> None:
        self._head_limit = head_limit
        self._tail_limit = tail_limit
        self.head = ""
        self.tail = ""
        self.skipped = 0

    def add(self, text: str, skipped: int = 0) -> None:
        """Add raw text; `skipped` is what was left out before it."""
        self.skipped += skipped
        room = 0 if self.skipped or self.tail else self._head_limit - len(self.head)
        self.head += text[:room]
        self.tail += text[room:]
        excess = len(self.tail) - self._tail_limit
        if excess > self._tail_limit // 4:
            self.skipped += excess
            self.tail = self.tail[excess:]

    def text(self) -> str:
        """Return the text as people may see it."""
        if not self.skipped:
            return plain(self.head + self.tail)
        left_out = f"… {count_of(self.skipped, 'character')} left out; output.log has them all …"
        return f"{plain(self.head)}\n{left_out}\n{plain(self.tail)}"


def _last_pass(line: str) -> str:
    passes = line.rstrip("\r").split("\r")
    return passes[-1]


def _backspaces(text: str) -> str:
    kept: list[str] = []
    for char in text:
        if char == "\b":
            if kept and kept[-1] != "\n":
                kept.pop()
        else:
            kept.append(char)
    return "".join(kept)


def _picture(match: re.Match[str]) -> str:
    return _PICTURES.get(ord(match.group()), "\ufffd")
