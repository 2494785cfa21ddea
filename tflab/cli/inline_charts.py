"""Charts and figures inline on a terminal, drawn with plotext."""

from __future__ import annotations

from collections.abc import Iterator

from tflab.charts.drawing import ChartOptions, Drawing
from tflab.charts.metrics import by_metric, curve_of
from tflab.charts.text import legend_lines
from tflab.cli.terminal import Terminal
from tflab.runs.events import Figure
from tflab.runs.state import RunState
from tflab.runs.text import count_of, plain_line

_MOST_COLUMNS = 100
_ROWS = 16
_MOST_CHARTS = 3
_MOST_CURVES = 12


def figure_rows(figure: Figure, terminal: Terminal) -> list[str]:
    """Return a figure as lines for this terminal."""
    from tflab.charts.figures import draw_figure

    drawing = draw_figure(figure, _size(terminal), _options(terminal))
    return _lines(drawing, plain_line(figure.title), terminal)


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
