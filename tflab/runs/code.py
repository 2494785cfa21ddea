"""The code of a run as its record keeps it: cells, what is put in them, and options of programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ParameterPlace:
    """Where a cell has the literal that stands for a parameter.

    Attributes:
        name: The parameter's name.
        type: Its type; a whole number becomes a float where a `float` is asked for.
        line: First line of the literal, counted from 1 in the cell.
        column: Its first byte in that line, as Python's syntax tree counts.
        target: The global name that has it. Where the program sets that again, by whatever means,
            what the name has at the end of the run is recorded too.
    """

    name: str
    type: str
    line: int
    column: int
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class ExerciseCode:
    """What a learner wrote in the place of a cell.

    Attributes:
        id: What the exercise is known by.
        title: What people call it.
        answer: The code: the learner's, or the starter.
        written: Whether the learner has written it.
        solved: Whether the cell itself is a solution, to go on with where the answer fails.
        by_hand: A person grades it; nothing checks it.
        seconds: How long the answer, and each cell that checks it, may take.
        mark: Tells the answer from any other; the outcome has it.
    """

    id: str
    title: str
    answer: str
    written: bool
    solved: bool
    by_hand: bool = False
    seconds: float = 30.0
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class CodeCell:
    """A code cell as the run process executes it.

    Attributes:
        index: Its place among all cells of the program, prose included.
        source: Its code.
        line: Line of the file where its code begins, from 1.
        places: The literals in it that a run's values take the place of.
        variables: The environment variables that it sets and that count when a library is loaded.
        label: What it is called, for a cell of a notebook, such as `cell 4 (In [2])`.
        exercise: What stands in its place, where the learner writes it.
        checks: The id of the exercise that it checks; empty where it is no such cell.
    """

    index: int
    source: str
    line: int
    places: tuple[ParameterPlace, ...] = ()
    variables: tuple[str, ...] = ()
    label: str = ""
    exercise: ExerciseCode | None = None
    checks: str = ""


@dataclass(frozen=True, kw_only=True)
class EditedCell:
    """A code cell that the person wrote anew: its place among all cells, and the code as run."""

    index: int
    source: str


@dataclass(frozen=True, kw_only=True)
class CommandOption:
    """How a program reads a parameter from its command line.

    Attributes:
        name: The parameter's name.
        flag: What is written before its value, such as `--rate`; empty for a positional one.
        style: How the value is written; see `Option` in `tflab/programs/program.py`.
        negative: The flag that says no, where there are two.
        default: What it is when it is not given.
        under: The subcommands that take it; empty for the program's own.
        dest: What the program calls it, where that is not the parameter's name.
    """

    name: str
    flag: str
    style: str = "value"
    negative: str = ""
    default: Any = None
    under: tuple[str, ...] = ()
    dest: str = ""
