"""Why what a learner wrote does not pass, in words that help."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from tflab.recording.time_limit import TookTooLong
from tflab.runs.events import Error
from tflab.runs.record import CodeCell, ExerciseCode, RunRequest
from tflab.worker.errors import explain

_SECRET = re.compile(r"\s*#+\s*(BEGIN|END) HIDDEN TESTS\b")
_LONGEST = 500


class Failure(Exception):
    """Why an answer does not pass: its text says it, `line` is that of the learner's code."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def failure_of(
    error: BaseException,
    cell: CodeCell,
    exercise: ExerciseCode,
    request: RunRequest,
    names: Collection[str],
) -> Failure:
    """Return why an answer does not pass.

    Args:
        error: What was raised as it was tried.
        cell: The cell that raised it: the answer itself, or one that checks it.
        exercise: What is tried.
        request: The run.
        names: The global names of the program.
    """
    if isinstance(error, TookTooLong):
        words = f"It was ended after {error.seconds:g} seconds. Is there a loop without an end?"
        return Failure(words)
    if isinstance(error, SystemExit):
        return Failure("It calls sys.exit, which would end the program.")
    if isinstance(error, NotImplementedError) and not str(error):
        words = "Nothing is written here yet."
        if exercise.written:
            words = "It still raises NotImplementedError; write your code in its place."
        return Failure(words)
    found = _explained(answer_name(request, exercise), request, names, cell, error)
    if cell.exercise is not None or found.line:
        said = f"{found.title}: {found.cause}"
        return Failure(said + (f" (line {found.line})" if found.line else ""), found.line)
    found = _explained(request.path, request, names, cell, error)
    if isinstance(error, NameError) and error.name and error.name not in names:
        return Failure(f"`{error.name}` is not defined; it should be, here.")
    if isinstance(error, AssertionError):
        return Failure(_assertion(cell, found.line, found.cause if str(error) else ""))
    place = "a check" if cell.checks else "the code after it"
    return Failure(f"{found.title} in {place}: {found.cause}")


def answer_name(request: RunRequest, exercise: ExerciseCode) -> str:
    """Return the name of the file that a learner's code seems to come from."""
    return f"{request.path}:{exercise.id}"


def bounded(text: str) -> str:
    """Return a text as one line that is not endless."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _explained(
    name: str, request: RunRequest, names: Collection[str], cell: CodeCell, error: BaseException
) -> Error:
    return explain(error, Path(name), cell.index, list(names), request.cells)


def _assertion(cell: CodeCell, line: int | None, said: str) -> str:
    """Say which check a failed `assert` is, but of a hidden one no more than that."""
    lines = cell.source.split("\n")
    place = (line or 0) - cell.line
    text = lines[place].strip() if line and 0 <= place < len(lines) else ""
    if _is_secret(lines, place):
        return "A hidden check does not pass."
    if said:
        return f"A check does not pass: {said}"
    return f"This does not hold: {text.removeprefix('assert ')}" if text else "A check fails."


def _is_secret(lines: Sequence[str], place: int) -> bool:
    marks = [m[1] for line in lines[: place + 1] if (m := _SECRET.match(line))]
    return bool(marks) and marks[-1] == "BEGIN"
