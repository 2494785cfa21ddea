"""Names and last values at the ends of lines, beside the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tflab.charts.drawing import ChartOptions, Run
from tflab.charts.palette import Ink
from tflab.charts.text import cell_width, fit, pad

_LEAST_PICTURE = 28
_LEAST_NAME = 6
_VALUE = 9
VALUE_ROOM = _VALUE - 1
"""Cells that a value may take."""


class EndLabel(NamedTuple):
    """What is to stand at the end of a line.

    Attributes:
        row: The row of the picture that the line ends in, 0 at the bottom.
        mark: A piece of the line, to tell it by more than its colour.
        name: Its name.
        value: Its last value, as text.
        ink: Its colour, None without.
    """

    row: int
    mark: str
    name: str
    value: str
    ink: Ink | None


def label_width(marks: Sequence[str], names: Sequence[str], columns: int) -> int:
    """Return the cells that labels take of a drawing of `columns`, 0 where there is no room."""
    mark = max(map(cell_width, marks), default=0)
    name = max(map(cell_width, names), default=0)
    room = columns - _LEAST_PICTURE
    for width in (1 + mark + 1 + min(name, columns // 4) + 1 + _VALUE, 1 + mark + 1 + name):
        if names and width <= min(room, columns * 46 // 100) and name:
            return width
    return 0


def place_labels(
    labels: Sequence[EndLabel], height: int, width: int, options: ChartOptions
) -> tuple[list[Run], list[int]]:
    """Return what stands beside each row, top to bottom, and which labels found no place.

    Labels keep to the order of their lines, and move up or down where they would overlap. Those
    that come first in `labels` find their place first.
    """
    placed = sorted(range(min(len(labels), height)), key=lambda i: (labels[i].row, -i))
    rows: dict[int, int] = {}
    free = 0
    for count, number in enumerate(placed):
        # So many labels are still to come above this one.
        above = len(placed) - count - 1
        rows[number] = free = min(max(labels[number].row, free), height - 1 - above)
        free += 1
    by_row = {row: labels[number] for number, row in rows.items()}
    runs = [_run(by_row.get(row), width, options) for row in range(height - 1, -1, -1)]
    return runs, [number for number in range(len(labels)) if number not in rows]


def _run(label: EndLabel | None, width: int, options: ChartOptions) -> Run:
    if label is None:
        return Run(" " * width, None)
    mark = f" {label.mark}" if label.mark else " "
    room = width - cell_width(mark) - 1
    value = label.value if room - _VALUE >= min(_LEAST_NAME, cell_width(label.name)) else ""
    name = fit(label.name, room - (_VALUE if value else 0), options.unicode)
    text = f"{mark} {pad(name, room - _VALUE)}{pad(value, _VALUE, right=True)}" if value else ""
    return Run(pad(text or f"{mark} {name}", width), label.ink)
