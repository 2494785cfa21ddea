"""A program and a person's edits of its cells: what is run of the two.

Cells stay as they are cut in the file, also where an edit holds what would begin another one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

import msgspec

from tflab.programs import notebook
from tflab.programs.check import Findings, ProgramError
from tflab.programs.layout import Cut
from tflab.programs.magics import plain_python
from tflab.programs.percent import split_lines
from tflab.programs.program import Cell, Program, ProgramKind
from tflab.programs.reader import parse_program
from tflab.programs.syntax import code_error
from tflab.runs.record import EditedCell, RunRequest

LARGEST_CELL = 2_000_000
"""Characters of the largest edit: as large as the largest program."""

_LINE_END = re.compile(r"\r\n|\r|\n")


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """The person's own version of a code cell.

    Attributes:
        text: The code.
        before: The code of the cell that it replaces.
        place: The place of that cell among the code cells of the program, from 0.
        id: The id that a notebook gives the cell.
    """

    text: str
    before: str
    place: int
    id: str = ""

    @property
    def replaces(self) -> str:
        """Hash of the code that it replaces."""
        return cell_hash(self.before)


class CellProblem(NamedTuple):
    """Why Python cannot read a cell: line and column are from 1 and count within the cell."""

    line: int
    column: int
    message: str

    @property
    def sentence(self) -> str:
        """What is wrong, as a sentence."""
        return f"{self.message[:1].upper()}{self.message[1:]}."


def cell_hash(source: str) -> str:
    """Return a short text that is the same for the same code of a cell, and for no other."""
    # Not before the first paint: it loads OpenSSL.
    import hashlib

    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def outline(program: Program) -> list[str]:
    """Return the hashes of the code cells, in order: from it a later version tells what moved."""
    return [cell_hash(cell.source) for cell in code_cells_of(program)]


def code_cells_of(program: Program) -> list[Cell]:
    """Return the code cells of a program."""
    return [cell for cell in program.cells if cell.kind == "code"]


def new_edit(program: Program, cell: int, text: str) -> Edit:
    """Return an edit of a cell of a program as its file has it.

    Raises:
        ValueError: When there is no code cell of that index.
    """
    for place, found in enumerate(code_cells_of(program)):
        if found.index == cell:
            return Edit(text=tidy(text), before=found.source, place=place, id=found.id)
    raise ValueError(f"there is no code cell {cell}")


def tidy(text: str) -> str:
    """Return the code of a cell as files have it: its lines end alike, and none at its end."""
    return _LINE_END.sub("\n", text).rstrip()


def with_edits(program: Program, texts: Mapping[int, str]) -> Program:
    """Return a program with other code in some of its cells; the program itself if none differs.

    Its source is the file's text with that code in place. Its parameters, goals and questions are
    those of the edited code. What is written in the place of an exercise becomes its answer; the
    source keeps the solution, for the run to go on with where the answer fails.

    Args:
        program: The program as its file has it.
        texts: The code of cells, by the cell's index.

    Raises:
        ProgramError: When it cannot be used so; each finding names its cell.
        ValueError: When the program is edited already, or has no such code cell.
    """
    if program.edits:
        raise ValueError("the program is edited already")
    changed = changed_texts(program, texts)
    if not changed:
        return program
    answers = {i: text for i, text in changed.items() if program.cells[i].exercise is not None}
    others = {i: text for i, text in changed.items() if i not in answers}
    if not others:
        found = program
    elif program.kind == "notebook":
        found = parse_program(_edited_listing(program, others), program.path)
    else:
        source, cells = edited_text(program, others)
        found = parse_program(source, program.path, Cut(cells, program.kind))
    return msgspec.structs.replace(
        found,
        cells=_with_answers(found.cells, answers),
        original=program.source if others else "",
        edits=tuple(EditedCell(index=index, source=text) for index, text in changed.items()),
    )


def edited_or_draft(
    base: Program, shown: Program, texts: Mapping[int, str]
) -> tuple[Program, ProgramError | None]:
    """Return a program with edits; where it cannot be used so, a draft of it, and why.

    A draft has the edited code in its cells, for people to read, and must not be run.

    Args:
        base: The program as its file has it.
        shown: The program as it is on show; a draft has its parameters, until the code is good.
        texts: The code of edited cells.
    """
    try:
        return with_edits(base, texts), None
    except ProgramError as problem:
        changed = changed_texts(base, texts)
        cells = tuple(
            cell
            if cell.exercise is not None
            else msgspec.structs.replace(cell, source=changed.get(cell.index, cell.source))
            for cell in base.cells
        )
        edits = tuple(EditedCell(index=index, source=text) for index, text in changed.items())
        draft = msgspec.structs.replace(
            base, cells=cells, edits=edits, original=base.source, parameters=shown.parameters
        )
        return draft, problem


def source_with_answers(program: Program) -> str:
    """Return all that may run of a program: its source with the learner's answers, if it has any.

    What an answer runs as is no part of `Program.source`; whoever trusts code reads it here.
    """
    answers = [
        f"# %% {exercise.id}\n{exercise.answer}"
        for exercise in program.exercises
        if exercise.answer is not None
    ]
    return "\n\n".join([program.source, *answers])


def _with_answers(cells: tuple[Cell, ...], answers: Mapping[int, str]) -> tuple[Cell, ...]:
    made = list(cells)
    for index, text in answers.items():
        exercise = made[index].exercise
        if exercise is not None:
            answered = msgspec.structs.replace(exercise, answer=text)
            made[index] = msgspec.structs.replace(made[index], exercise=answered)
    return tuple(made)


def changed_texts(program: Program, texts: Mapping[int, str]) -> dict[int, str]:
    """Return the texts, tidied and in order, that differ from the code of their cells.

    Raises:
        ValueError: When there is no such code cell.
    """
    cells = {cell.index: cell.given for cell in code_cells_of(program)}
    if unknown := set(texts) - set(cells):
        raise ValueError(f"there is no code cell {min(unknown)}")
    tidied = {index: tidy(texts[index]) for index in sorted(texts)}
    return {index: text for index, text in tidied.items() if text != cells[index]}


def program_as_run(request: RunRequest) -> Program:
    """Return the program that a run had, with the edits that it had.

    Raises:
        ProgramError: When its text is not a good program any more.
    """
    program = parse_program(request.file_source, Path(request.path))
    try:
        return with_edits(program, {cell.index: cell.source for cell in request.edits})
    except ValueError:
        # Cut in another way than when it ran: its whole text is as good a program.
        return parse_program(request.source, Path(request.path))


def edited_text(program: Program, changed: Mapping[int, str]) -> tuple[str, tuple[Cell, ...]]:
    """Return the text of a program with other code in cells, and its cells there.

    Args:
        program: The program, no notebook.
        changed: The code of cells, by the cell's index, as `changed_texts` gives it.
    """
    pieces: list[str] = []
    cells: list[Cell] = []
    spans = line_spans(program.source)
    end = program.source[slice(*_first_end(program.source))] or "\n"
    copied = shift = number = 0
    for cell in program.cells:
        label = f"cell {(number := number + 1)}" if cell.kind == "code" else "the text"
        here = msgspec.structs.replace(cell, line=cell.line + shift, label=label)
        text = changed.get(cell.index)
        if text is not None:
            before = len(split_lines(cell.source))
            first, last = spans[cell.line - 1][0], spans[cell.line + before - 2][1]
            lines = text.split("\n")
            pieces += program.source[copied:first], end.join(lines)
            copied, shift = last, shift + len(lines) - before
            here = msgspec.structs.replace(here, source=text, label=f"{label} as edited")
        cells.append(here)
    return "".join([*pieces, program.source[copied:]]), tuple(cells)


def line_spans(text: str) -> list[tuple[int, int]]:
    """Return where each line starts and ends, without what ends it."""
    ends = [match.span() for match in _LINE_END.finditer(text)]
    starts = [0, *(after for _, after in ends)]
    return list(zip(starts, [*(before for before, _ in ends), len(text)], strict=True))


def _first_end(text: str) -> tuple[int, int]:
    match = _LINE_END.search(text)
    return match.span() if match else (0, 0)


def _edited_listing(program: Program, changed: Mapping[int, str]) -> str:
    """Return the listing of a notebook with other code in cells."""
    found = notebook.read_listing(program.source, Findings(program.path))
    if found is None:
        raise ValueError("the program is no listing of a notebook")
    cells = [
        msgspec.structs.replace(cell, lines=changed[index].split("\n"))
        if index in changed
        else cell
        for index, cell in enumerate(found.cells)
    ]
    return notebook.write_listing(msgspec.structs.replace(found, cells=cells))


def cell_problem(source: str, kind: ProgramKind) -> CellProblem | None:
    """Return why Python cannot read a cell; None when it can. Notebooks may have magics."""
    plain = source if kind == "lesson" else plain_python(source).source
    found = code_error(plain, notebook=kind != "lesson")
    if found is None:
        return None
    line, column, message = found
    if kind == "lesson" and (plain.split("\n")[line - 1].lstrip()[:1] or " ") in "%!":
        message = "a lesson is plain Python, without notebook magics"
    return CellProblem(line, column, message)


def edit_diff(name: str, before: str, after: str) -> str:
    """Return how an edit changes a cell, as a unified diff; empty where it does not."""
    lines = unified_diff(
        before.split("\n"), after.split("\n"), f"{name} in the file", f"{name} as edited",
        lineterm="",
    )  # fmt: skip
    return "\n".join(lines)
