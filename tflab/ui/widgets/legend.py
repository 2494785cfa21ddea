"""Legends drawn as text, so that wide characters keep their place."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tflab.charts.drawing import LegendEntry
from tflab.runs.transcript import plain_line


def legend_content(legend: Sequence[LegendEntry]) -> Content:
    """Return a legend on one line: a sample of each series in its colour, and its name."""
    parts = [
        Content.assemble(
            (entry.marker, entry.ink.hex if entry.ink is not None else ""),
            " ",
            (plain_line(entry.label), "$text-quiet"),
        )
        for entry in legend
    ]
    return Content("   ").join(parts)
