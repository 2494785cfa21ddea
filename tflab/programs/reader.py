"""Reading a lesson file. Nothing in it is executed; every problem in it is told at once."""

from __future__ import annotations

import ast
import itertools
import re
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from tflab.programs.bindings import GlobalNames
from tflab.programs.check import Findings, ProgramError
from tflab.programs.declarations import read_parameters
from tflab.programs.hidden_characters import MOST_TOLD, hidden_characters
from tflab.programs.percent import MarkError, split_cells
from tflab.programs.program import (
    Cell,
    Finding,
    GoalSpec,
    Parameter,
    Program,
    Question,
    lesson_id,
)
from tflab.programs.statements import find_goals, find_questions, heading
from tflab.programs.syntax import parse_code

__all__ = ["ProgramError", "check_lesson", "parse_program", "read_program"]

_BINARY = ("It is a binary file.", "Give a lesson written as Python text.")
_NOT_UTF8 = ("Its text is not UTF-8 here.", "Save the file as UTF-8.")
_LARGEST = 2_000_000
_CODING = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


def read_program(path: Path) -> Program:
    """Read a lesson file.

    Raises:
        ProgramError: When the file cannot be read or is not a good lesson; it has every problem.
    """
    findings = Findings(path)
    source = _read_source(path, findings)
    if source is None:
        raise findings.error()
    return _parse(source, path, findings)


def parse_program(source: str, path: Path) -> Program:
    """Read a lesson from its text.

    Args:
        source: The text.
        path: Gives the lesson's id and number; need not exist.

    Raises:
        ProgramError: When it is not a good lesson.
    """
    return _parse(source, path, Findings(path))


def check_lesson(path: Path) -> list[Finding]:
    """Return every finding in a lesson file, by line; empty when there is nothing to say."""
    findings = Findings(path)
    source = _read_source(path, findings)
    if source is not None:
        with suppress(ProgramError):
            _parse(source, path, findings)
    return sorted(findings.problems + findings.remarks, key=lambda found: found.line)


