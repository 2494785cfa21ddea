"""A page of blocks that scrolls. It is one widget, which draws the rows in view and no others.

A widget for each paragraph, each cell and each output gets its style anew at every change of the
focus, and a notebook of 133 cells has a thousand of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Offset, Region, Size
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import AwaitMount, Widget

from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.hosting import HostingView
from tflab.ui.widgets.drawing_view import changed_span, drawing_segments, with_selection
from tflab.ui.workbench.lesson_document import Anchor, Block, Document, Row

_MARGIN = 1
_AT_ONCE = 0.03
_SLICE = 0.008
_PAUSE = 0.03
"""Seconds for laying out what is not in view: at first, then each time, and between."""

_SLICES = 12
"""Slices after which the scroll bar is told how high the page is."""


class DocumentView(HostingView, can_focus=True):
    """Shows a document. What a person looks at stays where it is when rows above it change."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.document = Document()
        self._hosted: dict[Widget, Block] = {}
        self._strips: dict[Block, dict[int, Strip]] = {}
        self._on_screen: dict[int, Strip] = {}
        self._look: Any = None
        self._width_known = 0
        self._placing = False
        self._timer: Timer | None = None
        self._slices = 0

    @property
    def top(self) -> int:
        """The first row in view."""
        return round(self.scroll_y)

    @property
    def rows_in_view(self) -> int:
        """How many rows there is room for."""
        return self.scrollable_content_region.height

    def show_blocks(self, blocks: Iterable[Block]) -> None:
        """Show other blocks, from the first on; widgets in place of blocks go."""
        for widget in self._hosted:
            widget.remove()
        self._hosted.clear()
        self.document = Document(blocks, self._room())
        self._strips.clear()
        self._lay_out(Anchor(0, 0))

    def block_changed(self, *blocks: Block) -> None:
        """Show blocks as they are now; rows in view stay where they are."""
        anchor = self.document.at(self.top)
        for block in blocks:
            self._strips.pop(block, None)
            self.document.changed(block)
        self._keep(anchor, at_end=False)
        self.move_children()
        self._repaint()

    def block_recoloured(self, *blocks: Block) -> None:
        """Draw blocks again whose rows differ by their bar only."""
        for block in blocks:
            self._strips.pop(block, None)
        self._repaint()

    def host(self, block: Block, widget: Widget) -> AwaitMount:
        """Show a widget in place of a block's rows, as high as its content, until `unhost`.

        It scrolls with the page and is clipped by it. Other blocks, as after the file was read
        again, take it away.
        """
        self._hosted[widget] = block
        self._reserve(block, 1)
        return self.mount(widget)

    def unhost(self, block: Block) -> None:
        """Show a block's own rows again, and take the widget away."""
        for widget in [one for one, place in self._hosted.items() if place is block]:
            del self._hosted[widget]
            widget.remove()
        self._reserve(block, None)

    def hosts(self, block: Block, widget: Widget) -> bool:
        """Whether a widget stands in place of a block."""
        return self._hosted.get(widget) is block

    def place_of(self, widget: Widget) -> Region:
        """Return where a widget stands that a block was given up for."""
        block = self._hosted.get(widget)
        if block is None:
            return Region()
        width, view = self._room(), self.scrollable_content_region.size
        inner = max(width - widget.gutter.width, 1)
        height = widget.get_content_height(view, view, inner) + widget.gutter.height
        # Not in the middle of a layout.
        self.call_later(self._reserve, block, height)
        return Region(_MARGIN, self.document.span(block)[0], width, height)

    def _reserve(self, block: Block, rows: int | None) -> None:
        """Leave rows free for a widget; the one that is gone meanwhile needs none."""
        if rows is not None and block not in self._hosted.values():
            return
        anchor = self.document.at(self.top)
        if self.document.reserve(block, rows):
            self._strips.pop(block, None)
            self._keep(anchor)
            self.move_children()
            self.refresh()

    def show_row(self, block: Block, row: int) -> None:
        """Bring one row of a block into view, and scroll no further than that needs."""
        there = self.document.span(block)[0] + row
        if there < self.top:
            self.scroll_to_row(there)
        elif there >= self.top + self.rows_in_view:
            self.scroll_to_row(there - self.rows_in_view + 1)

    def block_in_view(self, block: Block) -> bool:
        """Whether any row of a block is in view."""
        first, count = self.document.span(block)
        return first < self.top + self.rows_in_view and first + count > self.top

    def scroll_to_block(self, block: Block, *, top: bool = False) -> None:
        """Bring a block into view: its first row to the top, or no further than is needed."""
        # Laying it out may move what is above it.
        self.document.settle(self.document.at(self.document.span(block)[0]), self.rows_in_view)
        self._tell_height()
        first, count = self.document.span(block)
        room = self.rows_in_view
        if not top and first >= self.top and first + count <= self.top + room:
            return
        if top or first < self.top or count >= room:
            self.scroll_to_row(first)
        else:
            self.scroll_to_row(first + count - room)

    def on_resize(self) -> None:
        """Lay out for another width."""
        if self._room() != self._width_known:
            anchor = self.document.at(self.top)
            if self._room() != self.document.width:
                self.document.fit(self._room())
                self._strips.clear()
            self._lay_out(anchor)
        else:
            self._keep(self.document.at(self.top))
        self.resized()

    def resized(self) -> None:
        """Hear that the page has another size, and is laid out for it."""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Lay out what comes into view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) == round(new_value):
            return
        self._keep(self.document.at(self.top))
        if not self._placing:
            self.reader_scrolled()

    def reader_scrolled(self) -> None:
        """Hear that a person scrolled, by the wheel, the scroll bar or a key of Textual's."""

    def render_line(self, y: int) -> Strip:
        """Return one row of what is in view."""
        strip = self._line(y)
        self._on_screen[y] = strip
        return strip

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that was selected with the mouse."""
        start = selection.start or Offset(0, 0)
        end = selection.end or Offset(0, self.document.height)
        lines = []
        for y in range(start.y, min(end.y + 1, self.document.height)):
            found = self.document.row(y)
            lines.append("" if found is None else " " * _MARGIN + found[0].text_of(found[2]))
        within = Selection(Offset(start.x, 0), Offset(end.x, end.y - start.y))
        return within.extract("\n".join(lines)), "\n"

    def _room(self) -> int:
        """Return the width that blocks have."""
        return max(self.scrollable_content_region.width - _MARGIN, 0)

    def _lay_out(self, anchor: Anchor) -> None:
        """Lay out what is in view at once, and the rest by and by."""
        self._width_known = self.document.width
        self.document.settle(anchor, self.rows_in_view)
        more = self.document.measure_some(_AT_ONCE)
        self._tell_height()
        self.scroll_to_row(self.document.row_of(anchor))
        self.refresh()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_PAUSE, self._lay_out_more) if more else None

    def _lay_out_more(self) -> None:
        anchor = self.document.at(self.top)
        more = self.document.measure_some(_SLICE)
        self._slices += 1
        moved = self.document.row_of(anchor) != self.top
        if moved or not more or self._slices % _SLICES == 0:
            self._keep(anchor)
        self._timer = self.set_timer(_PAUSE, self._lay_out_more) if more else None

    def _keep(self, anchor: Anchor, at_end: bool = True) -> None:
        """Lay out what is in view, and leave a place, or the end if `at_end`, where it is."""
        at_end = at_end and 0 < self.top >= self.max_scroll_y
        self.document.settle(anchor, self.rows_in_view)
        if not self._tell_height() and self.document.row_of(anchor) == self.top:
            return
        there = self.max_scroll_y if at_end else self.document.row_of(anchor)
        if there != self.top:
            self.scroll_to_row(there)

    def scroll_to_row(self, row: int) -> None:
        """Scroll to a row at once, also while Textual is on its way to another."""
        before, self._placing = self._placing, True
        self.scroll_y = self.scroll_target_y = max(0, min(row, self.max_scroll_y))
        self._placing = before

    def _tell_height(self) -> bool:
        size = Size(self.document.width + _MARGIN, self.document.height)
        if size == self.virtual_size:
            return False
        self.virtual_size = size
        self.move_children()
        return True

    def _repaint(self) -> None:
        """Send the cells of the rows in view that have changed, and no others."""
        regions = []
        for y in range(self.rows_in_view):
            before, strip = self._on_screen.get(y), self._line(y)
            span = (0, strip.cell_length) if before is None else changed_span(before, strip)
            if span is not None:
                regions.append(Region(span[0], y, span[1], 1))
        if regions:
            self.refresh(*regions)

    def _line(self, y: int) -> Strip:
        look = (self.app.theme, self.visual_style, self.size.width)
        if look != self._look:
            self._strips.clear()
            self._look = look
        row, width = self.top + y, self.size.width
        found = self.document.row(row)
        if found is None:
            return Strip.blank(width, self.rich_style)
        block, number, content = found
        selection = self.text_selection
        span = selection.get_span(row) if selection is not None else None
        if span is not None:
            return self._strip(block, content, width, span).apply_offsets(0, row)
        strips = self._strips.setdefault(block, {})
        if number not in strips:
            strips[number] = self._strip(block, content, width)
        return strips[number].apply_offsets(0, row)

    def _strip(
        self, block: Block, row: Row, width: int, selected: tuple[int, int] | None = None
    ) -> Strip:
        parse = self.app.stylesheet.parse_style
        page = self.visual_style
        ground = page + parse(row.ground) if row.ground else page
        segments = [Segment(" " * (_MARGIN + row.indent), page.rich_style)]
        bar = row.bar or (block.bar if row.ground else "")
        if bar:
            segments.append(Segment(glyphs().bar, (ground + parse(bar)).rich_style))
            segments.append(Segment(" ", ground.rich_style))
        if isinstance(row.content, Content):
            for text, style in row.content.render(ground, end="", parse_style=parse):
                segments.append(Segment(text, style.rich_style))
        else:
            segments += drawing_segments(row.content, ground.rich_style)
        strip = Strip(segments).adjust_cell_length(width, ground.rich_style)
        marked = self.screen.get_component_rich_style("screen--selection") if selected else None
        return strip if selected is None else with_selection(strip, selected, marked)
