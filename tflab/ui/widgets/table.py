"""A table that draws only the rows in view, so that ten thousand rows cost what forty do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tflab.charts.text import cell_width, clean, fit, pad
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.widgets.css import beside

_GAP = 2
_EDGE = 1
"""Cells at the left of every row for the edge of the one under the cursor."""


class Column(NamedTuple):
    """A column: its title, its width in cells, and whether it holds numbers."""

    title: str
    width: int
    right: bool = False


class TableCell(NamedTuple):
    """What stands in a cell. `tone` is a tone of the style sheet, or a colour such as `#ffa657`."""

    text: str
    tone: str = ""


class Table(ScrollView, can_focus=True):
    """Rows under a head that stays. The caller makes the cells of a row when it comes into view."""

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    TONES = ("good", "bad", "warn", "busy", "quiet", "mark")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--head",
        "table--sorted",
        "table--cursor",
        "table--edge",
        *(f"table--{tone}" for tone in TONES),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor(-1)", "Up", show=False),
        Binding("down", "cursor(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("left", "scroll_left", "Left", show=False),
        Binding("right", "scroll_right", "Right", show=False),
        Binding("home", "cursor(-1_000_000_000)", "First", show=False),
        Binding("end", "cursor(1_000_000_000)", "Last", show=False),
    ]

    class HeadClicked(Message):
        """The head of a column was clicked."""

        def __init__(self, column: int) -> None:
            super().__init__()
            self.column = column

    class Moved(Message):
        """The cursor stands on another row."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor = 0
        self.count = 0
        self._columns: Sequence[Column] = ()
        self._sorted: tuple[int, bool] | None = None
        self._cells: Callable[[int], Sequence[TableCell]] = lambda _: ()
        self._drawn: dict[int, tuple[TableCell, ...]] = {}

    @property
    def top(self) -> int:
        """The first row in view."""
        return round(self.scroll_y)

    @property
    def cursor_in_view(self) -> bool:
        """Whether the row under the cursor is on the screen."""
        return self.top <= self.cursor < self.top + self._room

    @property
    def _room(self) -> int:
        return max(1, self.scrollable_content_region.height - 1)

    def show_rows(
        self,
        columns: Sequence[Column],
        count: int,
        cells: Callable[[int], Sequence[TableCell]],
        order: tuple[int, bool] | None = None,
    ) -> None:
        """Show `count` rows; `order` is the column they are sorted by, and whether downwards."""
        self._take(columns, count, cells, order)
        self.put_cursor(self.cursor)
        self.refresh()

    def renew_rows(
        self,
        columns: Sequence[Column],
        count: int,
        cells: Callable[[int], Sequence[TableCell]],
        order: tuple[int, bool] | None,
        cursor: int | None,
        still: int | None,
    ) -> None:
        """Show rows that have changed by themselves; what the person looks at stays in its place.

        Columns grow but do not shrink, and only lines that have changed are drawn again.

        Args:
            columns: As for `show_rows`, like the next three.
            count: How many rows there are now.
            cells: Gives the cells of a row.
            order: The column they are sorted by.
            cursor: Where the row under the cursor is now; None when it is gone.
            still: Where the row is now that is to stay on its line: that under the cursor while
                this is in view, or else the first in view. None when it is gone.
        """
        before = self._columns, self.count, self._sorted, self.top, self.cursor
        line = self.cursor - self.top if self.cursor_in_view else 0
        in_view, drawn = self.cursor_in_view, self._drawn
        if [column.title for column in columns] == [column.title for column in self._columns]:
            pairs = zip(columns, self._columns, strict=True)
            columns = [new._replace(width=max(new.width, old.width)) for new, old in pairs]
        self._take(columns, count, cells, order)
        self.cursor = max(0, min(self.cursor if cursor is None else cursor, count - 1))
        if still is not None and self.top > 0:
            self.scroll_to(y=still - line, animate=False, immediate=True)
        if in_view:
            self.put_cursor(self.cursor)
        if before == (columns, count, order, self.top, self.cursor):
            self._drawn = drawn
            self._refresh_changed()
        else:
            self.refresh()

    def _take(
        self,
        columns: Sequence[Column],
        count: int,
        cells: Callable[[int], Sequence[TableCell]],
        order: tuple[int, bool] | None,
    ) -> None:
        self._columns, self.count, self._cells, self._sorted = columns, count, cells, order
        self._drawn = {}
        width = _EDGE + sum(column.width for column in columns) + _GAP * len(columns)
        self.virtual_size = Size(width, count + 1)

    def _refresh_changed(self) -> None:
        for row in range(self.top, min(self.count, self.top + self._room)):
            if tuple(self._cells(row)) != self._drawn.get(row):
                self.refresh(Region(0, row - self.top + 1, self.size.width, 1))

    def put_cursor(self, row: int) -> None:
        """Put the cursor on a row, or on the nearest there is, and bring it into view."""
        before, self.cursor = self.cursor, max(0, min(row, self.count - 1))
        top, room = self.top, self._room
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= top + room:
            self.scroll_to(y=self.cursor - room + 1, animate=False, immediate=True)
        if self.cursor != before:
            if self.top == top:
                lines = [row - top + 1 for row in (before, self.cursor) if 0 <= row - top < room]
                self.refresh(*(Region(0, line, self.size.width, 1) for line in lines))
            else:
                self.refresh()
            self.post_message(self.Moved())

    def action_cursor(self, by: int) -> None:
        """Move the cursor."""
        self.put_cursor(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by what fits on the screen."""
        self.put_cursor(self.cursor + by * max(1, self.scrollable_content_region.height - 2))

    def on_click(self, event: events.Click) -> None:
        """Sort by the column whose head was clicked, or go to the row."""
        if event.y > 0:
            self.put_cursor(self.top + event.y - 1)
            return
        right = _EDGE - round(self.scroll_x)
        for index, column in enumerate(self._columns):
            right += column.width + _GAP
            if event.x < right:
                self.post_message(self.HeadClicked(index))
                return

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self.put_cursor(self.cursor)

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Draw the head again as well when the table is scrolled sideways."""
        super().watch_scroll_x(old_value, new_value)
        self.refresh(Region(0, 0, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Return the head, or one row of the visible part."""
        left, top = self.scroll_offset
        row = top + y - 1
        edge = Segment(" " * _EDGE, self.rich_style)
        if y == 0:
            segments = list(self._head())
            base = self.get_component_rich_style("table--head")
            edge = Segment(" " * _EDGE, base)
        elif row < self.count:
            base = self.rich_style
            if row == self.cursor:
                base = base + self.get_component_rich_style("table--cursor")
                edge = Segment(_bar(), self.get_component_rich_style("table--edge"))
            cells = self._drawn[row] = tuple(self._cells(row))
            segments = [
                Segment(_fill(cell.text, column), base + self._tone(cell.tone))
                for cell, column in zip(cells, self._columns, strict=True)
            ]
        else:
            return Strip.blank(self.size.width, self.rich_style)
        room = max(self.size.width - _EDGE, 0)
        return Strip([edge, *Strip(segments).crop_extend(left, left + room, base)])

    def _head(self) -> Sequence[Segment]:
        found = []
        for index, column in enumerate(self._columns):
            style, title = self.get_component_rich_style("table--head"), column.title
            if self._sorted is not None and self._sorted[0] == index:
                style = self.get_component_rich_style("table--sorted")
                title = f"{title}{_arrow(self._sorted[1])}"
            found.append(Segment(_fill(title, column), style))
        return found

    def _tone(self, tone: str) -> Style:
        if not tone:
            return Style.null()
        if tone.startswith("#"):
            return Style(color=tone)
        found = self.get_component_rich_style(f"table--{tone}", partial=True)
        return Style(color=found.color, bold=found.bold)


def _bar() -> str:
    return "▌" if glyphs().unicode else ">"


def _arrow(downwards: bool) -> str:
    if glyphs().unicode:
        return "↓" if downwards else "↑"
    return "v" if downwards else "^"


def width_of(title: str, texts: Sequence[str], most: int) -> int:
    """Return a width for a column with these texts in it; an arrow fits beside the title."""
    return min(most, max([cell_width(title) + 1, *map(cell_width, texts)]))


def _fill(text: str, column: Column) -> str:
    shown = fit(clean(text, glyphs().unicode), column.width, glyphs().unicode)
    return pad(shown, column.width, column.right) + " " * _GAP
