"""Bars with names: one row each, lying down, so that names of any script fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from tflab.charts.canvas import Layout, frame
from tflab.charts.drawing import ChartOptions, Row, Run, Size
from tflab.charts.layers import numbers
from tflab.charts.palette import axis_ink, ink_number, label_ink, series_ink
from tflab.charts.raster import Cells
from tflab.charts.scale import short
from tflab.charts.text import cell_width, clean, fit, pad
from tflab.runs.events import Layer

_FULL = 0x2588
_LEAST_BODY = 8


class Bar(NamedTuple):
    """A bar: its name, its value, and the number of its layer."""

    name: str
    value: float
    layer: int


def read_bars(layers: Sequence[Layer]) -> list[Bar]:
    """Return the bars of all `bars` layers, in order; missing names are empty."""
    found = []
    for number, layer in enumerate(layer for layer in layers if layer.kind == "bars"):
        values = numbers(layer.y).tolist()
        names = layer.names[: len(values)]
        pairs = zip_longest(names, values, fillvalue="")
        found += [Bar(clean(str(name)), float(value), number) for name, value in pairs]
    return found


def draw_bars(
    bars: Sequence[Bar], size: Size, options: ChartOptions, most: float = 0.0
) -> tuple[Row, ...]:
    """Return a row for each bar that fits: name, bar from 0, value. Blank rows between if all fit.

    A bar that is not finite has its value written and nothing drawn. The room is for values up to
    `most` at least.
    """
    columns, room = size
    shown = bars[:room]
    gap = 1 if 2 * len(bars) - 1 <= room else 0
    values = [short(bar.value) for bar in shown]
    value_width = max(map(len, values), default=0)
    if columns - value_width - 1 < _LEAST_BODY:
        value_width = -1
    name_width = max((cell_width(bar.name) for bar in shown), default=0)
    name_width = min(name_width, max(columns // 3, columns - value_width - 2 - 40))
    if columns - name_width - value_width - 2 < _LEAST_BODY:
        name_width = -1
    layout = Layout(
        columns - name_width - value_width - 2, len(shown), 0, axis=False, base=False, labels=False
    )
    bodies = _bodies(shown, layout, options, most)
    quiet = None if options.colour == "none" else label_ink(options.dark)
    rows: list[Row] = []
    for bar, value, body in zip(shown, values, bodies, strict=True):
        name = pad(fit(clean(bar.name, options.unicode), name_width, options.unicode), name_width)
        head = (Run(name + " ", None),) if name_width >= 0 else ()
        tail = (Run(" " + pad(value, value_width, right=True), quiet),) if value_width >= 0 else ()
        if gap and rows:
            rows.append((Run(" " * columns, None),))
        rows.append((*head, *body, *tail))
    return tuple(rows)


def _bodies(
    bars: Sequence[Bar], layout: Layout, options: ChartOptions, most: float
) -> tuple[Row, ...]:
    """Return the drawn part of each row, the axis at 0 included."""
    cells = Cells(layout.width, layout.height, options.unicode)
    finite = [bar.value for bar in bars if math.isfinite(bar.value)]
    low, high = min([0.0, *finite]), max([0.0, most, *finite])
    span = high / 4 - low / 4
    width = layout.width - 1
    zero = round(-low / 4 / span * width) if span > 0 else 0
    inks = [axis_ink(options.dark)]
    for number, bar in enumerate(bars):
        ink = ink_number(series_ink(bar.layer, options.dark), inks)
        row = len(bars) - 1 - number
        cells.glyphs[row, zero] = ord("│" if cells.unicode else "|")
        if not math.isfinite(bar.value) or span == 0:
            continue
        length = bar.value / 4 / span * width
        if length >= 0:
            _rightwards(cells, row, zero + 1, length, ink)
        else:
            start = max(zero - max(round(-length), 1), 0)
            cells.glyphs[row, start:zero] = _FULL if cells.unicode else ord("#")
            cells.inks[row, start:zero] = ink
    return frame(cells, layout, (), (), inks, options)


def _rightwards(cells: Cells, row: int, start: int, length: float, ink: int) -> None:
    """Draw a bar of `length` cells, in Unicode to an eighth; one above 0 never vanishes."""
    if not cells.unicode:
        end = start + (max(round(length), 1) if length > 0 else 0)
        cells.glyphs[row, start:end] = ord("#")
        cells.inks[row, start:end] = ink
        return
    eighths = max(round(length * 8), 1) if length > 0 else 0
    whole, rest = divmod(eighths, 8)
    cells.glyphs[row, start : start + whole] = _FULL
    if rest and start + whole < cells.columns:
        cells.glyphs[row, start + whole] = _FULL + 8 - rest
    cells.inks[row, start : start + whole + 1] = ink
