"""The loss chart: series over steps, drawn for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tflab.charts.canvas import frame, lay_out, picture_rows
from tflab.charts.drawing import (
    ChartOptions,
    Curve,
    Drawing,
    LegendEntry,
    Row,
    Run,
    Size,
    StepAxis,
    encode_row,
)
from tflab.charts.end_labels import (
    VALUE_ROOM,
    EndLabel,
    LabelRoom,
    label_room,
    place_labels,
    telling_names,
)
from tflab.charts.marks import x_axis_marks, y_axis_marks
from tflab.charts.palette import Ink, alarm_ink, faint_ink, ink_number, label_ink, series_ink
from tflab.charts.plot import Glyphs, draw_path
from tflab.charts.raster import Cells, faint_sample, line_style
from tflab.charts.scale import log_step_ticks, short, step_ticks
from tflab.charts.smooth import clamp_weight
from tflab.charts.strokes import fractions, trace
from tflab.charts.text import clean, legend_lines, room_for_drawing, stack
from tflab.charts.thin import Floats
from tflab.charts.track import Track, between, describe_losses, read_track, smoothed, spans
from tflab.charts.view import choose_view, read_tracks

__all__ = ["ChartOptions", "Curve", "Drawing", "draw_loss", "loss_text"]


_SEAM = {True: "┊", False: ":"}
_MOST_SEAMS = 3


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
    tracks, log_y = read_tracks(curves, options.log_y)
    named = len(curves) > 1
    notes = tuple(note for track in tracks for note in describe_losses(track, named))
    notes += _seam_notes(curves, options)
    legend = tuple(_legend(curve, options) for curve in curves)
    if columns < 1 or rows < 1:
        return Drawing((), notes, legend, log_y=log_y, unlabelled=legend)
    drawn = [track for track in tracks if len(track)]
    if not drawn:
        runs = _empty(size, options)
        notes = notes or ("no points yet",)
        return Drawing(_encode(runs, options), notes, legend, runs=runs, unlabelled=legend)
    picture = _Picture(drawn, size, log_y, options)
    runs = picture.draw()
    return Drawing(
        _encode(runs, options),
        notes,
        legend,
        picture.view.y_range,
        runs,
        log_y=log_y,
        x_axis=picture.x_axis,
        unlabelled=tuple(
            entry._replace(label=picture.told.get(entry.label, entry.label))
            for entry, curve in zip(legend, curves, strict=True)
            if not any(curve is labelled for labelled in picture.labelled)
        ),
    )


def _empty(size: Size, options: ChartOptions) -> tuple[Row, ...]:
    """Return the rows of a chart that has no points yet."""
    layout = lay_out(*size, ())
    blank = Cells(layout.width, layout.height, options.unicode)
    return frame(blank, layout, (), (), (), options)


def loss_text(curves: Sequence[Curve], size: Size, options: ChartOptions) -> str:
    """Return legend, chart and notes as lines of text, `size` at most, for the command line."""
    columns, _ = size
    measure = draw_loss(curves, (0, 0), options)
    above = len(legend_lines(measure.legend, columns, options))
    below = max(len(measure.notes), 1)
    drawing = draw_loss(curves, room_for_drawing(size, above + below), options)
    return stack(drawing, columns, options)


class _Picture:
    """One drawing of the loss chart: what it shows, where, and the cells it is drawn in.

    Attributes:
        view: The limits of the axes.
        labelled: The curves that have a label at the end of their line.
        told: What labels say in place of names that are too long.
    """

    def __init__(
        self, tracks: Sequence[Track], size: Size, log_y: bool, options: ChartOptions
    ) -> None:
        self._options = options
        rows = picture_rows(size[1], options.unicode)
        self.view, self._shown = choose_view(tracks, rows, log_y, options)
        self._y_marks = y_axis_marks(self.view.y_range, rows, log_y)
        self._name = clean(options.x_label or tracks[0].curve.axis, options.unicode)
        legend = [_legend(track.curve, options) for track in self._shown]
        self._room = LabelRoom(0, False)
        self.told: dict[str, str] = {}
        if options.end_labels:
            marks, names = list(map(self._sample, legend)), [entry.label for entry in legend]
            self._room = label_room(marks, names, size[0])
            if not self._room.values and (told := telling_names(names)) != names:
                self.told = dict(zip(names, told, strict=True))
                self._room = label_room(marks, told, size[0])
        y_labels = [mark.label for mark in self._y_marks]
        self._layout = lay_out(size[0] - self._room.width, size[1], y_labels, self._name)
        self._legend = legend
        self._cells = Cells(self._layout.width, self._layout.height, options.unicode)
        self._inks: list[Ink] = []
        self.labelled: list[Curve] = []

    @property
    def x_axis(self) -> StepAxis:
        """Where the steps are."""
        left = self._layout.columns - self._layout.width
        return StepAxis(left, self._layout.width, *self.view.x_range, self.view.log_x)

    def draw(self) -> tuple[Row, ...]:
        """Return the finished rows."""
        cells, options, view = self._cells, self._options, self.view
        self._draw_lines()
        self._mark_divergence()
        if options.cursor is not None:
            self._draw_upright(options.cursor, "│" if options.unicode else "|")
        for seam in {seam for track in self._shown for seam in track.curve.seams}:
            self._draw_upright(seam, _SEAM[options.unicode])
        ticks = log_step_ticks if view.log_x else step_ticks
        x_marks = x_axis_marks(ticks, view.x_range, self._layout.width, view.log_x)
        runs = frame(cells, self._layout, x_marks, self._y_marks, self._inks, options, self._name)
        return self._with_labels(runs) if self._room.width else runs

    def _draw_upright(self, step: float, glyph: str) -> None:
        """Draw a line at a step, in what is blank there."""
        low, high = self.view.x_range
        if low <= step <= high:
            column = self.x_axis.column_of(step) - self.x_axis.left
            blank = np.zeros(self._cells.glyphs.shape, dtype=bool)
            blank[:, column] = self._cells.glyphs[:, column] == 0
            ink = ink_number(label_ink(self._options.dark), self._inks)
            self._cells.put(blank, ord(glyph), ink)

    def _draw_lines(self) -> None:
        """Draw ghosts, then raw curves under smoothed ones, then main lines."""
        options, cells = self._options, self._cells
        colourless = options.colour == "none"
        weight = clamp_weight(options.smoothing)
        for track in sorted(self._shown, key=lambda track: not track.curve.ghost):
            if track.curve.ghost or weight > 0:
                number = ink_number(faint_ink(track.curve.style, options.dark), self._inks)
                cells.put_faint(self._line(track), number, sparse=colourless)
        lines = []
        for track in self._shown:
            if not track.curve.ghost:
                number = ink_number(series_ink(track.curve.style, options.dark), self._inks)
                line = self._line(self._smooth(track, weight) if weight > 0 else track)
                lines.append((line, line_style(track.curve.style), number))
        cells.put_lines(lines, patterned=colourless)

    def _smooth(self, track: Track, weight: float) -> Track:
        """Return the moving average of a track: of all of it, also where a part is shown."""
        whole = read_track(track.curve, self.view.log_y)
        return between(smoothed(whole, weight), *self.view.x_range)

    def _line(self, track: Track) -> Glyphs:
        cells, view = self._cells, self.view

        def to_fraction(values: Floats) -> Floats:
            return fractions(values, *view.y_range, view.log_y)

        path = trace(spans(track, cells.width, view.x_range, view.log_x), to_fraction, cells.height)
        return draw_path(path, cells.columns, cells.rows, cells.unicode)

    def _mark_divergence(self) -> None:
        """Put a mark where the last good value of a diverged curve stands."""
        cells, options = self._cells, self._options
        for track in self._shown:
            if track.diverged and not track.curve.ghost:
                column = self.x_axis.column_of(track.end[0]) - self.x_axis.left
                cells.glyphs[self._row(track), column] = ord("✗" if options.unicode else "X")
                number = ink_number(alarm_ink(options.dark), self._inks)
                cells.inks[self._row(track), column] = number

    def _row(self, track: Track) -> int:
        """Return the row of the picture in which the last point of a track stands."""
        view, cells = self.view, self._cells
        part = float(fractions(np.array([track.end[1]]), *view.y_range, view.log_y)[0])
        return round(min(max(part, 0.0), 1.0) * (cells.height - 1)) // cells.dots_y

    def _with(self, legend: Sequence[LegendEntry]) -> list[tuple[Track, LegendEntry]]:
        return list(zip(self._shown, legend, strict=True))

    def _sample(self, entry: LegendEntry) -> str:
        """Return a piece of the line: the middle of it where a whole period is not needed."""
        return entry.marker if self._options.colour == "none" else entry.marker[1:4]

    def _told(self, entry: LegendEntry) -> str:
        return self.told.get(entry.label, entry.label)

    def _with_labels(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        pairs = sorted(self._with(self._legend), key=lambda pair: pair[0].curve.ghost)
        named = {entry.label: track for track, entry in reversed(pairs)}
        labels = [
            EndLabel(
                self._row(track),
                self._sample(entry),
                # All curves of the run before have its name, which need not stand twice.
                self._told(entry) if not track.curve.ghost or named[entry.label] is track else "",
                "diverged" if track.diverged else short(track.end[1], VALUE_ROOM),
                entry.ink,
                label_ink(self._options.dark) if track.curve.ghost and entry.ink else None,
            )
            for track, entry in pairs
        ]
        beside, left_out = place_labels(labels, self._layout.height, self._room, self._options)
        self.labelled = [t.curve for n, (t, _) in enumerate(pairs) if n not in left_out]
        blank = (Run(" " * self._room.width, None),)
        beside += [blank] * (len(rows) - len(beside))
        return tuple((*row, *label) for row, label in zip(rows, beside, strict=True))


def _seam_notes(curves: Sequence[Curve], options: ChartOptions) -> tuple[str, ...]:
    """Say where runs go on from earlier ones, and that a line stands there."""
    found = {(curve.axis, seam) for curve in curves for seam in curve.seams}
    if not found:
        return ()
    where = ", ".join(f"{axis} {seam:,.0f}" for axis, seam in sorted(found)[:_MOST_SEAMS])
    more = ", …" if len(found) > _MOST_SEAMS else ""
    return (f"{_SEAM[options.unicode]} goes on from an earlier run at {where}{more}",)


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
