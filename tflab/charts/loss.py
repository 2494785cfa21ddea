"""The loss chart: series over steps, drawn for a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tflab.charts.canvas import Row, frame, lay_out, picture_rows
from tflab.charts.drawing import (
    ChartOptions,
    Curve,
    Drawing,
    LegendEntry,
    Size,
    encode_row,
)
from tflab.charts.limits import even_range
from tflab.charts.marks import x_axis_marks, y_axis_marks
from tflab.charts.palette import Ink, faint_ink, ink_number, series_ink
from tflab.charts.plot import Glyphs, draw_path
from tflab.charts.raster import Cells, faint_sample, line_style
from tflab.charts.scale import step_ticks, usable
from tflab.charts.smooth import clamp_weight
from tflab.charts.strokes import fractions, trace
from tflab.charts.text import clean, legend_lines, room_for_drawing, stack
from tflab.charts.thin import Floats
from tflab.charts.track import Track, describe_losses, read_track, smoothed, spans

__all__ = ["ChartOptions", "Curve", "Drawing", "draw_loss", "loss_text"]

_Range = tuple[float, float]


def draw_loss(curves: Sequence[Curve], size: Size, options: ChartOptions) -> Drawing:
    """Draw series over steps: `size` cells, axes included.

    Values that cannot be drawn are left out and named in the notes; the others are drawn. Cost
    depends on the size and hardly on the number of points. Draws anything: no numbers raise.

    Args:
        curves: What to draw. Earlier ones lie below later ones, ghosts below all.
        size: Columns and rows; with none of either, the drawing has no rows.
        options: How to draw. Pass `Drawing.y_range` of the last frame for a picture that holds
            still.
    """
    columns, rows = size
    tracks = [read_track(curve, options.log_y) for curve in curves]
    named = len(curves) > 1
    notes = tuple(note for track in tracks for note in describe_losses(track, named))
    legend = tuple(_legend(curve, options) for curve in curves)
    if columns < 1 or rows < 1:
        return Drawing((), notes, legend)
    drawn = [track for track in tracks if len(track)]
    if not drawn:
        if not notes:
            notes = ("no points yet",)
        layout = lay_out(columns, rows, ())
        blank = Cells(layout.width, layout.height, options.unicode)
        runs = frame(blank, layout, (), (), (), options)
        return Drawing(_encode(runs, options), notes, legend, runs=runs)
    y_range = even_range(
        min(track.low for track in drawn),
        max(track.high for track in drawn),
        picture_rows(rows, options.unicode),
        options.log_y,
        options.y_range,
    )
    x_range = _x_range(drawn, options.x_max)
    runs = _picture(drawn, size, x_range, y_range, options)
    return Drawing(_encode(runs, options), notes, legend, y_range, runs)


def loss_text(curves: Sequence[Curve], size: Size, options: ChartOptions) -> str:
    """Return legend, chart and notes as lines of text, `size` at most, for the command line."""
    columns, _ = size
    measure = draw_loss(curves, (0, 0), options)
    above = len(legend_lines(measure.legend, columns, options))
    below = max(len(measure.notes), 1)
    drawing = draw_loss(curves, room_for_drawing(size, above + below), options)
    return stack(drawing, columns, options)


def _x_range(tracks: Sequence[Track], x_max: float | None) -> _Range:
    parts = [(track.x, part) for track in tracks for part in track.stretches]
    low = min(float(x[part.start]) for x, part in parts)
    high = max(float(x[part.stop - 1]) for x, part in parts)
    if x_max is not None and math.isfinite(x_max):
        high = max(high, x_max)
    if 0 < low <= 0.1 * high:
        low = 0.0
    if usable(low, high):
        return low, high
    # One step only: it stands in the middle.
    room = max(1.0, abs(low) * 1e-3)
    return max(low - room, -1.7e308), min(low + room, 1.7e308)


def _picture(
    tracks: Sequence[Track], size: Size, x_range: _Range, y_range: _Range, options: ChartOptions
) -> tuple[Row, ...]:
    y_marks = y_axis_marks(y_range, picture_rows(size[1], options.unicode), options.log_y)
    name = clean(options.x_label, options.unicode)
    layout = lay_out(*size, [mark.label for mark in y_marks], name)
    cells = Cells(layout.width, layout.height, options.unicode)
    inks = _draw_all(cells, tracks, x_range, y_range, options)
    x_marks = x_axis_marks(step_ticks, x_range, layout.width)
    return frame(cells, layout, x_marks, y_marks, inks, options, name)


def _draw_all(
    cells: Cells,
    tracks: Sequence[Track],
    x_range: _Range,
    y_range: _Range,
    options: ChartOptions,
) -> list[Ink]:
    """Draw ghosts, then raw curves under smoothed ones, then main lines; return the inks used."""
    inks: list[Ink] = []
    colourless = options.colour == "none"
    weight = clamp_weight(options.smoothing)

    def drawn(track: Track) -> Glyphs:
        def to_fraction(values: Floats) -> Floats:
            return fractions(values, *y_range, options.log_y)

        path = trace(spans(track, cells.width, x_range), to_fraction, cells.height)
        return draw_path(path, cells.columns, cells.rows, options.unicode)

    for track in sorted(tracks, key=lambda track: not track.curve.ghost):
        if track.curve.ghost or weight > 0:
            number = ink_number(faint_ink(track.curve.style, options.dark), inks)
            cells.put_faint(drawn(track), number, sparse=colourless)
    lines = []
    for track in tracks:
        if not track.curve.ghost:
            number = ink_number(series_ink(track.curve.style, options.dark), inks)
            line = drawn(smoothed(track, weight) if weight > 0 else track)
            lines.append((line, line_style(track.curve.style), number))
    cells.put_lines(lines, patterned=colourless)
    return inks


def _legend(curve: Curve, options: ChartOptions) -> LegendEntry:
    label = clean(curve.label, options.unicode)
    coloured = options.colour != "none"
    if curve.ghost:
        ink = faint_ink(curve.style, options.dark) if coloured else None
        return LegendEntry(faint_sample(options.unicode), ink, label)
    ink = series_ink(curve.style, options.dark) if coloured else None
    sample = line_style(curve.style).sample(options.unicode, patterned=not coloured)
    return LegendEntry(sample, ink, label)


def _encode(runs: Sequence[Row], options: ChartOptions) -> tuple[str, ...]:
    return tuple(encode_row(row, options.colour) for row in runs)
