"""The life of a run: where it runs, its cells, what went wrong, how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from tflab.runs.events.event import Event

LOG_VERSION = 1
"""Version of the log format that this code writes."""

EndState = Literal["finished", "failed", "cancelled", "pruned", "lost"]
RunStatus = Literal[
    "queued", "starting", "running", "finished", "failed", "cancelled", "pruned", "lost"
]


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
class Continued(Event):
    """All points before this were logged by an earlier run, from which this one goes on.

    They are copied into the log of the one that goes on, which so tells the whole curve by itself.

    Attributes:
        run: Id of the earlier run.
    """

    TYPE: ClassVar[str] = "continued"

    run: str


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
class InputAsked(Event):
    """The program waits for a line that a person types, as `input()` does.

    Attributes:
        number: Counts the questions of the run, from 1; an answer names the one that it is for.
        prompt: What the program says before; it stands in the output too.
        secret: Whether what is typed is not to be shown, as for `getpass`.
    """

    TYPE: ClassVar[str] = "input_asked"

    number: int
    time: float
    prompt: str = ""
    secret: bool = False
    cell: int = 0
    at: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class InputTaken(Event):
    """The program has its line, or gave up waiting. What was typed stands in the output alone."""

    TYPE: ClassVar[str] = "input_taken"

    number: int
    at: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended(Event):
    """The end of a run. Written by the run itself, or by the fork server when it could not.

    `seconds` is how long the run took by a clock that nobody sets; only the run itself knows.
    A run that a search stopped early is `pruned`, and `cause` says why.
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
