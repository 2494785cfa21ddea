"""The frame around a picture: plotext's axes, our picture in them, and the name of the x axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tflab.charts.drawing import ChartOptions, Row, Run
from tflab.charts.limits import Rows
from tflab.charts.palette import Ink, axis_ink, label_ink
from tflab.charts.plot import DOTS, Mark, draw_axes
from tflab.charts.raster import Cells
from tflab.charts.text import cell_width, pad

_TO_ASCII = str.maketrans("│┤├─┬┴┼└┘", "|++-++++-")
_LEAST_ROWS_FOR_BASE = 8
_LEAST_ROWS_FOR_LABELS = 4
_LEAST_WIDTH = 6
_NO_INK = -1
_BLANK = ord(" ")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things go, in cells.

    Attributes:
        columns, rows: Size of the whole drawing.
        gutter: Width of the y labels, 0 without.
        axis: Whether there is a line at the left.
        base: Whether there is a line at the bottom.
        labels: Whether there is a row of x labels.
    """

    columns: int
    rows: int
    gutter: int
    axis: bool
    base: bool
    labels: bool

    @property
    def width(self) -> int:
        """Columns left for the picture."""
        return self.columns - self.gutter - self.axis

    @property
    def height(self) -> int:
        """Rows left for the picture."""
        return self.rows - self.base - self.labels


def picture_rows(rows: int, unicode: bool) -> Rows:
    """Return the rows that `lay_out` leaves for the picture, and the dots of each."""
    count = rows - (rows >= _LEAST_ROWS_FOR_BASE) - (rows >= _LEAST_ROWS_FOR_LABELS)
    return Rows(count, DOTS[unicode][1])


def lay_out(columns: int, rows: int, y_labels: Sequence[str], corner: str = "") -> Layout:
    """Divide a drawing. Small ones give up labels before the picture.

    Args:
        columns: Width of the whole drawing, 1 or more.
        rows: Height of it, 1 or more.
        y_labels: Texts beside the y axis.
        corner: Text below them, left of the x labels; makes room for itself in wide drawings.
    """
    gutter = max(map(len, y_labels), default=0)
    if gutter and columns >= 40:
        gutter = max(gutter, min(cell_width(corner), 6))
    if columns - gutter - 1 < max(_LEAST_WIDTH, columns // 2):
        gutter = 0
    return Layout(
        columns,
        rows,
        gutter,
        axis=columns > _LEAST_WIDTH,
        base=rows >= _LEAST_ROWS_FOR_BASE,
        labels=rows >= _LEAST_ROWS_FOR_LABELS,
    )


def frame(
    cells: Cells,
    layout: Layout,
    x_marks: Sequence[Mark],
    y_marks: Sequence[Mark],
    inks: Sequence[Ink],
    options: ChartOptions,
    x_label: str = "",
) -> tuple[Row, ...]:
    """Return the drawing's rows, top to bottom, each exactly `layout.columns` cells wide.

    Args:
        cells: The picture, `layout.width` by `layout.height`; its ink numbers index `inks`.
        layout: From `lay_out`.
        x_marks: Marks below, by column, left to right.
        y_marks: Marks at the left, by row, bottom to top.
        inks: The inks of the picture.
        options: Colour, character set and background.
        x_label: Name of the x axis, written beside its labels when it fits.
    """
    axes, names = _axes(layout, x_marks, y_marks, x_label, options.unicode)
    glyphs, numbers = _numbered(axes, layout, len(inks))
    picture = slice(0, layout.height), slice(layout.columns - layout.width, layout.columns)
    drawn = cells.glyphs[::-1] > 0
    glyphs[picture][drawn] = cells.glyphs[::-1][drawn]
    numbers[picture][drawn] = cells.inks[::-1][drawn]
    table = [*inks, axis_ink(options.dark), label_ink(options.dark)]
    if options.colour == "none":
        numbers[:] = _NO_INK
    rows = [_runs(*row, table) for row in zip(glyphs, numbers, strict=True)]
    if layout.labels:
        quiet = None if options.colour == "none" else label_ink(options.dark)
        rows.append((Run(names, quiet),))
    return tuple(rows)


def label_fits(layout: Layout, x_label: str) -> bool:
    """Say whether `frame` finds a place for the name of the x axis."""
    return layout.labels and _place_name(layout, x_label) is not None


def _axes(
    layout: Layout, x_marks: Sequence[Mark], y_marks: Sequence[Mark], name: str, unicode: bool
) -> tuple[list[str], str]:
    """Return the rows of the axes, and apart from them the row of x labels; it may be empty."""
    place = _place_name(layout, name)
    below = [mark for mark in x_marks if layout.labels and _is_clear(mark, layout, place)]
    rows = draw_axes(
        layout.columns,
        layout.rows - (layout.labels and not below),
        layout.gutter,
        layout.axis,
        layout.base,
        tuple(below),
        tuple(y_marks),
    )
    if not unicode:
        rows = tuple(row.translate(_TO_ASCII) for row in rows)
    if not layout.labels:
        return list(rows), ""
    names = rows[-1] if below else " " * layout.columns
    if name and place == 0:
        names = name + names[cell_width(name) :]
    elif name and place is not None:
        # Labels may hold wide characters, and one at the edge is moved in by plotext, which can
        # take the room of the name.
        before = names.rstrip()
        names = pad(before if cell_width(before) < place else "", place) + name
    return list(rows[: layout.height + layout.base]), names


def _place_name(layout: Layout, name: str) -> int | None:
    """Return where the name of the x axis goes in the row of labels, None without room for it.

    That is below the y labels, else at the right end in place of labels there. A name that is
    wider than a third of the picture is left out.
    """
    width = cell_width(name)
    if width < layout.gutter + layout.axis:
        return 0
    return layout.columns - width if 3 * width <= layout.width else None


def _is_clear(mark: Mark, layout: Layout, place: int | None) -> bool:
    """Say whether the label of a mark leaves room for the name of the axis at `place`."""
    length = cell_width(mark.label)
    start = layout.columns - layout.width + mark.cell - (length - 1) // 2
    return not place or start + length < place


def _numbered(
    axes: Sequence[str], layout: Layout, first: int
) -> tuple[NDArray[np.uint32], NDArray[np.int16]]:
    """Return the characters of the axes and the number of each one's ink, `first` the axes' own."""
    text = "".join(axes).encode("utf-32-le")
    glyphs = np.frombuffer(text, np.uint32).reshape(len(axes), layout.columns).copy()
    numbers = np.full(glyphs.shape, _NO_INK, dtype=np.int16)
    numbers[glyphs != _BLANK] = first
    numbers[: layout.height, : layout.gutter] = first + 1
    return glyphs, numbers


def _runs(
    glyphs: NDArray[np.uint32], numbers: NDArray[np.int16], inks: Sequence[Ink]
) -> tuple[Run, ...]:
    """Group the cells of a row by ink; blanks join the run before them."""
    at = np.arange(len(numbers))
    last = np.maximum.accumulate(np.where(glyphs != _BLANK, at, 0))
    numbers = numbers[last]
    starts = [0, *(np.flatnonzero(numbers[1:] != numbers[:-1]) + 1).tolist()]
    text = glyphs.tobytes().decode("utf-32-le")
    stops = [*starts[1:], len(text)]
    return tuple(
        Run(text[start:stop], inks[number] if number >= 0 else None)
        for start, stop, number in zip(starts, stops, numbers[starts].tolist(), strict=True)
    )
