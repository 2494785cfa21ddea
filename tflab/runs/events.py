"""The events of a run log: what `events.jsonl` may hold, one JSON object a line.

A line is one event; its `type` is the tag given to the class here. Readers skip types and fields
that they do not know, so that an older workbench can show a newer log as far as it understands it.

Numbers that JSON cannot write (`nan`, `inf`, `-inf`) are kept as those three strings.

`at` is the length of the run's `output.log`, in bytes, at the moment of the event. It puts
printed text, values and figures of a cell into the order in which the lesson made them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

LOG_VERSION = 1
"""Version of the log format that this code writes."""

Number = int | float | str
"""A number as the log keeps it: non-finite ones are "nan", "inf" or "-inf"."""

EndState = Literal["finished", "failed", "cancelled", "lost"]
RunStatus = Literal["starting", "running", "finished", "failed", "cancelled", "lost"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line of a run log. `TYPE` names its kind there."""

    TYPE: ClassVar[str] = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TensorValue:
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Started(Event):
    """The run process is up.

    `process_start` tells a reused process id from the real one, and `host` the machine where the
    number means anything, for homes that several machines share.
    """

    TYPE: ClassVar[str] = "started"

    time: float
    pid: int
    process_start: float = 0.0
    host: str = ""
    log_version: int = LOG_VERSION


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment(Event):
    """What the run process runs in; the last one of a log counts.

    Attributes:
        interpreter: The Python that runs it.
        python: Its version.
        packages: A version for each of TensorFlow, Keras, NumPy, JAX and PyTorch that it has
            loaded, or would load.
        backend: What Keras computes on; empty before Keras is loaded.
    """

    TYPE: ClassVar[str] = "environment"

    interpreter: str
    python: str
    packages: dict[str, str] = field(default_factory=dict)
    backend: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CellStarted(Event):
    """A code cell begins. `cell` is its index among all cells of the lesson, prose included."""

    TYPE: ClassVar[str] = "cell"

    cell: int
    time: float
    at: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CellEnded(Event):
    """A code cell came to its end without an error."""

    TYPE: ClassVar[str] = "cell_ended"

    cell: int
    seconds: float
    at: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Value(Event):
    """The value of a cell's last expression: its text, and its content if it is a tensor."""

    TYPE: ClassVar[str] = "value"

    cell: int
    text: str
    at: int = 0
    tensor: TensorValue | None = None


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Result(Event):
    """A named result of `lab.show`: a plain JSON value, or a tensor."""

    TYPE: ClassVar[str] = "result"

    cell: int
    name: str
    value: Any = None
    tensor: TensorValue | None = None
    at: int = 0


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal(Event):
    """Whether a goal of the lesson was reached in this run. Hints go from weak to strong.

    `id` stays when the text is reworded or translated; empty where the lesson gives none.
    """

    TYPE: ClassVar[str] = "goal"

    text: str
    passed: bool
    hints: list[str] = field(default_factory=list)
    cell: int = 0
    id: str = ""

    @property
    def key(self) -> str:
        """What the goal is known by: its id, or its text where it has none."""
        return self.id or self.text


@dataclass(frozen=True, kw_only=True, slots=True)
class Prediction(Event):
    """What a lesson asked the learner to guess, the guess (None if none was made), the answer.

    `id` stays when the question is reworded or translated; empty where the lesson gives none.
    """

    TYPE: ClassVar[str] = "prediction"

    question: str
    answer: Any
    guess: Any = None
    correct: bool | None = None
    cell: int = 0
    id: str = ""

    @property
    def key(self) -> str:
        """What the question is known by: its id, or its text where it has none."""
        return self.id or self.question


@dataclass(frozen=True, kw_only=True, slots=True)
class Error(Event):
    """What went wrong in the lesson: title, cause and next step, with its own lines only.

    `line` is that of the program's source; `where` names a notebook's cell, and the line in it.
    """

    TYPE: ClassVar[str] = "error"

    title: str
    cause: str
    next_step: str
    cell: int | None = None
    line: int | None = None
    traceback: str = ""
    where: str = ""

    @property
    def place(self) -> str:
        """Where it happened, in words; empty when that is not known."""
        return self.where or (f"line {self.line}" if self.line else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice(Event):
    """Something the reader of a run should know, such as output that was cut."""

    TYPE: ClassVar[str] = "notice"

    text: str
    at: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended(Event):
    """The end of a run. Written by the run itself, or by the fork server when it could not.

    `seconds` is how long the run took by a clock that nobody sets; only the run itself knows.
    """

    TYPE: ClassVar[str] = "ended"

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
    | Environment
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
