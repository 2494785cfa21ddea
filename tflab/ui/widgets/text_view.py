"""A long text that scrolls. Only the lines in view are drawn, so a megabyte is no burden."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tflab.runs.text import shorten
from tflab.ui.terminal.glyphs import glyphs

_MAX_COLUMNS = 4000


_LEAST = 8
"""Cells in which words are still wrapped."""


class TextView(ScrollView, can_focus=True):
    """Shows text line by line.

    Args:
        text: The text.
        hang: By how many cells more than its beginning a line that is too long is moved in where
            it goes on below; None lets long lines scroll sideways, as output and code do.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
        Binding("g", "scroll_home", "Top", show=False),
        Binding("G", "scroll_end", "Bottom", show=False),
    ]

    def __init__(self, text: str, hang: int | None = None) -> None:
        super().__init__()
        self._whole = [shorten(line, _MAX_COLUMNS, glyphs().ellipsis) for line in text.split("\n")]
        self._lines = self._whole
        self._hang = hang

    def on_mount(self) -> None:
        """Tell how large the text is, and take the focus."""
        self._measure()
        self.focus()

    def on_resize(self) -> None:
        """Wrap the lines for another width."""
        if self._hang is not None:
            self._measure()
            self.refresh()

    def _measure(self) -> None:
        width = self.scrollable_content_region.width
        if self._hang is not None and width:
            self._lines = [part for line in self._whole for part in _wrap(line, width, self._hang)]
        self.virtual_size = Size(max(map(cell_len, self._lines), default=0), len(self._lines))

    def render_line(self, y: int) -> Strip:
        """Return one line of the visible part."""
        left, top = self.scroll_offset
        style = self.rich_style
        row = top + y
        text = self._lines[row] if row < len(self._lines) else ""
        strip = Strip([Segment(text, style)])
        return strip.crop_extend(left, left + self.size.width, style)


def _wrap(line: str, width: int, hang: int) -> list[str]:
    """Return a line in rows of at most `width` cells, all but the first further in."""
    if cell_len(line) <= width:
        return [line]
    start = min(len(line) - len(line.lstrip()) + hang, max(width - _LEAST, 0))
    # The rest is laid out beside what the first row has in front of the text that goes on.
    head, rest = line[:start], line[start:]
    rows = [row.plain for row in Content(rest).wrap(width - start)]
    return [head + rows[0], *(" " * start + row for row in rows[1:])]
