"""Legends drawn as text, so that wide characters keep their place."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tflab.charts.drawing import LegendEntry
from tflab.runs.text import plain_line

_GAP = 3


def legend_content(legend: Sequence[LegendEntry], width: int = 0) -> Content:
    """Return a legend: a sample of each series in its colour, and its name.

    It has one line or, where `width` cells are given, as many as it takes: no entry is torn apart.
    """
    parts = [
        Content.assemble(
            (entry.marker, entry.ink.hex if entry.ink is not None else ""),
            " ",
            (plain_line(entry.label), "$text-quiet"),
        )
        for entry in legend
    ]
    lines: list[list[Content]] = [[]]
    room = width
    for part in parts:
        if width and lines[-1] and part.cell_length > room:
            lines.append([])
            room = width
        lines[-1].append(part)
        room -= part.cell_length + _GAP
    return Content("\n").join(Content(" " * _GAP).join(line) for line in lines)
