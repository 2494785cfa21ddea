"""Names and last values at the ends of lines, beside the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tflab.charts.drawing import ChartOptions, Row, Run
from tflab.charts.palette import Ink
from tflab.charts.text import cell_width, fit, pad
from tflab.runs.metrics import measure

_LEAST_PICTURE = 28
_LEAST_NAME = 10
VALUE_ROOM = 8
"""Cells that a value may take."""


class EndLabel(NamedTuple):
    """What is to stand at the end of a line.

    Attributes:
        row: The row of the picture that the line ends in, 0 at the bottom.
        mark: A piece of the line, to tell it by more than its colour.
        name: Its name.
        value: Its last value, as text.
        ink: Its colour, None without.
        words: The colour of its name and value where that of the line is too faint to be read.
    """

    row: int
    mark: str
    name: str
    value: str
    ink: Ink | None
    words: Ink | None = None


class LabelRoom(NamedTuple):
    """The cells that labels take, and whether values are among them; 0 where there is no room."""

    width: int
    values: bool


def label_room(marks: Sequence[str], names: Sequence[str], columns: int) -> LabelRoom:
    """Return the room for labels in a drawing of `columns`: names come before values."""
    mark = max(map(cell_width, marks), default=0)
    name = max(map(cell_width, names), default=0)
    most = min(columns - _LEAST_PICTURE, columns * 46 // 100)
    for values in (True, False):
        width = 1 + mark + 1 + name + values * (1 + VALUE_ROOM)
        if name and width <= most:
            return LabelRoom(width, values)
    # The longest names are cut.
    cut = 1 + mark + 1 + _LEAST_NAME <= most
    return LabelRoom(most if name and cut else 0, False)


def telling_names(names: Sequence[str]) -> list[str]:
    """Return names without the metric that all of them share, and that the chart names already.

    `adam/loss` and `adam/val_loss` become `adam` and `adam val`. What has no metric stays, and so
    do all where two would be called the same.
    """
    shared = {measure(name) for name in names if "/" in name}
    if len(shared) != 1:
        return list(names)
    told = [_without_metric(name) for name in names]
    return told if len(set(told)) == len(set(names)) else list(names)


def _without_metric(name: str) -> str:
    head, slash, tail = name.rpartition("/")
    return f"{head} val" if slash and tail.startswith("val_") else head or name


def place_labels(
    labels: Sequence[EndLabel], height: int, room: LabelRoom, options: ChartOptions
) -> tuple[list[Row], list[int]]:
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
    beside = [_beside(by_row.get(row), room, options) for row in range(height - 1, -1, -1)]
    return beside, [number for number in range(len(labels)) if number not in rows]


def _beside(label: EndLabel | None, room: LabelRoom, options: ChartOptions) -> Row:
    if label is None:
        return (Run(" " * room.width, None),)
    head = f" {label.mark} "
    value = pad(label.value, 1 + VALUE_ROOM, right=True) if room.values else ""
    cells = room.width - cell_width(head) - cell_width(value)
    name = pad(fit(label.name, cells, options.unicode), cells)
    if label.words is None:
        return (Run(head + name + value, label.ink),)
    return Run(head, label.ink), Run(name + value, label.words)
