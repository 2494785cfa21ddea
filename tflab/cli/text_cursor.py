"""Handing out a growing text piece by piece, in whole lines."""

from __future__ import annotations

from tflab.runs.text import count_of, plain
from tflab.runs.transcript import Transcript

_LONGEST_WAIT = 1 << 14


class TextCursor:
    """How much of one transcript was handed out."""

    def __init__(self) -> None:
        self._at = 0

    def take(self, text: Transcript, whole: bool) -> list[str]:
        """Return what is new, as text without its last line end.

        A line that is not complete stays behind, unless `whole` says that nothing will follow or
        it is very long.
        """
        pieces: list[str] = []
        tail_at = len(text.head) + text.skipped
        if text.skipped and self._at < tail_at:
            if self._at < len(text.head):
                pieces.append(_line(text.head[self._at :]))
            missing = tail_at - max(self._at, len(text.head))
            pieces.append(f"({count_of(missing, 'character')} left out; output.log has them all)")
            self._at = tail_at
        fresh = text.head[self._at :] + text.tail[max(0, self._at - tail_at) :]
        complete = whole or len(fresh) > _LONGEST_WAIT
        cut = len(fresh) if complete else fresh.rfind("\n") + 1
        if cut:
            pieces.append(_line(fresh[:cut]))
            self._at += cut
        return pieces


def _line(text: str) -> str:
    return plain(text).removesuffix("\n")
