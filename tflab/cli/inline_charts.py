"""Charts and figures inline on a terminal, drawn with plotext."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.charts.drawing import ChartOptions, Drawing, encode_row
from tflab.charts.metrics import by_metric, curve_of
from tflab.charts.text import legend_lines
from tflab.cli.terminal import Terminal
from tflab.runs.events import Figure, Picture
from tflab.runs.state import RunState
from tflab.runs.text import count_of, plain_line

if TYPE_CHECKING:
    from tflab.sweeps.sweep import Sweep

_MOST_COLUMNS = 100
_ROWS = 16
_PICTURE_ROWS = 30
_TILE_ROWS = 60
_MOST_CHARTS = 3
_MOST_CURVES = 12


def figure_rows(figure: Figure, terminal: Terminal) -> list[str]:
    """Return a figure as lines for this terminal."""
    from tflab.charts.figures import draw_figure

    drawing = draw_figure(figure, _size(terminal), _options(terminal))
    return _lines(drawing, plain_line(figure.title), terminal)


def picture_rows(picture: Picture, folder: Path | None, terminal: Terminal) -> list[str]:
    """Return a picture as lines for this terminal: as data where it can be told, else as it is."""
    notes = [plain_line(picture.note)] if picture.note else []
    if picture.file and folder is not None:
        notes.append(f"picture {picture.width} × {picture.height}: {folder / picture.file}")
    if picture.data and picture.tiles is None:
        title = picture.title if len(picture.data) > 1 else ""
        lines = ["", plain_line(title)] if title else []
        for figure in picture.data:
            lines += figure_rows(figure, terminal)
        return [*lines, *notes]
    rows, more = _dots(picture, folder, terminal)
    titles = [plain_line(picture.title)] if picture.title else []
    return ["", *titles, *rows, *more, *notes]


def _dots(picture: Picture, folder: Path | None, terminal: Terminal) -> tuple[list[str], list[str]]:
    """Return the rows of the picture itself, and why there are none, or fewer."""
    from tflab.charts.pictures import (
        PictureError,
        draw_picture,
        draw_tiles,
        picture_path,
        picture_size,
        read_picture,
    )

    tiles = picture.tiles
    file = tiles.file if tiles is not None else picture.file
    path = picture_path(folder, file) if folder is not None else None
    if path is None:
        return [], []
    try:
        image = read_picture(path)
    except PictureError as error:
        return [], [str(error)]
    options, room = _options(terminal), (_size(terminal)[0], _PICTURE_ROWS)
    if tiles is None:
        size = picture_size((picture.width, picture.height), room)
        drawn = draw_picture(image, size, options)
        return [encode_row(row, options.colour) for row in drawn], []
    drawn, shown = draw_tiles(image, tiles, (room[0], _TILE_ROWS), options)
    left = [f"({shown} of {tiles.count} images)"] if shown < tiles.count else []
    return [encode_row(row, options.colour) for row in drawn], left


def chart_rows(state: RunState, terminal: Terminal) -> Iterator[str]:
    """Yield the lines of a chart for each kind of metric, training and validation together."""
    from tflab.charts.loss import draw_loss

    drawn = []
    for metric, found in by_metric(s for s in state.series.values() if len(s) > 1).items():
        curves = [curve_of(s, plain_line(s.tag), style) for style, s in enumerate(found)]
        drawn.append((metric.name, curves))
    for kind, curves in drawn[:_MOST_CHARTS]:
        drawing = draw_loss(curves[:_MOST_CURVES], _size(terminal), _options(terminal))
        yield from _lines(drawing, plain_line(kind), terminal)
        if len(curves) > _MOST_CURVES:
            yield f"({_MOST_CURVES} of {len(curves)} curves are drawn)"
    if len(drawn) > _MOST_CHARTS:
        more = count_of(len(drawn) - _MOST_CHARTS, "more metric")
        yield f"({more}; `tflab` shows them all)"


def response_rows(sweep: Sweep, terminal: Terminal) -> Iterator[str]:
    """Yield the metric of a sweep against the parameter that decides most, if any varies."""
    from tflab.charts.response import draw_response
    from tflab.sweeps.importance import importance, trials_of

    plan, rows = sweep.plan, sweep.rows()
    name = next(iter([*importance(plan, rows, plan.metric).shares, *plan.varied]), "")
    trials = trials_of(rows, name, plan.metric) if name else []
    if len(trials) > 1:
        options = replace(_options(terminal), x_label=plain_line(name), log_x=plan.is_log(name))
        drawing = draw_response(trials, _size(terminal), options)
        title = plain_line(f"{plan.metric} against {name}")
        yield from _lines(drawing, title, terminal)


def _size(terminal: Terminal) -> tuple[int, int]:
    return min(terminal.columns - 1, _MOST_COLUMNS), _ROWS


def _options(terminal: Terminal) -> ChartOptions:
    return ChartOptions(colour=terminal.colour, unicode=terminal.unicode, dark=terminal.dark)


def _lines(drawing: Drawing, title: str, terminal: Terminal) -> list[str]:
    columns, _ = _size(terminal)
    lines = ["", drawing.title or title]
    if drawing.y_label:
        lines.append(drawing.y_label)
    lines += drawing.rows
    if drawing.x_label:
        lines.append(drawing.x_label.rjust(columns))
    lines += legend_lines(drawing.legend, columns, _options(terminal))
    return [*lines, *(plain_line(note) for note in drawing.notes)]
