"""The frame around a picture: plotext sets axes, marks and cells; we write the row of x labels.

plotext is driven through its own figure class, a fresh object for each drawing: just what
`textual_plotext.plot.Plot` wraps. Importing that wrapper brings Textual with it (0.15 s, 20 MB),
which `tflab run` has no use for. No state of the plotext module is touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from plotext._figure import _figure_class as PlotextFigure

from tflab.charts.drawing import ChartOptions, Run
from tflab.charts.palette import Ink, axis_ink, label_ink
from tflab.charts.raster import Cells
from tflab.charts.text import cell_width, pad

_AXIS = 255
"""Number under which plotext carries the ink of the axes; series have smaller ones."""

_TO_ASCII = str.maketrans("│┤├─┬┴┼└┘", "|++-++++-")
_LEAST_ROWS_FOR_BASE = 8
_LEAST_ROWS_FOR_LABELS = 4
_LEAST_WIDTH = 6

Row = tuple[Run, ...]


class Mark(NamedTuple):
    """A mark on an axis: the cell it stands at, counted from the origin, and its text."""

    cell: int
    label: str


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


def picture_height(rows: int) -> int:
    """Return the rows that `lay_out` leaves for the picture."""
    return rows - (rows >= _LEAST_ROWS_FOR_BASE) - (rows >= _LEAST_ROWS_FOR_LABELS)


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
    marked = layout.base and bool(x_marks)
    figure = _compose(cells, layout, x_marks if marked else (), y_marks)
    matrix = figure.monitor.matrix
    first = int(marked)  # plotext's own row for labels
    table: dict[Any, Ink] = dict(enumerate(inks))
    table[_AXIS] = axis_ink(options.dark)
    if options.colour == "none":
        table = {}
    names = None if options.colour == "none" else label_ink(options.dark)
    rows = []
    for row in range(layout.height + layout.base - 1 + first, first - 1, -1):
        text, colours = "".join(matrix.marker[row]), matrix.fullground[row]
        if not options.unicode:
            text = text.translate(_TO_ASCII)
        head = (Run(text[: layout.gutter], names),) if layout.gutter else ()
        rows.append((*head, *_runs(text, colours, layout.gutter, table)))
    if layout.labels:
        rows.append((Run(_label_row(layout, x_marks, x_label), names),))
    return tuple(rows)


def label_fits(layout: Layout, x_marks: Sequence[Mark], x_label: str) -> bool:
    """Say whether `frame` finds a place for the name of the x axis."""
    return layout.labels and x_label in _label_row(layout, x_marks, x_label)


def _compose(cells: Cells, layout: Layout, x_marks: Sequence[Mark], y_marks: Sequence[Mark]) -> Any:
    figure: Any = PlotextFigure()
    # Without this, plotext cuts the drawing to the terminal that the process runs in.
    figure._limit_size(False, False)
    figure.plot_size(layout.columns, layout.height + layout.base + bool(x_marks))
    figure.theme("clear")
    figure.ticks_color(_AXIS)
    figure.xaxes(layout.base, False)
    figure.yaxes(layout.axis, False)
    # In units of cells, so that marks and picture agree to the cell.
    figure.xlim(0, max(layout.width - 1, 1))
    figure.ylim(0, max(layout.height - 1, 1))
    figure.yticks([m.cell for m in y_marks], [pad(m.label, layout.gutter, True) for m in y_marks])
    # Empty labels give the marks on the line; the row that plotext keeps for them is dropped.
    figure.xticks([m.cell for m in x_marks], ["" for _ in x_marks])
    up, across = np.nonzero(cells.glyphs)
    figure.scatter(
        across.tolist(),
        up.tolist(),
        marker=list(map(chr, cells.glyphs[up, across].tolist())),
        color=cells.inks[up, across].tolist(),
    )
    # What build() does, without the string that it makes of the cells: that takes as long again.
    figure._set_sizes()
    figure._build_matrix()
    return figure


def _runs(text: str, colours: Sequence[Any], start: int, table: dict[Any, Ink]) -> list[Run]:
    """Group the cells from `start` on by ink; blanks join the run before them."""
    ink: Ink | None = None
    inks = []
    for glyph, colour in zip(text[start:], colours[start:], strict=True):
        if glyph != " ":
            ink = table.get(colour)
        inks.append(ink)
    runs = []
    for ink, group in groupby(inks):
        length = sum(1 for _ in group)
        runs.append(Run(text[start : start + length], ink))
        start += length
    return runs


def _label_row(layout: Layout, marks: Sequence[Mark], name: str) -> str:
    """Return the row of x labels, as many as stand apart, with the name of the axis.

    The name goes below the y labels, else to the right end in place of labels there. One that is
    wider than a third of the picture is left out.
    """
    row = [" "] * layout.columns
    origin = layout.gutter + layout.axis
    width = cell_width(name)
    below = width < origin
    end = layout.columns
    if name and not below and 3 * width <= layout.width:
        end -= width + 1
    free = origin
    for mark in marks:
        length = len(mark.label)
        start = min(origin + mark.cell - (length - 1) // 2, layout.columns - length)
        start = max(start, origin)
        if start >= free and start + length <= end:
            row[start : start + length] = mark.label
            free = start + length + 1
    if below:
        return pad(name, origin) + "".join(row[origin:])
    if end < layout.columns:
        return "".join(row[: end + 1]) + name
    return "".join(row)
