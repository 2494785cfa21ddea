"""Series of numbers, and how far a run has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tflab.runs.events.event import Event, Number

SYSTEM = "system/"
"""What names of series begin with that tell what the machine did."""


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
class GpuShared(Event):
    """Others are on the GPU of the run, or no longer; told as it changes.

    Attributes:
        others: The bytes that each of them holds there, by user; 0 where the driver does not tell,
            and an empty name where the system does not. Nobody when empty.
    """

    TYPE: ClassVar[str] = "gpu_shared"

    time: float
    others: dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress(Event):
    """How far a loop has come. `total` is None when nobody knows it.

    Attributes:
        unit: What `done` counts, such as `batch`; empty for the steps of `lab.track`.
        epoch: The epoch that is running, from 1; None where there are none.
        epochs: How many there are to be.
    """

    TYPE: ClassVar[str] = "progress"

    cell: int
    done: int
    total: int | None
    time: float
    unit: str = ""
    epoch: int | None = None
    epochs: int | None = None
