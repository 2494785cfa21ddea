"""Figures as data, which the workbench draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from tflab.runs.events.event import Event, Number


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """One layer of a figure.

    `points` and `line` use `x` and `y`. `bars` uses `names` and `y`. `hist` uses `y` as bin counts
    and `x` as bin edges (one more). `grid` uses `grid`, rows from the smallest y upwards.
    """

    kind: Literal["points", "line", "bars", "hist", "grid"]
    label: str = ""
    x: list[Number] = field(default_factory=list)
    y: list[Number] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    grid: list[list[Number]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure(Event):
    """A figure as data; the workbench draws it.

    Figures of one title with a `step` are frames of one moving picture. `x_range` and `y_range`
    fix the axes; a `grid` layer covers exactly them. `note` says what was left out, if anything.
    """

    TYPE: ClassVar[str] = "figure"

    cell: int
    title: str
    layers: list[Layer]
    x_label: str = ""
    y_label: str = ""
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    step: int | None = None
    note: str = ""
    at: int = 0
