"""A page that is read: one key goes on through all of it, and the cursor is where one reads."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from tflab.programs.program import Cell
from tflab.ui.workbench.code_cell import CodeBlock
from tflab.ui.workbench.document_view import DocumentView
from tflab.ui.workbench.lesson_document import Anchor, Block
from tflab.ui.workbench.reading import (
    Span,
    Window,
    blocks_from,
    page_above,
    page_below,
    top_to_show,
)

_NEAR_END = 2
"""Rows between the mark of a tall cell and the end of the view where its rest is not yet seen."""


class ReadingView(DocumentView):
    """Shows blocks, of which some are code cells. A cursor stands on one of those.

    However a person moves, the cursor is on a cell in view, where there is one.

    Attributes:
        following: Whether the view goes where a run is at work; not any more once a person moves.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.following = False
        self.code: Sequence[CodeBlock] = ()
        self._cursor = 0
        self._places: dict[int | None, int] = {}
        self._shown_first: CodeBlock | None = None

    @property
    def current(self) -> Cell | None:
        """The code cell under the cursor, or None on a page without code."""
        return self.code[self._cursor].source if self.code else None

    @property
    def cursor(self) -> int:
        """Place of the cursor among the code cells."""
        return self._cursor

    @property
    def window(self) -> Window:
        """The rows in view."""
        return Window(self.top, self.rows_in_view)

    @property
    def at_end(self) -> bool:
        """Whether the last row is in view."""
        return self.window.bottom >= self.document.height

    def show_code(self, code: Sequence[CodeBlock], cursor: int) -> None:
        """Take other code cells, before their blocks are shown, and put the cursor on one."""
        self.code, self._cursor = code, max(0, min(cursor, len(code) - 1))
        self._places = {block.cell: number for number, block in enumerate(code)}
        for number, block in enumerate(code):
            block.cursor = number == self._cursor

    def put_cursor(self, cursor: int) -> None:
        """Put the cursor on a code cell and show it, to go on where one left off."""
        if 0 < cursor < len(self.code):
            self.move_cursor(cursor)
            if self.document.width:
                self.call_after_refresh(self.scroll_to_block, self.code[cursor], top=True)
            else:
                self._shown_first = self.code[cursor]

    def render_line(self, y: int) -> Strip:
        """Return one row; the first painting, which a person waits for, has what is to be read."""
        if not self.document.width and self._shown_first is None:
            # It comes before the news of the size.
            self.document.fit(self._room())
            self.document.settle(Anchor(0, 0), self.rows_in_view)
        return super().render_line(y)

    def all_recoloured(self) -> None:
        """Draw every block again; their rows are the same but for their colours."""
        self._strips.clear()
        self.document.recoloured()
        self._repaint()

    def resized(self) -> None:
        """Show the cell where one left off as soon as there is room for it."""
        block, self._shown_first = self._shown_first, None
        if block is not None and block in self.code and self.document.width:
            self.scroll_to_block(block, top=True)

    def move_cursor(self, cursor: int) -> None:
        """Put the cursor on a code cell, and scroll nowhere."""
        before, after = self.code[self._cursor], self.code[cursor]
        self._cursor = cursor
        before.cursor, after.cursor = False, True
        self.block_recoloured(before, after)

    def read_on(self) -> bool:
        """Go on by a page, or show the rest of a tall cell; return whether there was more."""
        tall = self._tall_cell()
        if tall is None and self.at_end:
            return False
        there = page_below(self.document, self.window)
        if tall is not None:
            block, mark = tall
            block.unfold()
            self.block_changed(block)
            self.following = False
            self.move_cursor(self._places[block.cell])
            if mark < self.window.bottom - _NEAR_END:
                return True
            # What stands where the mark stood was not seen yet.
            there = max(mark - 1, self.top)
        self.scroll_to_row(there)
        self.reader_moved()
        return True

    def read_back(self) -> None:
        """Go back by a page."""
        self.scroll_to_row(page_above(self.document, self.window))
        self.reader_moved()

    def next_cell(self) -> bool:
        """Go to the next code cell, or read on where it is further; False at the end."""
        following = self._cursor + 1
        if following < len(self.code):
            first, _ = self.document.span(self.code[following])
            if first <= self.window.bottom:
                self._go_to_cell(following)
                return True
        return self.read_on()

    def previous_cell(self) -> None:
        """Go to the code cell before, or read back where it is further."""
        if not self.code:
            self.read_back()
            return
        before = max(self._cursor - 1, 0)
        first, _ = self.document.span(self.code[before])
        if first >= self.window.top - self.window.rows:
            self._go_to_cell(before)
        else:
            self.read_back()

    def reader_moved(self) -> None:
        """Stay where the person went, and take the cursor along."""
        self.following = False
        self.take_cursor_along()

    def take_cursor_along(self) -> None:
        """Put the cursor on a cell in view."""
        if not self.code:
            return
        seen = self._cells_in_view()
        if self._cursor not in seen:
            self.move_cursor(seen[0] if seen else self._cell_above())

    def reader_scrolled(self) -> None:
        """Hear that a person scrolled."""
        self.reader_moved()

    def show_below(self, code: CodeBlock, block: Block, rows: tuple[int, int]) -> None:
        """Scroll no further than rows of a block need to be seen, with the code above if it fits.

        Args:
            code: The cell.
            block: What stands below it.
            rows: The first row of the block that is to be seen, and how many.
        """
        top, _ = self.document.span(code)
        below, _ = self.document.span(block)
        needed = Span(below + rows[0], rows[1])
        liked = Span(top, needed.end - top)
        self.scroll_to_row(top_to_show(self.window, needed, liked))
        self.take_cursor_along()

    def _go_to_cell(self, cursor: int) -> None:
        self.scroll_to_block(self.code[cursor], top=True)
        self.reader_moved()
        self.move_cursor(cursor)

    def _tall_cell(self) -> tuple[CodeBlock, int] | None:
        """Return the first cell in view that is not shown to its end, and the row that says so."""
        for block, first, count in blocks_from(self.document, self.top):
            if first >= self.window.bottom:
                return None
            mark = first + count - 1
            if isinstance(block, CodeBlock) and block.hidden_rows(self.document.width):
                return (block, mark) if mark < self.window.bottom else None
        return None

    def _cells_in_view(self) -> list[int]:
        """Return the code cells that have a row in view; else the one whose output has."""
        code: list[int] = []
        others: list[int] = []
        for block, first, count in blocks_from(self.document, self.top):
            if first >= self.window.bottom:
                break
            place = self._places.get(block.cell)
            if count and place is not None:
                (code if isinstance(block, CodeBlock) else others).append(place)
        return code or others

    def _cell_above(self) -> int:
        """Return the last code cell above the view; the first one where there is none."""
        for place in range(self.document.at(self.top).block, -1, -1):
            found = self._places.get(self.document.blocks[place].cell)
            if found is not None:
                return found
        return 0
