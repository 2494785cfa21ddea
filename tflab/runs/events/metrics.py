"""Series of numbers, and how far a run has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tflab.runs.events.event import Event, Number


@dataclass(frozen=True, kw_only=True, slots=True)
class Scalars(Event):
    """A batch of points of one series.

    Attributes:
        time: When the batch was written.
        axis: What its steps count: `epoch` or `batch`; empty for the steps of `lab.log`.
    """

    TYPE: ClassVar[str] = "scalars"

    tag: str
    steps: list[int]
    values: list[Number]
    time: float = 0.0
    axis: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress(Event):
    """How far `lab.track` has come. `total` is None when the iterable has no length."""

    TYPE: ClassVar[str] = "progress"

    cell: int
    done: int
    total: int | None
    time: float
