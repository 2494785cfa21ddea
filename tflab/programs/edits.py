"""A program and a person's edits of its cells: what is run of the two, and which cell is whose.

An edit keeps to its cell however the file changes around it. Cells stay as they are cut in the
file, also where an edit holds what would begin another one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher, unified_diff
from pathlib import Path
from typing import NamedTuple

import msgspec

from tflab.programs import notebook
from tflab.programs.check import Findings
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
_ALIKE = 0.6
"""How much of its text a changed cell has in common with what an edit replaced, at least."""

_COMPARED = (12, 20_000)
"""Characters of what is compared: less is alike by chance, and more takes too long."""


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


class PlacedEdit(NamedTuple):
    """An edit, and the index of the cell that it is of.

    Attributes:
        stale: Whether that cell has changed in the file since the edit was begun.
    """

    cell: int
    edit: Edit
    stale: bool


class Placement(NamedTuple):
    """Which cells edits are of, and which edits have no cell any more.

    Attributes:
        placed: One edit a cell at most.
        lost: Those without a cell.
        others: Earlier edits of cells that have a later one.
    """

    placed: tuple[PlacedEdit, ...] = ()
    lost: tuple[Edit, ...] = ()
    others: tuple[PlacedEdit, ...] = ()


class CellProblem(NamedTuple):
    """Why Python cannot read a cell: line and column are from 1 and count within the cell."""

    line: int
    column: int
    message: str


def cell_hash(source: str) -> str:
    """Return a short text that is the same for the same code of a cell, and for no other."""
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


# Which edit is of which cell.


def place_edits(
    program: Program, edits: Sequence[Edit], outline_before: Sequence[str] = ()
) -> Placement:
    """Find the cell of each edit in a program as its file has it now.

    A notebook's cell is known by its id. Any other is known by its code, and by its neighbours
    where it changed itself, so that an edit stays with its cell when others come and go. Of two
    edits of one cell the last one counts.

    Args:
        program: The program, without edits.
        edits: What was kept.
        outline_before: What `outline` gave when the edits' places were noted.
    """
    cells = code_cells_of(program)
    moved = _moves(outline_before, outline(program))
    free = dict(enumerate(cells))
    placed: dict[int, PlacedEdit] = {}
    lost: list[Edit] = []
    others: list[PlacedEdit] = []
    # Those that are certain come first, so that no other takes their cell.
    for certain in (True, False):
        for edit in edits:
            known = _place_of(edit, cells, moved)
            if (known is not None and cells[known].source == edit.before) is not certain:
                continue
            place = known if known is not None else _alike(edit, free, moved)
            if place is None:
                lost.append(edit)
                continue
            free.pop(place, None)
            cell = cells[place]
            found = PlacedEdit(cell.index, edit, cell.source != edit.before)
            before = placed.get(cell.index)
            if before is not None:
                # What fits the cell as it is goes before what does not; else the later one.
                found, before = (before, found) if found.stale > before.stale else (found, before)
                others.append(before)
            placed[cell.index] = found
    return Placement(tuple(placed[index] for index in sorted(placed)), tuple(lost), tuple(others))


def _place_of(edit: Edit, cells: Sequence[Cell], moved: Mapping[int, int]) -> int | None:
    """Return the place of an edit's cell, as far as that is certain."""
    if edit.id:
        for place, cell in enumerate(cells):
            if cell.id == edit.id:
                return place
    there = moved.get(edit.place)
    if there is not None and there < len(cells):
        return there
    same = [place for place, cell in enumerate(cells) if cell.source == edit.before]
    return min(same, key=lambda place: abs(place - edit.place), default=None)


def _moves(before: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    """Return where cells are now, by where they were; of those that changed, where that is plain.

    A cell that changed is where it was between its neighbours, if as many are there as there were.
    """
    moved: dict[int, int] = {}
    for kind, first, last, there, end in SequenceMatcher(
        None, before, now, autojunk=False
    ).get_opcodes():
        if kind == "equal" or (kind == "replace" and last - first == end - there):
            moved.update(zip(range(first, last), range(there, end), strict=True))
    return moved


def _alike(edit: Edit, free: Mapping[int, Cell], moved: Mapping[int, int]) -> int | None:
    """Return the place of the cell that an edit's cell has most likely become; None if none has."""
    taken = set(moved.values())
    best, found = _ALIKE, None
    least, most = _COMPARED
    if not least <= len(edit.before) <= most:
        return None
    for place, cell in free.items():
        if place in taken or len(cell.source) > most:
            continue
        matcher = SequenceMatcher(None, edit.before, cell.source, autojunk=False)
        if matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, found = ratio, place
    return found


# The program as it runs.


def with_edits(program: Program, texts: Mapping[int, str]) -> Program:
    """Return a program with other code in some of its cells; the program itself if none differs.

    Its source is the file's text with that code in place. Its parameters, goals and questions are
    those of the edited code.

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
    if program.kind == "notebook":
        found = parse_program(_edited_listing(program, changed), program.path)
    else:
        source, cells = _edited_text(program, changed)
        found = parse_program(source, program.path, Cut(cells, program.kind))
    return msgspec.structs.replace(
        found,
        original=program.source,
        edits=tuple(EditedCell(index=index, source=text) for index, text in changed.items()),
    )


def changed_texts(program: Program, texts: Mapping[int, str]) -> dict[int, str]:
    """Return the texts, tidied and in order, that differ from the code of their cells.

    Raises:
        ValueError: When there is no such code cell.
    """
    cells = {cell.index: cell.source for cell in code_cells_of(program)}
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


def _edited_text(program: Program, changed: Mapping[int, str]) -> tuple[str, tuple[Cell, ...]]:
    """Return the text of a program with other code in cells, and its cells there."""
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


# What is said of an edit.


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
