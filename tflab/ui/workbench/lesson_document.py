"""A lesson as rows of a long page: which block stands where, and how high each is.

Only what is near the view is laid out at once. The rest has a height that is guessed, until there
is time to lay it out, or somebody goes there.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from textual.content import Content

from tflab.charts.drawing import Run

_KEPT = 300
"""Blocks whose rows are kept; those of the others are laid out again when they come into view."""


class Row(NamedTuple):
    """One row of the page.

    Attributes:
        content: Text, or cells of a drawing.
        indent: Cells that are left free before it.
        bar: Style of the bar at its left; empty for none.
        ground: Style of the row from its bar to the right edge; empty for the page's.
    """

    content: Content | tuple[Run, ...]
    indent: int = 0
    bar: str = ""
    ground: str = ""

    @property
    def text(self) -> str:
        """What stands in the row."""
        if isinstance(self.content, Content):
            return self.content.plain
        return "".join(run.text for run in self.content)


class Block:
    """A piece of the lesson that is laid out as one: prose, code, or what a cell gave.

    Attributes:
        cell: Index of the code cell that it belongs to; None for prose.
        bar: Style of the bar before rows that name none.
        together: Whether it is read as a whole, and so not cut by the end of a page that has room
            for it.
        asks: Whether the reader has to decide something here before reading on.
        away: Whether it takes no rows for now: it stands behind what asks.
    """

    cell: int | None = None
    bar = ""
    together = False
    asks = False
    away = False

    def height(self, width: int) -> int:
        """Return how many rows it takes; cheaper than laying it out, where that can be."""
        return len(self.rows(width))

    def guess(self, width: int) -> int:
        """Return about how many rows it takes, at no cost."""
        return self.height(width)

    def rows(self, width: int) -> Sequence[Row]:
        """Return its rows, laid out for `width` cells."""
        raise NotImplementedError

    def text_of(self, row: Row) -> str:
        """Return one of its rows as text, as far in as it stands."""
        bar = "  " if row.bar or (self.bar and row.ground) else ""
        return " " * row.indent + bar + row.text

    def wholes(self, width: int) -> Sequence[tuple[int, int]]:
        """Return the first row, and the number of rows, of each part that is read as a whole."""
        del width
        return ()


class Anchor(NamedTuple):
    """A place that stays where it is while rows above it come and go."""

    block: int
    row: int


class Document:
    """The blocks, one below the other, at a certain width."""

    def __init__(self, blocks: Iterable[Block] = (), width: int = 0) -> None:
        self.blocks = list(blocks)
        self.width = width
        self._heights: list[int] = []
        self._measured: list[bool] = []
        self._first_guess = 0
        self._tops: list[int] | None = None
        self._places: dict[Block, int] = {}
        self._rows: OrderedDict[Block, Sequence[Row]] = OrderedDict()
        self._reserved: dict[Block, int] = {}
        self.fit(width)

    def fit(self, width: int) -> None:
        """Lay everything out for another width, when there is need."""
        self.width = width
        self._heights = [0 if b.away else b.guess(width) for b in self.blocks] if width else []
        self._measured = [False] * len(self._heights)
        self._places = {block: place for place, block in enumerate(self.blocks)}
        self._first_guess, self._tops = 0, None
        self._rows.clear()

    @property
    def tops(self) -> list[int]:
        """The first row of each block, and last the number of rows of all."""
        if self._tops is None:
            self._tops = list(accumulate(self._heights, initial=0))
        return self._tops

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.tops[-1]

    def place(self, block: Block) -> int:
        """Return which block it is."""
        return self._places[block]

    def span(self, block: Block) -> tuple[int, int]:
        """Return the first row of a block, and how many it has; both are exact."""
        if not self._heights:
            return 0, 0
        place = self._places[block]
        self._measure(place)
        return self.tops[place], self._heights[place]

    def at(self, row: int) -> Anchor:
        """Return which block a row is of; rows outside belong to the first or the last."""
        if not self._heights:
            return Anchor(0, 0)
        place = bisect_right(self.tops, row, hi=len(self._heights)) - 1
        # Empty blocks begin where the next one begins.
        place = max(0, min(place, len(self._heights) - 1))
        return Anchor(place, max(0, row - self.tops[place]))

    def row_of(self, anchor: Anchor) -> int:
        """Return where a place is now."""
        if not self._heights:
            return 0
        place = min(anchor.block, len(self._heights) - 1)
        return self.tops[place] + min(anchor.row, max(0, self._heights[place] - 1))

    def row(self, index: int) -> tuple[Block, int, Row] | None:
        """Return a row with its block and its number there; None below the last."""
        if not 0 <= index < self.height:
            return None
        place, number = self.at(index)
        block = self.blocks[place]
        rows = self._laid_out(block)
        return (block, number, rows[number]) if number < len(rows) else None

    def recoloured(self) -> None:
        """Lay out anew what is in view next: the rows are the same but for their colours."""
        self._rows.clear()

    def changed(self, block: Block) -> None:
        """Lay a block out anew that shows something else now."""
        place = self._places.get(block)
        self._rows.pop(block, None)
        if place is not None and self._heights:
            self._measured[place] = False
            self._measure(place)

    def reserve(self, block: Block, rows: int | None) -> bool:
        """Leave so many rows free in place of a block's own, or show those again with None.

        Returns:
            Whether that is new.
        """
        if rows == self._reserved.get(block):
            return False
        if rows is None:
            del self._reserved[block]
        else:
            self._reserved[block] = rows
        self.changed(block)
        return True

    def settle(self, anchor: Anchor, height: int) -> None:
        """Lay out what the rows from a place on show, and a page before and behind."""
        if not self._heights:
            return
        place, rows = min(anchor.block, len(self._heights) - 1), -anchor.row
        while place < len(self._heights) and rows < 2 * height:
            self._measure(place)
            rows += self._heights[place]
            place += 1
        place, rows = min(anchor.block, len(self._heights)) - 1, 0
        while place >= 0 and rows < height:
            self._measure(place)
            rows += self._heights[place]
            place -= 1

    def measure_some(self, seconds: float) -> bool:
        """Lay out blocks whose height is guessed, for a while; return whether any are left."""
        end = time.monotonic() + seconds
        while self._first_guess < len(self._heights):
            self._measure(self._first_guess)
            self._first_guess += 1
            if time.monotonic() >= end:
                break
        return self._first_guess < len(self._heights)

    def _measure(self, place: int) -> None:
        if self._measured[place]:
            return
        self._measured[place] = True
        block = self.blocks[place]
        reserved = self._reserved.get(block)
        height = block.height(self.width) if reserved is None else reserved
        height = 0 if block.away else height
        if height != self._heights[place]:
            self._heights[place] = height
            self._tops = None

    def _laid_out(self, block: Block) -> Sequence[Row]:
        rows = self._rows.get(block)
        if rows is None:
            free = self._reserved.get(block)
            rows = block.rows(self.width) if free is None else [Row(Content())] * free
            rows = [] if block.away else rows
            self._rows[block] = rows
            while len(self._rows) > _KEPT:
                self._rows.popitem(last=False)
        return rows
