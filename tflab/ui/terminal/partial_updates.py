"""Sends, where a part of a line has changed, that part alone.

Textual begins at the left edge of the widget, whatever of its line has changed: for a number at the
end of the top line it would send all of that line, and for a new point all of the curve before it.
"""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len
from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate


class PartialUpdate(ChopsUpdate):
    """The spans of lines that have changed."""

    @classmethod
    def of(cls, update: ChopsUpdate) -> PartialUpdate:
        """Return the same update, to be sent in fewer bytes."""
        return cls(update.chops, update.spans, update.chop_ends)

    def render_segments(self, console: Console) -> str:
        """Return what is sent to the terminal."""
        sent: list[str] = []
        for y, first, end in self.spans:
            for piece_end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=True):
                if strip is None or x >= end or piece_end <= first:
                    continue
                # Half a wide character cannot be drawn, and a mark not without what it stands on.
                start = max(first - x, 0) if _one_cell_each(strip.text) else 0
                part = strip.crop(start, min(piece_end, end) - x)
                sent += [Control.move_to(x + start, y).segment.text, part.render(console)]
        return "".join(sent)


@lru_cache(maxsize=1024)
def _one_cell_each(text: str) -> bool:
    """Return whether each character takes one cell."""
    return text.isascii() or all(cell_len(char) == 1 for char in text)
