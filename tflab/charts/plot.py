"""What plotext draws: lines through dots, and axes. Nothing else imports plotext.

plotext offers one figure, which the whole process shares: it is set up and cleared under a lock, so
that threads may draw at the same time and nobody finds a trace of it. What is drawn is kept by its
content, so that a curve that did not grow is not drawn again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tflab.charts.slim_import import slim_import
from tflab.charts.text import pad

with slim_import():
    import plotext

Glyphs = NDArray[np.uint32]
"""Code points of cells, 0 where blank; shape (rows, columns), row 0 at the bottom."""

DOTS = {True: (2, 4), False: (1, 1)}
"""Dots in a cell, across and up: of braille, and of ASCII."""

# Of curves that stay: a sweep's faint ones, and what lies beside them.
_KEPT = 96
# Every so many cells, the part of a line before them becomes a drawing by itself.
_SETTLED = 16
_LOCK = Lock()
_BLANK = ord(" ")


class Path(NamedTuple):
    """A line in dots, already thinned.

    Attributes:
        columns: Places across, in whole dots.
        rows: Places up.
        joined: Whether a line leads to each point from the one before it.
    """

    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    joined: NDArray[np.bool_]

    def part(self, which: slice | NDArray[np.bool_]) -> Path:
        """Return some of the points."""
        return Path(self.columns[which], self.rows[which], self.joined[which])

    @classmethod
    def chain(cls, paths: Sequence[Path]) -> Path:
        """Return paths as one, one after the other."""
        columns, rows, joined = zip(*paths, strict=True)
        return cls(np.concatenate(columns), np.concatenate(rows), np.concatenate(joined))


class Mark(NamedTuple):
    """A mark on an axis: the cell it stands at, counted from the origin, and its text."""

    cell: int
    label: str


def draw_path(path: Path, columns: int, rows: int, unicode: bool) -> Glyphs:
    """Return the characters that a line covers, to be read only: braille, in ASCII `*`.

    It takes about 1 ms and 10 µs a point. What was drawn a moment ago is kept, and a line that goes
    from left to right is drawn in two parts, so that of one that grows only its end is drawn again.
    No point may lie outside the picture: plotext leaves holes in lines that lead there.
    """
    if not len(path.columns):
        return np.zeros((rows, columns), dtype=np.uint32)
    size = columns, rows, unicode
    place = _settled(path, DOTS[unicode][0])
    if not place:
        return _draw_path(*_as_bytes(path), *size)
    done, end = path.part(slice(place + 1)), path.part(slice(place, None))
    both: Glyphs = _draw_path(*_as_bytes(done), *size) | _draw_path(*_as_bytes(end), *size)
    return both


def _settled(path: Path, dots_x: int) -> int:
    """Return the place of a point that no later one will move, 0 where there is none."""
    if bool((path.columns[1:] < path.columns[:-1]).any()):
        return 0
    border = int(path.columns[-1]) // (dots_x * _SETTLED) * dots_x * _SETTLED
    return max(int(np.searchsorted(path.columns, border)) - 1, 0)


def _as_bytes(path: Path) -> tuple[bytes, bytes, bytes]:
    columns, rows, joined = (np.ascontiguousarray(part).tobytes() for part in path)
    return columns, rows, joined


@lru_cache(maxsize=_KEPT)
def _draw_path(
    columns: bytes, rows: bytes, joined: bytes, width: int, height: int, unicode: bool
) -> Glyphs:
    across, up = (np.frombuffer(part, np.int64) for part in (columns, rows))
    links = np.frombuffer(joined, np.bool_)
    dots_x, dots_y = DOTS[unicode]
    with _figure(width, height) as figure:
        figure.axes(False)
        for axis, dots in (("x", dots_x * width), ("y", dots_y * height)):
            figure.ruler(axis).lim(0, dots).alignment(lim="edge").frequency(0)
        marker = plotext.marker("braille" if unicode else "*")
        # The middle of each dot, so that no rounding moves it to the next.
        signal = figure.signal((across + 0.5).tolist(), (up + 0.5).tolist(), marker=marker)
        if links.any():
            signal.lines(True)
            for place in np.flatnonzero(~links).tolist():
                signal.line(place, False)
        figure.draw(signal)
        text = figure.build().string(colorless=True)
    glyphs = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    glyphs = glyphs.reshape(height, width + 1)[::-1, :-1]
    found: Glyphs = np.where(glyphs == _BLANK, 0, glyphs).astype(np.uint32)
    found.flags.writeable = False
    return found


def forget_drawings() -> None:
    """Forget what was drawn, so that everything is drawn anew."""
    _draw_path.cache_clear()
    draw_axes.cache_clear()


@lru_cache(maxsize=_KEPT)
def draw_axes(
    columns: int,
    rows: int,
    gutter: int,
    line: bool,
    base: bool,
    x_marks: tuple[Mark, ...],
    y_marks: tuple[Mark, ...],
) -> tuple[str, ...]:
    """Return the rows of an empty picture with its axes, top to bottom.

    Args:
        columns: Width of it all, in cells.
        rows: Height of it all.
        gutter: Width of the labels at the left; without, `y_marks` are not drawn.
        line: Whether there is a line at the left.
        base: Whether there is a line at the bottom.
        x_marks: Marks below, by column. With any, the last row holds their labels.
        y_marks: Marks at the left, by row, from the bottom up.
    """
    with _figure(columns, rows) as figure:
        for axis, shown in (("x", base), ("y", line)):
            figure.axes(shown, axis=axis, side=0)
            figure.axes(False, axis=axis, side=1)
        _set_marks(figure.ruler("x"), columns - gutter - line, x_marks)
        high = rows - base - bool(x_marks)
        _set_marks(figure.ruler("y"), high, y_marks if gutter else (), gutter)
        text: str = figure.build().string(colorless=True)
    return tuple(text.splitlines())


def _set_marks(ruler: Any, cells: int, marks: Sequence[Mark], width: int = 1) -> None:
    """Put marks on a ruler, their labels at least `width` wide: plotext takes no empty ones."""
    labels = [pad(mark.label, width, right=True) for mark in marks]
    ruler.lim(0, max(cells, 1)).alignment(lim="edge")
    ruler.ticks([mark.cell + 0.5 for mark in marks], labels=labels)


@contextmanager
def _figure(columns: int, rows: int) -> Iterator[Any]:
    """Lend out plotext's figure, empty and of this size, and clear it afterwards."""
    with _LOCK:
        # Without this, plotext cuts the drawing to the terminal that the process runs in.
        plotext.terminal.limit(False, False)
        try:
            figure = plotext.figure.clear()
            figure.plot_size(columns, rows)
            figure.canvas("default")
            figure.legend(False)
            yield figure
        finally:
            plotext.figure.clear()
            plotext.terminal.limit()
