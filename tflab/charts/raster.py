"""From points to dots, and from dots to characters.

A picture is a grid of cells, row 0 at the bottom. In Unicode a cell holds 2×4 braille dots, in
ASCII one. All work is on whole arrays: plotext takes microseconds for each point it is given, so it
is given finished characters, one for each cell that is not blank.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

_BRAILLE = 0x2800
# Dot numbers of a braille cell as bits, rows from the bottom up, columns from the left.
_BITS = np.array([[0x40, 0x80], [0x04, 0x20], [0x02, 0x10], [0x01, 0x08]], dtype=np.uint32)
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
        self.dots_x, self.dots_y = (2, 4) if unicode else (1, 1)
        self.glyphs = np.zeros((rows, columns), dtype=np.uint32)
        self.inks = np.zeros((rows, columns), dtype=np.uint8)

    @property
    def width(self) -> int:
        """Dots from left to right."""
        return self.columns * self.dots_x

    @property
    def height(self) -> int:
        """Dots from bottom to top."""
        return self.rows * self.dots_y

    def put(self, where: Mask, glyphs: NDArray[np.uint32] | int, ink: int) -> None:
        """Draw `glyphs` in the cells of `where`."""
        self.glyphs[where] = glyphs[where] if isinstance(glyphs, np.ndarray) else glyphs
        self.inks[where] = ink

    def put_line(self, dots: Mask, style: LineStyle, ink: int) -> None:
        """Draw the line that covers `dots`, shape (height, width), in the pattern of `style`."""
        glyphs = self._glyphs_of(dots, style)
        columns, rows = np.arange(self.columns), np.arange(self.rows)
        # The factor 2 keeps a pattern visible on upright and on slanted stretches too.
        phase = (columns[None, :] + 2 * rows[:, None]) % PERIOD
        shown = (glyphs > 0) & style.on[phase]
        self.put(shown, glyphs, ink)
        if self.unicode and style.marker:
            self.put((glyphs > 0) & (phase == 0), ord(style.marker), ink)

    def faint(self, dots: Mask, sparse: bool) -> NDArray[np.uint32]:
        """Return the glyphs of a line that must not be taken for a main one, 0 where it is not.

        Args:
            dots: What the line covers, shape (height, width).
            sparse: True where colour cannot tell it from a main one.
        """
        if not self.unicode:
            return np.where(dots, np.uint32(ord(".")), np.uint32(0))
        if sparse:
            height, width = np.indices(dots.shape)
            dots = dots & ((height + width) % 2 == 0)
        return self._braille(dots)

    def _glyphs_of(self, dots: Mask, style: LineStyle) -> NDArray[np.uint32]:
        if self.unicode:
            return self._braille(dots)
        return np.where(dots, np.uint32(ord(style.letter)), np.uint32(0))

    def _braille(self, dots: Mask) -> NDArray[np.uint32]:
        blocks = dots.reshape(self.rows, self.dots_y, self.columns, self.dots_x)
        codes = np.einsum("rycx,yx->rc", blocks, _BITS).astype(np.uint32)
        return np.where(codes > 0, codes + _BRAILLE, 0).astype(np.uint32)


class LineStyle:
    """How a line is told from others without colour: gaps, a mark, a letter in ASCII."""

    def __init__(self, phases: Sequence[int], letter: str, marker: str = "") -> None:
        self.on = np.isin(np.arange(PERIOD), phases)
        self.letter, self.marker = letter, marker

    def sample(self, unicode: bool) -> str:
        """Return one period of the line, to be shown in a legend."""
        glyph = "⠒" if unicode else self.letter
        cells = [glyph if on else " " for on in self.on]
        if unicode and self.marker:
            cells[0] = self.marker
        return "".join(cells)


LINE_STYLES = (
    LineStyle((0, 1, 2, 3, 4), "*"),
    LineStyle((0, 1, 4), "+"),
    LineStyle((1, 3), "o"),
    LineStyle((0, 1, 3), "x"),
    LineStyle((1, 2, 3), "#", marker="x"),
    LineStyle((2,), "@", marker="+"),
)


def line_style(number: int) -> LineStyle:
    """Return the line style of a series; numbers beyond the last start over."""
    return LINE_STYLES[number % len(LINE_STYLES)]


def faint_sample(unicode: bool) -> str:
    """Return what `Cells.faint` gives, to be shown in a legend."""
    return "⠂" * PERIOD if unicode else "." * PERIOD
