"""What a chart is asked for and what it gives back. Imports neither NumPy nor plotext."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tflab.charts.palette import ColourMode, Ink
from tflab.runs.series import Series

RESET = "\x1b[0m"

Size = tuple[int, int]
"""Columns and rows, in terminal cells."""


@dataclass(frozen=True, slots=True)
class ChartOptions:
    """How to draw.

    Attributes:
        log_y: Logarithmic y axis; values at or below 0 are then left out and counted in a note.
            None lets the data choose: where a series spans two decades, all values above 0.
        log_x: Logarithmic x axis; steps at or below 0 are then left out.
        smoothing: Weight of the past in the smoothed curve, 0 (off) up to but not including 1.
        x_max: Right end of the x axis when the total is known, so that a growing curve moves
            nothing that is already drawn.
        x_range: The part of the x axis to show, None for all of it.
        cursor: The step at which a line stands upright, None for no line.
        end_labels: Whether curves have their name and last value at their end, where there is room.
        colour: Colours that the terminal can show.
        unicode: False draws with ASCII characters only.
        dark: Whether the background is dark.
        y_range: The `Drawing.y_range` of the frame before. It is kept while the data fit it and
            fill at least half of it.
        x_label: Name of the x axis of a loss chart; if empty, what the steps of its curves count.
    """

    log_y: bool | None = None
    log_x: bool = False
    smoothing: float = 0.0
    x_max: float | None = None
    x_range: tuple[float, float] | None = None
    cursor: float | None = None
    end_labels: bool = False
    colour: ColourMode = "true"
    unicode: bool = True
    dark: bool = True
    y_range: tuple[float, float] | None = None
    x_label: str = ""


class Memo:
    """What earlier drawings learned of a series, so that the next one reads only what is new.

    Keep one with each series that grows and pass it in every `Curve` of that series. It holds for
    arrays that are only appended to.

    Attributes:
        count: Points looked at so far.
        in_order: Whether their steps never fall.
        low, high: Limits of their values; not finite as soon as one value is not.
        last_step: Step of the last of them.
        kept: Private to `track`: the points that can be drawn, if some cannot, by kind of y axis.
        spans: Private to `track`: the series summed up for the axis of the last drawing.
        averages: Private to `track`: its moving average, at some of its points.
        blocks: Extremes of each `BLOCK` values in a row, if they are known; see `Series`.
    """

    __slots__ = (
        "averages",
        "blocks",
        "count",
        "high",
        "in_order",
        "kept",
        "last_step",
        "low",
        "spans",
    )

    blocks: tuple[array[float], array[float]] | None

    def __init__(self, series: Series | None = None) -> None:
        """Start with what `series` knows of itself, so that the first drawing need not look."""
        self.clear()
        if series is not None and len(series) and not series.nonfinite:
            self.count = len(series)
            self.in_order = series.in_order
            self.low, self.high = series.min, series.max
            self.last_step = series.steps[-1]
            self.blocks = series.block_lows, series.block_highs

    def clear(self) -> None:
        """Forget everything, as for a series that started over."""
        self.count = 0
        self.in_order = True
        self.low = math.inf
        self.high = -math.inf
        self.last_step = -math.inf
        self.kept: dict[bool, Any] = {}
        self.spans: Any = None
        self.averages: Any = None
        self.blocks = None


@dataclass(frozen=True, slots=True)
class Curve:
    """One series to draw.

    Attributes:
        label: Its name in the legend and in notes.
        steps: x of each point. `array("d")` is read without a copy; it must not grow meanwhile.
        values: y of each point, non-finite ones included.
        style: Picks colour and line pattern; give each series of a chart its own.
        ghost: True for a curve of an earlier run, drawn faint and behind the others.
        memo: Makes drawing a long series again cheaper; see `Memo`.
        axis: What its steps count; curves of one chart count the same.
        seams: The steps at which a later run went on from an earlier one.
    """

    label: str
    steps: Sequence[float]
    values: Sequence[float]
    style: int = 0
    ghost: bool = False
    memo: Memo | None = None
    axis: str = "step"
    seams: tuple[float, ...] = ()


class Run(NamedTuple):
    """Neighbouring cells of one ink. `ink` is None for the terminal's own text colour.

    `ground` is the colour behind them, None for the terminal's own.
    """

    text: str
    ink: Ink | None
    ground: Ink | None = None


Row = tuple[Run, ...]
"""A line of a drawing."""


class LegendEntry(NamedTuple):
    """A sample of how something is drawn, its ink (None without colour) and its name.

    `scale` has an ink for each character of a sample that goes from low to high.
    """

    marker: str
    ink: Ink | None
    label: str
    scale: tuple[Ink, ...] = ()

    @property
    def sample(self) -> tuple[Run, ...]:
        """The sample, in the inks that it is drawn in."""
        if self.scale and self.ink is not None:
            return tuple(map(Run, self.marker, self.scale))
        return (Run(self.marker, self.ink),)


class StepAxis(NamedTuple):
    """Where the steps of a loss chart are, for a cursor.

    Attributes:
        left: Columns before the picture.
        columns: Columns of the picture.
        low: Step at its left end.
        high: Step at its right end.
        log: Whether it is logarithmic.
    """

    left: int
    columns: int
    low: float
    high: float
    log: bool = False

    def steps_at(self, column: int) -> tuple[float, float]:
        """Return where the steps of a column of the drawing begin and end."""
        place = min(max(column - self.left, 0), self.columns - 1)
        return self._step(place / self.columns), self._step((place + 1) / self.columns)

    def column_of(self, step: float) -> int:
        """Return the column of the drawing that a step stands in, the nearest one if outside."""
        low, high = self.low, self.high
        if self.log:
            step, low, high = math.log10(max(step, self.low)), math.log10(low), math.log10(high)
        # A quarter of each keeps the difference of the largest doubles finite.
        part = (step / 4 - low / 4) / (high / 4 - low / 4)
        return self.left + min(max(int(part * self.columns), 0), self.columns - 1)

    def _step(self, part: float) -> float:
        if self.log:
            return float(self.low ** (1 - part) * self.high**part)
        return self.low * (1 - part) + self.high * part


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn chart.

    Attributes:
        rows: Lines of text, each exactly as many cells wide as asked, with SGR codes only.
        notes: Sentences to show with it, such as where a curve diverged.
        legend: What the caller writes beside it; wide characters keep their place there.
        y_range: Limits of the y axis, to be passed to the next frame; None if there are none.
        runs: The same picture as `rows`, as cells and inks, for callers that do not want to
            parse SGR codes. One entry a row; compare entries to find the rows that changed.
        title: Title of the figure, free of control characters; empty for a loss chart.
        x_label: Name of the x axis, where the caller must write it; empty if it is drawn already.
        y_label: Name of the y axis, for the caller to write above the drawing.
        log_y: Whether the y axis is logarithmic.
        x_axis: Where the steps of a loss chart are; None for figures and empty charts.
        unlabelled: The part of the legend that has no label at the end of its line.
    """

    rows: tuple[str, ...]
    notes: tuple[str, ...] = ()
    legend: tuple[LegendEntry, ...] = ()
    y_range: tuple[float, float] | None = None
    runs: tuple[Row, ...] = ()
    title: str = ""
    x_label: str = ""
    y_label: str = ""
    log_y: bool = False
    x_axis: StepAxis | None = None
    unlabelled: tuple[LegendEntry, ...] = ()


def encode_row(runs: Iterable[Run], colour: ColourMode) -> str:
    """Return `runs` as one line of text with SGR codes; it ends in the terminal's own colour."""
    parts: list[str] = []
    for text, ink, ground in runs:
        code = ink.sgr(colour) if ink is not None else ""
        code += ground.ground_sgr(colour) if ground is not None else ""
        parts.append(f"{code}{text}{RESET}" if code else text)
    return "".join(parts)
