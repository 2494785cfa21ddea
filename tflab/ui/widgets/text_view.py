"""A long text that scrolls. Only the lines in view are drawn, so a megabyte is no burden."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tflab.runs.text import shorten
from tflab.ui.terminal.glyphs import glyphs

_MAX_COLUMNS = 4000


class TextView(ScrollView, can_focus=True):
    """Shows text line by line; long lines scroll sideways."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
        Binding("g", "scroll_home", "Top", show=False),
        Binding("G", "scroll_end", "Bottom", show=False),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._lines = [shorten(line, _MAX_COLUMNS, glyphs().ellipsis) for line in text.split("\n")]

    def on_mount(self) -> None:
        """Tell how large the text is, and take the focus."""
        width = max(map(cell_len, self._lines), default=0)
        self.virtual_size = Size(width, len(self._lines))
        self.focus()

    def render_line(self, y: int) -> Strip:
        """Return one line of the visible part."""
        left, top = self.scroll_offset
        style = self.rich_style
        row = top + y
        text = self._lines[row] if row < len(self._lines) else ""
        strip = Strip([Segment(text, style)])
        return strip.crop_extend(left, left + self.size.width, style)
