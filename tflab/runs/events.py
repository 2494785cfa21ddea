"""The events of a run log: what `events.jsonl` may hold, one JSON object a line.

A line is one event; its `type` is the tag given to the class here. Readers skip types and fields
that they do not know, so that an older workbench can show a newer log as far as it understands it.

Numbers that JSON cannot write (`nan`, `inf`, `-inf`) are kept as those three strings.

`at` is the length of the run's `output.log`, in bytes, at the moment of the event. It puts
printed text, values and figures of a cell into the order in which the lesson made them.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import msgspec

LOG_VERSION = 1
"""Version of the log format that this code writes."""

Number = int | float | str
"""A number as the log keeps it: non-finite ones are "nan", "inf" or "-inf"."""

EndState = Literal["finished", "failed", "cancelled", "lost"]
RunStatus = Literal["starting", "running", "finished", "failed", "cancelled", "lost"]


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """One line of a run log."""


class TensorValue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tensor, variable or array as the log keeps it.

    Attributes:
        dtype: Name of the element type, such as `float32`.
        shape: Size of each axis; empty for a scalar.
        values: Nested lists of numbers, or one number for a scalar.
        device: Where it lay, such as `CPU:0`; empty when it is no TensorFlow object.
        truncated: True when `values` holds only the first elements, flat.
    """

    dtype: str
    shape: list[int]
    values: Any
    device: str = ""
    truncated: bool = False


class Started(Event, frozen=True, kw_only=True, omit_defaults=True, tag="started"):
    """The run process is up.

    `process_start` tells a reused process id from the real one, and `host` the machine where the
    number means anything, for homes that several machines share.
    """

    time: float
    pid: int
    process_start: float = 0.0
    host: str = ""
    log_version: int = LOG_VERSION


class CellStarted(Event, frozen=True, kw_only=True, omit_defaults=True, tag="cell"):
    """A code cell begins. `cell` is its index among all cells of the lesson, prose included."""

    cell: int
    time: float
    at: int = 0


class CellEnded(Event, frozen=True, kw_only=True, omit_defaults=True, tag="cell_ended"):
    """A code cell came to its end without an error."""

    cell: int
    seconds: float
    at: int = 0


class Value(Event, frozen=True, kw_only=True, omit_defaults=True, tag="value"):
    """The value of a cell's last expression: its text, and its content if it is a tensor."""

    cell: int
    text: str
    at: int = 0
    tensor: TensorValue | None = None


class Scalars(Event, frozen=True, kw_only=True, omit_defaults=True, tag="scalars"):
    """A batch of points of one series. `time` is when the batch was written."""

    tag: str
    steps: list[int]
    values: list[Number]
    time: float = 0.0


class Progress(Event, frozen=True, kw_only=True, omit_defaults=True, tag="progress"):
    """How far `lab.track` has come. `total` is None when the iterable has no length."""

    cell: int
    done: int
    total: int | None
    time: float


class Result(Event, frozen=True, kw_only=True, omit_defaults=True, tag="result"):
    """A named result of `lab.show`: a plain JSON value, or a tensor."""

    cell: int
    name: str
    value: Any = None
    tensor: TensorValue | None = None
    at: int = 0


class Layer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One layer of a figure.

    `points` and `line` use `x` and `y`. `bars` uses `names` and `y`. `hist` uses `y` as bin counts
    and `x` as bin edges (one more). `grid` uses `grid`, rows from the smallest y upwards.
    """

    kind: Literal["points", "line", "bars", "hist", "grid"]
    label: str = ""
    x: list[Number] = []
    y: list[Number] = []
    names: list[str] = []
    grid: list[list[Number]] = []


class Figure(Event, frozen=True, kw_only=True, omit_defaults=True, tag="figure"):
    """A figure as data; the workbench draws it.

    Figures of one title with a `step` are frames of one moving picture. `x_range` and `y_range`
    fix the axes; a `grid` layer covers exactly them. `note` says what was left out, if anything.
    """

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


class Goal(Event, frozen=True, kw_only=True, omit_defaults=True, tag="goal"):
    """Whether a goal of the lesson was reached in this run. Hints go from weak to strong."""

    text: str
    passed: bool
    hints: list[str] = []
    cell: int = 0


class Prediction(Event, frozen=True, kw_only=True, omit_defaults=True, tag="prediction"):
    """What a lesson asked the learner to guess, the guess (None if none was made), the answer."""

    question: str
    answer: Any
    guess: Any = None
    correct: bool | None = None
    cell: int = 0


class Error(Event, frozen=True, kw_only=True, omit_defaults=True, tag="error"):
    """What went wrong in the lesson: title, cause and next step, with its own lines only."""

    title: str
    cause: str
    next_step: str
    cell: int | None = None
    line: int | None = None
    traceback: str = ""


class Notice(Event, frozen=True, kw_only=True, omit_defaults=True, tag="notice"):
    """Something the reader of a run should know, such as output that was cut."""

    text: str
    at: int = 0


class Ended(Event, frozen=True, kw_only=True, omit_defaults=True, tag="ended"):
    """The end of a run. Written by the run itself, or by the fork server when it could not.

    `seconds` is how long the run took by a clock that nobody sets; only the run itself knows.
    """

    state: EndState
    time: float
    cause: str = ""
    next_step: str = ""
    exit_code: int | None = None
    signal: str = ""
    writer: Literal["run", "server"] = "run"
    seconds: float | None = None


AnyEvent = (
    Started
    | CellStarted
    | CellEnded
    | Value
    | Scalars
    | Progress
    | Result
    | Figure
    | Goal
    | Prediction
    | Error
    | Notice
    | Ended
)


def as_number(value: float) -> Number:
    """Return `value` as the log keeps it: unchanged, or its name when it is not finite."""
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "nan"
    return "inf" if value > 0 else "-inf"
