"""What a program is, once read: cells, parameters, goals, questions. Nothing is executed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from tflab.programs.exercise_marks import without_secrets
from tflab.programs.exercises import Exercise, Grading
from tflab.runs.record import EditedCell

RESERVED = frozenset({"seed", "device"})
"""Names that every run has beside the program's own parameters."""

ProgramKind = Literal["lesson", "notebook", "script"]

ParameterType = Literal["int", "float", "bool", "str", "choice"]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the code has the literal that stands for a parameter.

    Attributes:
        cell: Index of the cell.
        line: First line of the literal in the program's source, from 1.
        column: Its first byte in that line, from 0, as Python's syntax tree counts.
    """

    cell: int
    line: int
    column: int


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """How a parameter is given to a program that reads it from its command line.

    Attributes:
        flag: What is written before the value, such as `--rate`; empty for a positional one.
        style: `value` is `--rate=0.5`; `on` is there when it is true and `off` when it is not;
            `pair` writes `flag` or `negative`; `text` is any text for true and an empty one for
            false, as `type=bool` wants it; `several` takes what is parted by spaces, and `append`
            has the flag before each of them; `count` has the flag as often as the number is above
            its default; `command` is a subcommand.
        negative: The other flag of a `pair`.
        under: The subcommands that take it; empty for the program's own.
        dest: What the program calls it, where that is not the parameter's name.
    """

    flag: str
    style: Literal[
        "value", "on", "off", "pair", "text", "several", "append", "count", "command"
    ] = "value"
    negative: str = ""
    under: tuple[str, ...] = ()
    dest: str = ""


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter of a program. It has either a place in the code or an option, or neither.

    Attributes:
        name: What people call it; the code's own name but for `seed` and `device`, which every
            run has.
        type: `choice` has `choices`; numbers may have bounds.
        default: The literal in the file.
        help: One line for people.
        gt, ge, lt, le: Bounds of a number; None where open.
        choices: The values of a `Literal`, in order.
        line: Line of the file it stands on, from 1.
        note: What a person has to know of its value, such as that the program sets it again.
        optional: Whether a number may be left out, which is an empty text.
        place: Where its literal stands, if a value goes there.
        option: How it is given on the command line, if it is.
    """

    name: str
    type: ParameterType
    default: Any
    help: str = ""
    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None
    choices: tuple[Any, ...] = ()
    line: int = 0
    note: str = ""
    optional: bool = False
    place: Place | None = None
    option: Option | None = None

    @property
    def code_name(self) -> str:
        """Its name in the code; that of a parameter called `program_seed` is `seed`."""
        if self.option is not None and self.option.dest:
            return self.option.dest
        name = self.name.removeprefix("program_")
        return name if name in RESERVED else self.name


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A name or an option that looks like a parameter, and why it is none."""

    name: str
    line: int
    reason: str


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell: prose in Markdown, or code.

    Attributes:
        index: Place among all cells of the lesson, from 0.
        line: Line of the program's source where the cell's first line stands, from 1.
        label: For a cell of a notebook or of an edited program, what it is called, such as
            `cell 4 (In [2])`.
        id: The id that a notebook, or the mark of the cell, gives it.
        attachments: Names of the files that a notebook keeps with it.
        title: What the mark of the cell calls it.
        seconds: How long an answer may take, if its mark says so; 0 where it does not.
        grading: What nbgrader says of it.
        exercise: What the learner does here, if it is an exercise.
        checks: The id of the exercise that it checks; empty where it is no such cell.
    """

    index: int
    kind: Literal["prose", "code"]
    source: str
    line: int
    tags: tuple[str, ...] = ()
    label: str = ""
    id: str = ""
    attachments: tuple[str, ...] = ()
    title: str = ""
    seconds: float = 0.0
    grading: Grading | None = None
    exercise: Exercise | None = None
    checks: str = ""

    @property
    def given(self) -> str:
        """What a person finds here to edit: the starter of an exercise, else its code."""
        return self.exercise.starter if self.exercise else self.source

    @property
    def shown(self) -> str:
        """What a learner sees: their own answer to an exercise, or its starter; no hidden tests."""
        return self.exercise.text if self.exercise else without_secrets(self.source)

    @property
    def locked(self) -> bool:
        """Whether it stays as the author wrote it: it checks what the learner writes."""
        return bool(self.checks) or (self.grading is not None and self.grading.locked)

    @property
    def is_parameters(self) -> bool:
        """Whether this is the cell that holds the parameters."""
        return "parameters" in self.tags


class ShellCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A shell command in a code cell, such as `!pip install keras`, and its line in the source."""

    cell: int
    line: int
    text: str


class GoalSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A goal as the file states it, readable before any run. Hints go from weak to strong.

    `id` is what it is known by: what the file gives it, else its text.
    """

    id: str
    text: str
    hints: tuple[str, ...] = ()
    cell: int = 0


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A `lab.predict` as the file states it. Without choices the answer is a number.

    Attributes:
        id: What it is known by: what the file gives it, else its text.
        choices: What can be chosen, as it is shown.
        answers: What each choice is known by.
        depends: The parameters that the answer may depend on.
    """

    id: str
    text: str
    choices: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    cell: int = 0


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found in a program's file, and what to write in its place.

    Attributes:
        line: Line of the file, or of the notebook's cell, from 1; 0 for the whole file.
        column: Place in that line, from 1; 0 for the whole line.
        cell: The cell of a notebook, in words; empty for other files.
        level: An `error` keeps the program from being used, a `warning` is something that a
            person would not see, and `advice` would make it better.
    """

    path: Path
    line: int
    message: str
    next_step: str
    column: int = 0
    cell: str = ""
    level: Literal["error", "warning", "advice"] = "error"

    def __str__(self) -> str:
        column = f":{self.column}" if self.column else ""
        line = f":{self.line}{column}" if self.line else ""
        where = f": {self.cell}, line {self.line}{column}" if self.cell else line
        return f"{self.path}{where}: {self.message} {self.next_step}"


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A program that was read: a lesson, a notebook or a script.

    Attributes:
        id: From the file name: `10_linear_classifier.py` gives `linear-classifier`.
        number: From the file name, or None.
        title: The first `#` heading, else what the docstring gives, else the file's name.
        source: The file's text as read; of a notebook the listing of its cells.
        kind: A `lesson` is written for tflab. A `notebook` is an `.ipynb` file.
        refused: What looks like a parameter and is none, with the reason.
        kernel: Name of the kernel that a notebook asks for.
        commands: The shell commands in its cells, which are skipped unless a person allows them.
        remarks: What is no error, and still worth knowing.
        original: The file's text, where the person's edits make `source` another; empty otherwise.
        edits: The cells that are not as in the file.
    """

    id: str
    number: int | None
    title: str
    path: Path
    source: str
    cells: tuple[Cell, ...]
    parameters: tuple[Parameter, ...]
    goals: tuple[GoalSpec, ...] = ()
    questions: tuple[Question, ...] = ()
    remarks: tuple[Finding, ...] = ()
    kind: ProgramKind = "lesson"
    refused: tuple[Refusal, ...] = ()
    kernel: str = ""
    commands: tuple[ShellCommand, ...] = ()
    original: str = ""
    edits: tuple[EditedCell, ...] = ()

    @property
    def file_source(self) -> str:
        """The file's text as read, without any edits."""
        return self.original or self.source

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter of that name, or None."""
        return next((p for p in self.parameters if p.name == name), None)

    @property
    def defaults(self) -> dict[str, Any]:
        """Every parameter's default value, in the file's order."""
        return {p.name: p.default for p in self.parameters}

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """What the learner writes, in the file's order."""
        return tuple(cell.exercise for cell in self.cells if cell.exercise is not None)

    @property
    def logs_curves(self) -> bool:
        """Whether its code looks as if it logged series; only a run knows."""
        return calls_what_logs([cell.source for cell in self.cells if cell.kind == "code"])


def calls_what_logs(code: Sequence[str]) -> bool:
    """Whether code looks as if it logged series."""
    calls = ("lab.log(", "lab.keras_callback(", ".fit(", ".train_on_batch(", "summary.scalar(")
    return any(call in source for source in code for call in calls)
