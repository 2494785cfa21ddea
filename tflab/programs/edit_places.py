"""Which cell an edit is of: it keeps to its cell however the file changes around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from tflab.programs.edits import Edit, code_cells_of, outline
from tflab.programs.program import Cell, Program

_ALIKE = 0.6
"""How much of its text a changed cell has in common with what an edit replaced, at least."""

_COMPARED = (12, 20_000)
"""Characters of what is compared: less is alike by chance, and more takes too long."""


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
