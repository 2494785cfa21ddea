"""A chart as SVG: lines and text only, to be put into a report or opened in a browser."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from tflab.charts.drawing import ChartOptions, Curve
from tflab.charts.palette import axis_ink, label_ink, series_ink
from tflab.charts.scale import Tick, place, step_ticks, ticks, usable, value_range
from tflab.charts.thin import Floats, thin
from tflab.runs.text import plain_line

_WIDTH, _HEIGHT = 800, 450
_LEFT, _RIGHT, _TOP, _LINE = 64, 16, 44, 20
_DASHES = ("", "9 4", "2 3", "12 3 2 3", "6 2 1 2 1 2", "1 6")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FONT = "font-family='system-ui, sans-serif' font-size='13'"


class Bars(NamedTuple):
    """Shares that are drawn as bars.

    Attributes:
        title: What they tell.
        shares: From 0 to 1 by name.
        note: What is to be kept in mind; may be empty.
    """

    title: str
    shares: Mapping[str, float]
    note: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the picture lies, in pixels, and what its axes span."""

    x: tuple[float, float]
    y: tuple[float, float]
    log: bool
    bottom: float

    def across(self, step: float) -> float:
        return _LEFT + place(step, *self.x) * (_WIDTH - _LEFT - _RIGHT)

    def up(self, value: float) -> float:
        part = place(max(value, self.y[0]) if self.log else value, *self.y, self.log)
        return self.bottom - part * (self.bottom - _TOP)


def loss_svg(
    curves: Sequence[Curve], title: str, options: ChartOptions, bars: Bars | None = None
) -> str:
    """Return series over steps as an SVG document of 800 by 450 pixels and more for the legend.

    Lines differ in their dashes as well as in colour. Points that are not finite are left out.

    Args:
        curves: The series.
        title: What they are.
        options: How it is drawn.
        bars: What is drawn below the legend.
    """
    thinned = [thin(curve.steps, curve.values, _WIDTH // 2) for curve in curves]
    if options.log_y:
        thinned = [(x[y > 0], y[y > 0]) for x, y in thinned]
    legend_ends = _HEIGHT + _LINE * len(curves)
    height = legend_ends + (_LINE * (len(bars.shares) + 3) if bars is not None else 0)
    frame = _frame([pair for pair in thinned if len(pair[0])], options)
    ground = "#10141b" if options.dark else "#ffffff"
    lines = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{_WIDTH}' height='{height}' "
        f"viewBox='0 0 {_WIDTH} {height}' role='img'>",
        f"<title>{_content(title)}</title>",
        f"<rect width='100%' height='100%' fill='{ground}'/>",
        _text(_LEFT, 24, title, options, "start", bold=True),
        *_axes(frame, next((curve.axis for curve in curves), "step"), options),
    ]
    for index, (curve, (x, y)) in enumerate(zip(curves, thinned, strict=True)):
        colour = series_ink(curve.style, options.dark).hex
        dash = _DASHES[curve.style % len(_DASHES)]
        stroke = f"stroke='{colour}' stroke-width='1.6' stroke-dasharray='{dash}'"
        lines.append(f"<path fill='none' {stroke} d='{_path(frame, x, y)}'/>")
        below = _HEIGHT + _LINE * index + 4
        lines.append(f"<path {stroke} d='M{_LEFT} {below}h40'/>")
        lines.append(_text(_LEFT + 50, below + 4, curve.label, options, "start"))
    if bars is not None:
        lines += _bars(bars, legend_ends + _LINE, options)
    return "\n".join([*lines, "</svg>", ""])


def _bars(bars: Bars, top: int, options: ChartOptions) -> Iterator[str]:
    """Yield a title, a line for each share, and the note."""
    yield _text(_LEFT, top, bars.title, options, "start", bold=True)
    colour = series_ink(0, options.dark).hex
    for row, (name, share) in enumerate(bars.shares.items(), 1):
        line = top + _LINE * row
        width = max(1.0, share * (_WIDTH // 2 - _LEFT))
        place = f"x='{_WIDTH // 2}' y='{line - 11}' width='{width:.1f}' height='12'"
        yield _text(_WIDTH // 2 - 8, line, name, options, "end")
        yield f"<rect {place} fill='{colour}'/>"
        yield _text(_WIDTH // 2 + width + 6, line, f"{share:.0%}", options, "start")
    if bars.note:
        yield _text(_LEFT, top + _LINE * (len(bars.shares) + 1), bars.note, options, "start")


def _frame(series: Sequence[tuple[Floats, Floats]], options: ChartOptions) -> _Frame:
    bottom, log = _HEIGHT - 44.0, bool(options.log_y)
    if not series:
        return _Frame((0.0, 1.0), (0.1, 1.0) if log else (0.0, 1.0), log, bottom)
    low = min(float(x.min()) for x, _ in series)
    high = max(float(x.max()) for x, _ in series)
    if not usable(low, high):
        low, high = low - 1.0, high + 1.0
    smallest = min(float(y.min()) for _, y in series)
    largest = max(float(y.max()) for _, y in series)
    return _Frame((low, high), value_range(smallest, largest, log), log, bottom)


def _axes(frame: _Frame, name: str, options: ChartOptions) -> Iterator[str]:
    colour = axis_ink(options.dark).hex
    right = _WIDTH - _RIGHT
    for tick in ticks(*frame.y, 6, frame.log):
        y = frame.up(tick.value)
        faint = f"stroke='{colour}' stroke-opacity='0.35'"
        yield f"<path {faint} d='M{_LEFT} {y:.1f}H{right}'/>"
        yield _text(_LEFT - 8, y + 4, tick.label, options, "end")
    for tick in _inside(step_ticks(*frame.x, 8), frame.x):
        x = frame.across(tick.value)
        yield f"<path stroke='{colour}' d='M{x:.1f} {frame.bottom}v5'/>"
        yield _text(x, frame.bottom + 20, tick.label, options, "middle")
    yield f"<path fill='none' stroke='{colour}' d='M{_LEFT} {_TOP}V{frame.bottom}H{right}'/>"
    yield _text(right, frame.bottom + 36, options.x_label or name, options, "end")


def _inside(marks: Sequence[Tick], limits: tuple[float, float]) -> list[Tick]:
    return [mark for mark in marks if limits[0] <= mark.value <= limits[1]]


def _path(frame: _Frame, x: Floats, y: Floats) -> str:
    points = []
    for step, value in zip(x.tolist(), y.tolist(), strict=True):
        across, up = frame.across(step), frame.up(value)
        if math.isfinite(across) and math.isfinite(up):
            points.append(f"{across:.1f} {up:.1f}")
    if len(points) == 1:
        return f"M{points[0]}h2"
    return "M" + "L".join(points) if points else ""


def _text(
    x: float, y: float, text: str, options: ChartOptions, anchor: str, bold: bool = False
) -> str:
    weight = " font-weight='600'" if bold else ""
    fill = label_ink(options.dark).hex
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' {_FONT}{weight} fill='{fill}' "
        f"text-anchor='{anchor}'>{_content(text)}</text>"
    )


def _content(text: str) -> str:
    """Return text such that it stands for itself between tags; XML forbids some characters."""
    return escape(_NO_XML.sub("\ufffd", plain_line(text)))
