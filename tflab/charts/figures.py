"""Figures of a lesson, drawn for a terminal."""

from __future__ import annotations

from tflab.charts.bars import draw_bars, read_bars
from tflab.charts.canvas import picture_rows
from tflab.charts.drawing import ChartOptions, Drawing, LegendEntry, Row, Size, encode_row
from tflab.charts.layers import axis_ranges, log_axes, read_shape
from tflab.charts.matrix import draw_matrix
from tflab.charts.palette import series_ink
from tflab.charts.plane import Plane
from tflab.charts.text import clean, legend_lines, room_for_drawing, stack
from tflab.runs.events import Figure

__all__ = ["ChartOptions", "Drawing", "draw_figure", "figure_text"]


def draw_figure(figure: Figure, size: Size, options: ChartOptions) -> Drawing:
    """Draw a figure: `size` cells, axes included; bars take fewer rows when there are few.

    Title, legend and axis names that plotext cannot place are in the result, for the caller to
    write. Draws anything: what cannot be drawn is counted in the notes.

    Args:
        figure: The figure as logged.
        size: Columns and rows; with none of either, the drawing has no rows.
        options: Colour, character set, background, and the y range of the frame before.
    """
    if any(layer.kind == "bars" for layer in figure.layers):
        return _bar_figure(figure, size, options)
    if any(layer.kind == "matrix" for layer in figure.layers):
        return _matrix_figure(figure, size, options)
    shapes = [read_shape(layer) for layer in figure.layers]
    room = max(size[0], 1), max(size[1], 1)
    rows = picture_rows(room[1], options.unicode)
    x_range, y_range = axis_ranges(figure, shapes, rows, options.y_range)
    x_label = clean(figure.x_label, options.unicode)
    plane = Plane(room, x_range, y_range, x_label, options, log_axes(figure))
    plane.draw(shapes)
    notes = _notes(figure, sum(shape.lost for shape in shapes), plane.outside)
    if not any(len(shape.y) or shape.grid.size for shape in shapes):
        notes.append("nothing to draw")
    runs = plane.rows() if min(size) > 0 else ()
    return Drawing(
        _encode(runs, options),
        tuple(notes),
        tuple(plane.legend),
        y_range,
        runs,
        clean(figure.title),
        plane.label_left_over(),
        clean(figure.y_label),
    )


def figure_text(figure: Figure, size: Size, options: ChartOptions) -> str:
    """Return title, legend, drawing and notes as lines of text for the command line.

    Together they take at most `size` cells, as far as that leaves the drawing three rows.
    """
    columns, _ = size
    plan = draw_figure(figure, size, options)
    others = len(legend_lines(plan.legend, columns, options)) + len(plan.notes)
    others += bool(plan.title) + bool(plan.x_label) + bool(plan.y_label)
    drawing = draw_figure(figure, room_for_drawing(size, others), options)
    return stack(drawing, columns, options)


def _bar_figure(figure: Figure, size: Size, options: ChartOptions) -> Drawing:
    bars = read_bars(figure.layers)
    columns, room = size
    runs = draw_bars(bars, size, options) if columns > 0 and room > 0 and bars else ()
    notes = _notes(figure, 0, 0)
    if len(bars) > room > 0:
        notes.append(f"{len(bars) - room} more do not fit here")
    if not bars:
        notes.append("nothing to draw")
    labels = [clean(layer.label) for layer in figure.layers if layer.kind == "bars"]
    coloured = options.colour != "none"
    legend = tuple(
        LegendEntry(
            "█" if options.unicode else "#",
            series_ink(number, options.dark) if coloured else None,
            label,
        )
        for number, label in enumerate(labels)
        if label
    )
    return Drawing(
        _encode(runs, options),
        tuple(notes),
        legend,
        None,
        runs,
        clean(figure.title),
        clean(figure.x_label),
        clean(figure.y_label),
    )


def _matrix_figure(figure: Figure, size: Size, options: ChartOptions) -> Drawing:
    layer = next(layer for layer in figure.layers if layer.kind == "matrix")
    runs, notes = draw_matrix(layer, size, options) if min(size) > 0 else ((), ())
    return Drawing(
        _encode(runs, options),
        (*_notes(figure, 0, 0), *notes),
        runs=runs,
        title=clean(figure.title),
        x_label=clean(figure.x_label),
        y_label=clean(figure.y_label),
    )


def _notes(figure: Figure, lost: int, outside: int) -> list[str]:
    notes = [clean(figure.note)] if figure.note else []
    if lost:
        notes.append(f"{_points(lost)} not finite and not drawn")
    if outside:
        notes.append(f"{_points(outside)} outside the axes")
    return notes


def _points(count: int) -> str:
    return "1 point is" if count == 1 else f"{count} points are"


def _encode(runs: tuple[Row, ...], options: ChartOptions) -> tuple[str, ...]:
    return tuple(encode_row(row, options.colour) for row in runs)
