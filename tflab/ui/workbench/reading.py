"""Where the page goes when a person reads on or back: what is between is never passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tflab.ui.workbench.lesson_document import Block, Document

_OVERLAP = 2
"""Rows of which the last one with text stays in sight, so that the eye finds its place."""


class Window(NamedTuple):
    """The rows in view: the first one, and how many there is room for."""

    top: int
    rows: int

    @property
    def bottom(self) -> int:
        """The first row below the view."""
        return self.top + self.rows


def page_below(document: Document, window: Window) -> int:
    """Return the row that is to be the first when one reads on.

    The last line in view stays in sight. A cell, an output, a picture or a question that would be
    cut is shown from its first row, where all of it fits, and nothing comes into view behind a
    block that asks.
    At the end of the page it is the row that is first already.
    """
    if window.bottom >= document.height or window.rows < 1:
        return window.top
    document.settle(document.at(window.bottom), window.rows)
    there = max(_last_read(document, window), window.top + 1)
    place, row = document.at(window.bottom)
    start, height = window.bottom - row, document.span(document.blocks[place])[1]
    together = document.blocks[place].together and row and height <= window.rows
    if together and start >= window.top + window.rows // 3:
        there = min(there, start)
    for first, count in document.blocks[place].wholes(document.width) if row else ():
        cut = first < row < first + count and count <= window.rows
        if cut and start + first > window.top:
            there = min(there, start + first)
    for _block, first, count in blocks_from(document, window.bottom):
        if first >= there + window.rows:
            break
        if _block.asks and first + count > window.bottom and count < window.rows:
            return min(there, max(first + count - window.rows, window.top + 1))
    return there


def page_above(document: Document, window: Window) -> int:
    """Return the row that is to be the first when one reads back; the first row stays in sight."""
    document.settle(document.at(max(window.top - window.rows, 0)), window.rows)
    return max(window.top - max(window.rows - 1, 1), 0)


def blocks_from(document: Document, row: int) -> Iterator[tuple[Block, int, int]]:
    """Yield the blocks from that of a row on, each with its first row and how many it has."""
    for place in range(document.at(row).block, len(document.blocks)):
        block = document.blocks[place]
        yield block, *document.span(block)


def _last_read(document: Document, window: Window) -> int:
    """Return the last row in view that has text, if it is one of the last few."""
    for row in range(window.bottom - 1, window.bottom - 1 - min(_OVERLAP, window.rows - 1), -1):
        found = document.row(row)
        if found is not None and found[2].text.strip():
            return row
    return window.bottom - 1


class Span(NamedTuple):
    """Rows of the page that are to be seen together."""

    first: int
    rows: int

    @property
    def end(self) -> int:
        """The row behind the last one."""
        return self.first + self.rows


def top_to_show(window: Window, needed: Span, liked: Span) -> int:
    """Return the first row of a view in which rows are seen, and those above them as far as fits.

    Nothing moves while all that is `needed` is in view already, and all that is `liked` or as much
    of it as there is room for.

    Args:
        window: The view now.
        needed: What must be seen; where it does not fit, its beginning.
        liked: What includes it, and should be seen as well.
    """
    whole = liked if liked.rows <= window.rows else needed
    if whole.first >= window.top and whole.end <= window.bottom:
        return window.top
    if whole.first < window.top or whole.rows >= window.rows:
        return whole.first
    return whole.end - window.rows
