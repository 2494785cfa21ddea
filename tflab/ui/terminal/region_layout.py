"""A layout that puts each child where a function says: panes in a frame, fields in columns.

Style sheets can size and stack, but not share a border between two panes nor give each column of
fields the width of its widest; and a change of sizes must not give every widget its style anew.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from tflab.ui.terminal.glyphs import glyphs


class _RegionLayout(Layout):
    """Asks the parent where its children are."""

    name = "regions"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Return where the children are."""
        del greedy
        assert isinstance(parent, PlacesChildren)
        places = parent.place(size)
        return [
            WidgetPlacement(places[child], NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child in places
        ]


_LAYOUT = _RegionLayout()


class PlacesChildren(Widget):
    """A widget that says where its children are. Named first among the bases."""

    @property
    def layout(self) -> Layout:
        """The layout, which Textual asks each widget for; a style knows only those of Textual."""
        return _LAYOUT

    def places_changed(self) -> None:
        """Ask again where the children are, also for the same size."""
        # Textual keeps the answer for each size, and forgets only those of a widget's ancestors.
        self._clear_arrangement_cache()
        self.refresh(layout=True)

    def place(self, size: Size) -> Mapping[Widget, Region]:
        """Return the region of each child, for this size; a child without one is not drawn."""
        raise NotImplementedError


class SizedInput(Input):
    """A field whose size somebody else says, so that typing in it lays nothing out anew.

    Textual lays out the whole screen for each letter, as a field might grow with its text: a third
    of the time from a key to its paint.
    """

    virtual_size = Reactive(Size(0, 0))

    def on_blur(self) -> None:
        """Show the beginning of the text again: of a number the digits that count most."""
        self.scroll_to(0, 0, animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """Return the line, with a mark where the text goes on: part of a number is another one."""
        line, left = super().render_line(y), round(self.scroll_offset.x)
        room = self.content_region.width
        last = room - 1
        cursor = self.cursor_screen_offset.x - self.content_region.x if self.has_focus else -1
        if left > 0 and cursor != 0:
            line = self._marked(line, 0)
        if cell_len(self.value) > left + room and cursor != last:
            line = self._marked(line, last)
        return line

    def _marked(self, line: Strip, at: int) -> Strip:
        style = next((part.style for part in line.crop(at, at + 1)), None)
        mark = Strip([Segment(glyphs().ellipsis, style)])
        return Strip.join([line.crop(0, at), mark, line.crop(at + 1)])


class ReadDownwards(PlacesChildren):
    """One that stands in columns: Tab goes down a column before it goes to the next."""

    @property
    def _focus_sort_key(self) -> tuple[int, int]:
        # Textual goes along the rows, and asks each widget where it comes among its siblings.
        y, x = super()._focus_sort_key
        return x, y
