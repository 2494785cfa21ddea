"""What a cell printed, kept within bounds and made safe to show."""

from __future__ import annotations

from tflab.runs.overwriting import OpenLines
from tflab.runs.text import count_of, plain


class Transcript:
    """Printed text, bounded: the beginning and the newest part are kept, the middle is counted.

    Attributes:
        skipped: Characters that were left out between `head` and `tail`.
        version: Goes up with every change.
    """

    def __init__(self, head_limit: int = 64_000, tail_limit: int = 192_000) -> None:
        self._head_limit = head_limit
        self._tail_limit = tail_limit
        self.head = ""
        self.tail = ""
        self.skipped = 0
        self.version = 0
        self._open = OpenLines()

    @property
    def open(self) -> str:
        """The last lines, which the program may still write over; they follow `tail`."""
        return self._open.text

    def write(self, text: str, skipped: int = 0) -> None:
        """Add what a program printed, without what it has written over, such as a progress bar."""
        if skipped:
            self.add(self._open.close())
        self.add(self._open.write(text), skipped)

    def add(self, text: str, skipped: int = 0) -> None:
        """Add raw text; `skipped` is what was left out before it."""
        self.version += 1
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
            return plain(self.head + self.tail + self.open)
        left_out = f"… {count_of(self.skipped, 'character')} left out; output.log has them all …"
        return f"{plain(self.head)}\n{left_out}\n{plain(self.tail + self.open)}"
