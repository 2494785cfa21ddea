"""Small multiples: a loss chart for each metric, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from tflab.charts.drawing import ChartOptions, Curve, Drawing, Row, Run, Size, encode_row
from tflab.charts.loss import draw_loss
from tflab.charts.palette import label_ink
from tflab.charts.scale import short
from tflab.charts.text import cell_width, clean, fit, pad

Range = tuple[float, float]

_LEAST_COLUMNS = 30
_LEAST_ROWS = 5
_GAP = 2


class Panel(NamedTuple):
    """What one of the charts shows: the name of its metric, its curves, and where its steps end."""

    title: str
    curves: Sequence[Curve]
    x_max: float | None = None


def draw_multiples(
    panels: Sequence[Panel],
    size: Size,
    options: ChartOptions,
    y_ranges: Mapping[str, Range] | None = None,
) -> tuple[Drawing, dict[str, Range]]:
    """Draw a small loss chart for each metric, as many as there is room for.

    Each has axes of its own: neither their heights nor their steps need have to do with each
    other.

    Args:
        panels: What to draw, the first at the upper left.
        size: Columns and rows of it all, 1 or more.
        options: How to draw each.
        y_ranges: What the drawing before gave back, for pictures that hold still.

    Returns:
        The drawing, and the limits of the y axes by title.
    """
    columns, rows = size
    across = max(1, min(len(panels), (columns + _GAP) // (_LEAST_COLUMNS + _GAP)))
    down = max(1, min(-(-len(panels) // across), rows // _LEAST_ROWS))
    shown = panels[: across * down]
    width = (columns - _GAP * (across - 1)) // across
    found: dict[str, Range] = {}
    lines: list[Row] = []
    notes: list[str] = []
    for line in range(down):
        # What the division leaves goes to the last line.
        height = rows // down if line < down - 1 else rows - rows // down * (down - 1)
        blocks: list[list[Row]] = []
        for panel in shown[line * across : (line + 1) * across]:
            before = (y_ranges or {}).get(panel.title)
            drawing = _draw_panel(panel, (width, height), options, before)
            if drawing.y_range is not None:
                found[panel.title] = drawing.y_range
            notes += drawing.notes
            blocks.append(list(drawing.runs))
        lines += _side_by_side(blocks, columns, height)
    if len(shown) < len(panels):
        more = len(panels) - len(shown)
        notes.append(
            "1 more metric does not fit here"
            if more == 1
            else f"{more} more metrics do not fit here"
        )
    runs = tuple(lines)
    encoded = tuple(encode_row(row, options.colour) for row in runs)
    return Drawing(encoded, tuple(notes), runs=runs), found


def _draw_panel(panel: Panel, size: Size, options: ChartOptions, y_range: Range | None) -> Drawing:
    """Return one chart with its heading over it, and its title in its notes."""
    width, height = size
    own = replace(options, y_range=y_range, x_max=panel.x_max)
    drawing = draw_loss(panel.curves, (width, max(height - 1, 0)), own)
    return replace(
        drawing,
        runs=(_heading(panel, width, options), *drawing.runs),
        notes=tuple(f"{panel.title}: {note}" for note in drawing.notes),
    )


def _heading(panel: Panel, width: int, options: ChartOptions) -> Row:
    """Return the row above a chart: the metric, and the last value of its first curve."""
    last = next((short(c.values[-1]) for c in panel.curves if len(c.values)), "")
    room = max(width - cell_width(last) - 1, 0)
    title = pad(fit(clean(panel.title, options.unicode), room, options.unicode), room)
    text = fit(f"{title} {last}", width, options.unicode)
    ink = None if options.colour == "none" else label_ink(options.dark)
    return (Run(pad(text, width), ink),)


def _side_by_side(blocks: Sequence[Sequence[Row]], columns: int, height: int) -> list[Row]:
    """Return blocks of equal height as rows of `columns` cells."""
    rows: list[Row] = []
    for place in range(height):
        row: list[Run] = []
        for block in blocks:
            row += ([Run(" " * _GAP, None)] if row else []) + list(block[place])
        used = sum(cell_width(run.text) for run in row)
        rows.append((*row, Run(" " * (columns - used), None)) if used < columns else tuple(row))
    return rows
