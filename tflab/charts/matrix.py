"""Confusion matrices: a row for each true class, a column for each predicted one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tflab.charts.drawing import ChartOptions, Row, Run, Size
from tflab.charts.layers import numbers
from tflab.charts.palette import Ink, alarm_ink, label_ink, series_ink
from tflab.charts.scale import short
from tflab.charts.text import cell_width, clean, fit, pad
from tflab.charts.thin import Floats
from tflab.runs.events import Layer

_SHADES = " ░▒▓█"
_SHADES_ASCII = " .:+#"
_RIGHT = 2
_LEAST_NAME = 3
_LONGEST_NAME = 12
_LEAST_CUT = 5
_TOTAL = "right"


def draw_matrix(
    layer: Layer, size: Size, options: ChartOptions
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """Return the rows of a confusion matrix, and what did not fit.

    Each cell has its count, and a shade for its part of the true class; what was right stands in
    another colour than what was taken for something else. Behind each row stands how much of it
    was right.
    """
    counts = _counts(layer)
    classes = len(counts)
    names = [clean(name, options.unicode) for name in layer.names[:classes]]
    names += [str(number) for number in range(len(names), classes)]
    columns, rows = size
    texts = [[_text(count) for count in row] for row in counts.tolist()]
    digits = max((len(text) for row in texts for text in row), default=1)
    widest = max(map(cell_width, names), default=0)
    left = min(widest, max(_LEAST_NAME, columns // 5))
    room = columns - left - 1 - len(_TOTAL) - 1
    # A cell is its shade, its count, and a blank.
    width = min(max(digits + 2, min(widest, _LONGEST_NAME)) + 1, room // max(classes, 1))
    shown = min(classes, room // (digits + 1)) if width < digits + 1 else classes
    width = max(width, digits + 1)
    shown = min(shown, max(rows - 1, 1))
    quiet = None if options.colour == "none" else label_ink(options.dark)
    parts = _parts(counts)
    head = [_head(name, width - 1, options.unicode) for name in names[:shown]]
    top = [Run(pad(name, width, right=True), quiet) for name in head]
    total = Run(pad(_TOTAL, len(_TOTAL) + 1, right=True), quiet)
    found: list[Row] = [(Run(" " * (left + 1), None), *top, total)]
    for number in range(shown):
        cells = [
            _cell(texts[number][at], parts[number, at], number == at, width, options)
            for at in range(shown)
        ]
        right = f"{parts[number, number]:.0%}" if counts[number].sum() > 0 else "-"
        name = pad(fit(names[number], left, options.unicode), left)
        total = Run(pad(right, len(_TOTAL) + 1, right=True), quiet)
        found.append((Run(name + " ", None), *cells, total))
    return tuple(found), tuple(_notes(counts, shown))


def _notes(counts: Floats, shown: int) -> Iterator[str]:
    """Yield what did not fit, and how much of everything is right."""
    if shown < len(counts):
        yield f"{shown} of {len(counts)} classes fit here"
    everything = counts.sum()
    if everything > 0:
        yield f"{np.trace(counts) / everything:.1%} of {everything:,.0f} are right"


def _head(name: str, width: int, unicode: bool) -> str:
    """Return a name over its column; in a narrow one its beginning says more than a mark does."""
    if width >= _LEAST_CUT:
        return fit(name, width, unicode)
    while cell_width(name) > width:
        name = name[:-1]
    return name


def _cell(text: str, part: float, right: bool, width: int, options: ChartOptions) -> Run:
    shades = _SHADES if options.unicode else _SHADES_ASCII
    level = 0 if part <= 0 else max(1, round(part * (len(shades) - 1)))
    room = width - len(text) - 1
    shade = shades[level] * min(max(room, 0), _RIGHT)
    ink: Ink | None = series_ink(2, options.dark) if right else alarm_ink(options.dark)
    if level == 0:
        ink = label_ink(options.dark)
    return Run(pad(shade + text, width, right=True), None if options.colour == "none" else ink)


def _counts(layer: Layer) -> Floats:
    """Return the counts as a square, whatever a log holds."""
    rows = [numbers(row) for row in layer.grid]
    side = min(len(rows), min(map(len, rows), default=0))
    square = np.array([row[:side] for row in rows[:side]]).reshape(side, side)
    found: Floats = np.where(np.isfinite(square) & (square > 0), square, 0.0)
    return found


def _parts(counts: Floats) -> Floats:
    totals = counts.sum(axis=1, keepdims=True)
    parts: Floats = counts / np.where(totals > 0, totals, 1.0)
    return parts


def _text(count: float) -> str:
    return f"{count:.0f}" if count == int(count) and count < 1e6 else short(count)
