"""The cells of a picture, and what is drawn in them one over another.

A picture is a grid of cells, row 0 at the bottom. A cell has one colour. Where lines share a cell,
their dots are merged, and cells along the way take the colour of each in turn: so none is hidden,
also where curves coincide.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tflab.charts.plot import DOTS, Glyphs

Mask = NDArray[np.bool_]

_BRAILLE = 0x2800
# Every other dot of a braille cell, as on a chessboard.
_CHESS = 0x2800 | 0x01 | 0x20 | 0x04 | 0x80
MARK_EVERY = 20
"""Columns from one mark of a solid line to the next; each line has columns of its own."""
PERIOD = 5
"""Cells after which a line pattern repeats. Prime, so that no slope hides a line altogether."""


class Cells:
    """The cells of a picture: one character and one ink number each. Later layers cover earlier.

    Attributes:
        columns, rows: Size in cells.
        dots_x, dots_y: Dots a cell, across and up.
        glyphs: Code points, 0 where blank; shape (rows, columns).
        inks: Ink numbers, the caller's own; same shape.
    """

    def __init__(self, columns: int, rows: int, unicode: bool) -> None:
        self.columns, self.rows, self.unicode = columns, rows, unicode
        self.dots_x, self.dots_y = DOTS[unicode]
        self.glyphs = np.zeros((rows, columns), dtype=np.uint32)
        self.inks = np.zeros((rows, columns), dtype=np.uint8)
        # How many lines cover each cell, since something else did.
        self._lines = np.zeros((rows, columns), dtype=np.uint8)

    @property
    def width(self) -> int:
        """Dots from left to right."""
        return self.columns * self.dots_x

    @property
    def height(self) -> int:
        """Dots from bottom to top."""
        return self.rows * self.dots_y

    def put(self, where: Mask, glyphs: Glyphs | int, ink: int) -> None:
        """Draw `glyphs` in the cells of `where`."""
        self.glyphs[where] = glyphs[where] if isinstance(glyphs, np.ndarray) else glyphs
        self.inks[where] = ink
        self._lines[where] = 0

    def put_lines(self, lines: Sequence[tuple[Glyphs, LineStyle, int]], patterned: bool) -> None:
        """Draw lines, merged with each other and with the lines beneath them.

        Args:
            lines: Of each its characters from `plot.draw_path`, its style, and its ink number.
            patterned: True where colour cannot tell them from others: they have gaps then.
        """
        for line, style, ink in lines:
            self._put_line(line, style, ink, patterned)
        if self.unicode and not patterned:
            for line, style, ink in lines:
                self._mark_line(line, style, ink)

    def _put_line(self, line: Glyphs, style: LineStyle, ink: int, patterned: bool) -> None:
        columns, rows = np.arange(self.columns), np.arange(self.rows)
        shown = line > 0
        # The factor 2 keeps a pattern visible on upright and on slanted stretches too.
        phase = (columns[None, :] + 2 * rows[:, None]) % PERIOD
        if patterned:
            shown &= style.on[phase]
        self._lines[shown] += 1
        shared = shown & (self._lines > 1)
        # Of k lines each gets a k-th of the cells: the newest takes every k-th from the others.
        turn = (columns[None, :] // 2 + rows[:, None]) % np.maximum(self._lines, 1)
        mine = shown & (turn == np.maximum(self._lines, 1) - 1)
        if self.unicode:
            self.glyphs[shared] |= line[shared]
            alone = shown & ~shared
            self.glyphs[alone] = line[alone]
        else:
            self.glyphs[mine] = ord(style.letter)
        self.inks[mine] = ink
        if patterned and self.unicode and style.marker:
            self.glyphs[(line > 0) & (phase == 0)] = ord(style.marker)

    def _mark_line(self, line: Glyphs, style: LineStyle, ink: int) -> None:
        """Put the mark of a solid line on it here and there."""
        if not style.solid_mark:
            return
        across = np.arange(style.number * 3 % MARK_EVERY, self.columns, MARK_EVERY)
        across = across[(line[:, across] > 0).any(axis=0)]
        up = (line[:, across] > 0).argmax(axis=0)
        self.glyphs[up, across], self.inks[up, across] = ord(style.solid_mark), ink

    def put_faint(self, line: Glyphs, ink: int, sparse: bool) -> None:
        """Draw a line that must not be taken for a main one.

        Args:
            line: Its characters, 0 where it is not.
            ink: Its ink number.
            sparse: True where colour cannot tell it from a main one: it has half the dots then.
        """
        if not self.unicode:
            line = np.where(line > 0, np.uint32(ord(".")), np.uint32(0))
        elif sparse:
            line = line & np.uint32(_CHESS)
            line = np.where(line == _BRAILLE, np.uint32(0), line)
        self.put(line > 0, line, ink)


class LineStyle:
    """How a line is told from others by more than its colour.

    In ASCII by its letter. In Unicode without colour by gaps and marks. With colour, lines are
    solid, so that none looks as if data were missing, and all but the first bear a letter here and
    there.
    """

    def __init__(self, number: int, phases: Sequence[int], letter: str, marker: str = "") -> None:
        self.number = number
        self.on = np.isin(np.arange(PERIOD), phases)
        self.letter, self.marker = letter, marker
        self.solid_mark = letter if number else ""

    def sample(self, unicode: bool, patterned: bool) -> str:
        """Return one period of the line, to be shown in a legend."""
        glyph = "⠒" if unicode else self.letter
        if not patterned:
            return glyph * 2 + (self.solid_mark or glyph) + glyph * 2
        cells = [glyph if on else " " for on in self.on]
        if unicode and self.marker:
            cells[0] = self.marker
        return "".join(cells)


LINE_STYLES = (
    LineStyle(0, (0, 1, 2, 3, 4), "*"),
    LineStyle(1, (0, 1, 4), "+"),
    LineStyle(2, (1, 3), "o"),
    LineStyle(3, (0, 1, 3), "x"),
    LineStyle(4, (1, 2, 3), "#", marker="x"),
    LineStyle(5, (2,), "@", marker="+"),
)


def line_style(number: int) -> LineStyle:
    """Return the line style of a series; numbers beyond the last start over."""
    return LINE_STYLES[number % len(LINE_STYLES)]


def faint_sample(unicode: bool) -> str:
    """Return what `Cells.put_faint` gives, to be shown in a legend."""
    return "⠂" * PERIOD if unicode else "." * PERIOD