def _read_source(path: Path, findings: Findings) -> str | None:
    if path.suffix == ".ipynb":
        findings.add(
            0,
            "Notebooks in .ipynb form are not read.",
            f"Turn it into a text notebook once: `jupytext --to py:percent {path}`.",
        )
        return None
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            findings.add(0, "It is not a file.", "Give the path of a lesson file, ending in .py.")
            return None
        with path.open("rb") as file:
            # Python makes room for all that is asked for, and the largest is far more than usual.
            data = file.read(min(found.st_size, _LARGEST) + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        findings.add(0, f"It cannot be read: {reason}.", "Check the path and its permissions.")
        return None
    return _decode(data, findings)


def _decode(data: bytes, findings: Findings) -> str | None:
    if len(data) > _LARGEST:
        findings.add(
            0, "It is larger than 2 MB.", "A lesson is short text: keep data in files of its own."
        )
    elif b"\0" in data:
        findings.add(0, *_BINARY)
    elif not data.strip():
        findings.add(0, "It is empty.", "Start from a template: `tflab new PATH`.")
    else:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            findings.add(line, *_NOT_UTF8)
    return None


def _parse(source: str, path: Path, findings: Findings) -> Program:
    _check_characters(source, findings)
    if findings.problems:
        raise findings.error()
    try:
        cells = split_cells(source)
    except MarkError as error:
        findings.add(
            error.line,
            "The options of this cell mark cannot be read.",
            'Write them as in `# %% tags=["parameters"]`.',
        )
        raise findings.error() from error
    title = next((t for c in cells if c.kind == "prose" and (t := heading(c.source))), "")
    if not title:
        findings.add(
            0, "It has no title.", "Begin with a prose cell: `# %% [markdown]`, then `# # Title`."
        )
    trees = _parse_code(cells, source, findings)
    parameters = _find_parameters(cells, trees, findings)
    parameters = _with_notes(parameters, GlobalNames(trees.values()), findings)
    goals, questions = _find_statements(trees, findings)
    if findings.problems:
        raise findings.error()
    name, number = lesson_id(path)
    return Program(
        id=name,
        number=number,
        title=title,
        path=path,
        source=source,
        cells=cells,
        parameters=parameters,
        goals=goals,
        questions=questions,
        remarks=tuple(findings.remarks),
    )


def _check_characters(source: str, findings: Findings) -> None:
    for hidden in itertools.islice(hidden_characters(source), MOST_TOLD):
        findings.add(
            hidden.line,
            f"It holds a character that is not seen: {hidden.name}.",
            "Remove it, or write it as an escape such as `\\u200b`.",
            level="warning",
            column=hidden.column,
        )
    if "\0" in source:
        findings.add(0, *_BINARY)
    try:
        source.encode()
    except UnicodeEncodeError as error:
        line = source.count("\n", 0, error.start) + 1
        findings.add(line, *_NOT_UTF8)
    for number, text in enumerate(source.split("\n", 2)[:2], start=1):
        coding = _CODING.match(text)
        if coding and coding[1].lower().replace("_", "-") not in ("utf-8", "utf-8-sig", "utf8"):
            findings.add(
                number,
                f"It says that its encoding is {coding[1]}.",
                "Save it as UTF-8 and remove this line.",
            )


def _parse_code(cells: Sequence[Cell], source: str, findings: Findings) -> dict[int, ast.Module]:
    """Return the syntax tree of each good code cell, with the file's line numbers."""
    trees: dict[int, ast.Module] = {}
    code = [cell for cell in cells if cell.kind == "code"]
    for cell in code:
        tree = parse_code(cell.source, cell.line - 1, findings)
        if tree is not None:
            trees[cell.index] = tree
    if len(trees) == len(code):
        # Good cells may still stand between prose that Python would take for code.
        parse_code(source, 0, findings)
    return trees


def _find_parameters(
    cells: Sequence[Cell], trees: dict[int, ast.Module], findings: Findings
) -> tuple[Parameter, ...]:
    tagged = [cell for cell in cells if cell.is_parameters and cell.kind == "code"]
    if not tagged:
        findings.add(
            0,
            "It has no parameters cell.",
            'Begin one with `# %% tags=["parameters"]`, with a line such as `steps = 40`.',
        )
        return ()
    for cell in tagged[1:]:
        findings.add(
            cell.line,
            f"It has a second parameters cell; the first is on line {tagged[0].line}.",
            "Put all parameters into one cell.",
        )
    tree = trees.get(tagged[0].index)
    return read_parameters(tagged[0], tree, findings) if tree else ()


def _with_notes(
    parameters: Sequence[Parameter], names: GlobalNames, findings: Findings
) -> tuple[Parameter, ...]:
    """Return the parameters, those noted that the program sets again."""
    noted: list[Parameter] = []
    for parameter in parameters:
        again = names.again(parameter.name, parameter.line)
        if again is None:
            noted.append(parameter)
            continue
        findings.add(
            again.line,
            f"The program sets `{parameter.name}` again here, by {again.words}: what is given for "
            "it counts until then only.",
            "Give what is set here another name.",
            level="warning",
        )
        note = f"set again on line {again.line}"
        noted.append(msgspec.structs.replace(parameter, note=note))
    return tuple(noted)


def _find_statements(
    trees: dict[int, ast.Module], findings: Findings
) -> tuple[tuple[GoalSpec, ...], tuple[Question, ...]]:
    """Return goals and questions; one that the code states in two places counts once."""
    goals = itertools.chain.from_iterable(find_goals(*item, findings) for item in trees.items())
    asked = itertools.chain.from_iterable(find_questions(*item, findings) for item in trees.items())
    by_text: dict[str, GoalSpec] = {}
    for goal in goals:
        by_text.setdefault(goal.text, goal)
    questions: dict[str, Question] = {}
    for question in asked:
        questions.setdefault(question.text, question)
    return tuple(by_text.values()), tuple(questions.values())
