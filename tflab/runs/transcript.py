"""What a cell printed, kept within bounds and made safe to show."""

from __future__ import annotations

from tflab.runs.text import count_of, plain


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
