"""Figures as data, which the workbench draws, and pictures, which it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from tflab.runs.events.event import Event, Number


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """One layer of a figure.

    `points` and `line` use `x` and `y`. `bars` uses `names` and `y`. `hist` uses `y` as bin counts
    and `x` as bin edges (one more). `grid` uses `grid`, rows from the smallest y upwards, and
    `names` where its numbers 0, 1, … are classes. `matrix` is a confusion matrix: `names` are its
    classes, `grid` counts, a row for each true class.
    """

    kind: Literal["points", "line", "bars", "hist", "grid", "matrix"]
    label: str = ""
    x: list[Number] = field(default_factory=list)
    y: list[Number] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    grid: list[list[Number]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure(Event):
    """A figure as data; the workbench draws it.

    Figures of one title with a `step` are frames of one moving picture. `x_range` and `y_range`
    fix the axes; a `grid` layer covers exactly them. `log_x` and `log_y` make them logarithmic.
    `note` says what was left out, if anything.
    """

    TYPE: ClassVar[str] = "figure"

    cell: int
    title: str
    layers: list[Layer]
    x_label: str = ""
    y_label: str = ""
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    log_x: bool = False
    log_y: bool = False
    step: int | None = None
    note: str = ""
    at: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Tiles:
    """Images of one size in the rows of one file, each dot of an image one of the file.

    Attributes:
        file: The file, as a path in the run's folder.
        width: Dots of one image, across.
        height: Dots of one image, down.
        columns: Images in a row of the file.
        count: Images in all.
        titles: Their titles, in order; there may be fewer.
    """

    file: str
    width: int
    height: int
    columns: int
    count: int
    titles: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture(Event):
    """A picture, kept as a PNG file in the run's folder, and what it shows as data.

    Attributes:
        figure: Its number in the run. Pictures of one number are frames of one moving picture.
        file: Where it is, as a path in the run's folder; empty when it was not kept.
        width: Its dots across.
        height: Its dots down.
        size: Bytes of the file.
        data: What its axes show, where all of it can be told as data; else empty.
        tiles: The images in it at their own size, where it holds images and nothing else.
        step: What the program counts its frames by, if it does.
        note: What was left out, if anything.
    """

    TYPE: ClassVar[str] = "picture"

    cell: int
    figure: int
    title: str = ""
    file: str = ""
    width: int = 0
    height: int = 0
    size: int = 0
    data: list[Figure] = field(default_factory=list)
    tiles: Tiles | None = None
    step: int | None = None
    note: str = ""
    at: int = 0
