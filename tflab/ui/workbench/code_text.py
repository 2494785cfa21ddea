"""Code laid out for a pane: a line that is too long goes on below, further in.

Nothing in it is hidden: characters that a terminal would obey, or that show nothing, have a mark.
Only a line that nobody would read to its end is cut, and says so.
"""

from __future__ import annotations

import re

from rich.cells import cell_len
from textual.content import Content

from tflab.runs.text import shorten, visible
from tflab.ui.terminal.glyphs import glyphs

_HANG = 4
_CONTINUES = 2
"""Cells of the mark before a row that goes on with the one above."""
_LEAST = 8
_LOOK = 80
"""Characters behind a full row that say whether a token ends with it."""
_CLOSING = ",;:)]}"
_TOKEN = re.compile(r"\d[\d_.]*(?:[eE][+-]?\d+)?\w*|[\w.]+|[-+*/%@<>=!&|]+|\s+|.")
_TAB = 8
_LONGEST = 2_000
_COLOURED = 200_000
"""Characters of a cell that is shown in colours; the colouring of more takes a second."""


class CodeText:
    """The source of a cell, ready to be laid out.

    Args:
        source: The code.
        whole: Whether not even the longest line may be cut, as while one is asked to trust it.
    """

    def __init__(self, source: str, whole: bool = False) -> None:
        self.plain = visible(source.rstrip()).expandtabs(_TAB)
        if not whole:
            lines = self.plain.split("\n")
            if any(len(line) > _LONGEST for line in lines):
                mark = glyphs().ellipsis
                self.plain = "\n".join(shorten(line, _LONGEST, mark) for line in lines)

    def height(self, width: int) -> int:
        """Return how many rows the code takes."""
        if width < _LEAST:
            return self.plain.count("\n") + 1
        return sum(
            1 if len(line) * 2 <= width else len(_pieces(line, width))
            for line in self.plain.split("\n")
        )

    def rows_with_text(self, width: int, most: int) -> int:
        """Return how many of the first rows, up to `most`, there are to the last that has text."""
        rows = found = 0
        for line in self.plain.split("\n"):
            rows += 1 if width < _LEAST else len(_pieces(line, width))
            if line.strip():
                found = min(rows, most)
            if rows >= most:
                break
        return found

    def rows(self, width: int, plain: bool = False) -> list[Content]:
        """Return the code in colours, or `plain`, in rows of at most `width` cells."""
        return wrap_code(Content(self.plain) if plain else self._coloured(), width)

    def _coloured(self) -> Content:
        if len(self.plain) > _COLOURED:
            return Content(self.plain)
        from textual.highlight import highlight

        from tflab.ui.workbench.code_theme import CodeTheme

        return highlight(self.plain, language="python", theme=CodeTheme)


def wrap_code(code: Content, width: int) -> list[Content]:
    """Return `code` in rows of at most `width` cells.

    What does not fit goes on in rows that start four cells to the right of their first one, so
    that indentation still says what belongs together, with a mark before the rest. Lines break at
    spaces where they can, else between tokens.
    """
    lines = code.split("\n", allow_blank=True)
    if width < _LEAST:
        return list(lines)
    rows: list[Content] = []
    for line in lines:
        pieces = _pieces(line.plain, width)
        if len(pieces) == 1:
            rows.append(line)
            continue
        for start, end, hang in pieces:
            part = line[start:end].rstrip()
            rows.append(_continued(hang) + part if hang else part)
    return rows


def _continued(hang: int) -> Content:
    """Return what stands before a row that goes on with the one above."""
    if hang < _CONTINUES:
        return Content(" " * hang)
    before = " " * (hang - _CONTINUES)
    return Content.assemble(before, (f"{glyphs().continues} ", "$text-quiet"))


def _pieces(line: str, width: int) -> list[tuple[int, int, int]]:
    """Return where each row of a line starts and ends, and how far it is moved to the right."""
    if cell_len(line) <= width:
        return [(0, len(line), 0)]
    indent = len(line) - len(line.lstrip(" "))
    hang = min(indent + _HANG, width - _LEAST)
    pieces: list[tuple[int, int, int]] = []
    first, room = 0, width
    while first < len(line):
        full = _full(line, first, room)
        end = full
        if full < len(line):
            end = _end(line, first, max(first, indent if not pieces else first) + 1, full)
        pieces.append((first, end, hang if pieces else 0))
        first = end + len(line[end : end + width]) - len(line[end : end + width].lstrip(" "))
        room = width - hang
    return pieces


def _end(line: str, first: int, least: int, full: int) -> int:
    """Return where the row from `first` to `full` at most ends.

    That is at a space; else, or where that would leave most of the row empty, between two tokens,
    so that no name and no number is torn; else where the row is full.
    """
    near = max(first + (full - first) // 3, least)
    space = line.rfind(" ", least, full + 1)
    if space >= near:
        return space
    starts = [first + token.start() for token in _TOKEN.finditer(line[first : full + _LOOK])]
    ends = [at for at in starts if near <= at <= full and line[at] not in _CLOSING]
    if ends:
        return ends[-1]
    return space if space > 0 else full


def _full(line: str, first: int, room: int) -> int:
    """Return where a row that starts at `first` is full."""
    end = first + room
    taken = line[first:end]
    if taken.isascii():
        return min(end, len(line))
    cells = 0
    for place, char in enumerate(taken, start=first):
        cells += cell_len(char)
        if cells > room:
            return max(place, first + 1)
    return min(end, len(line))
