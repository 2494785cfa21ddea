"""The edits of one program: which cell has which, what is kept of them, what was taken back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from tflab.programs.edit_places import PlacedEdit, Placement, place_edits
from tflab.programs.edit_store import NOWHERE, EditStore, KeptEdit, KeptEdits, kept
from tflab.programs.edits import (
    changed_texts,
    code_cells_of,
    edit_diff,
    new_edit,
    outline,
    tidy,
)
from tflab.runs.disk_queue import DiskQueue
from tflab.session.edit_keeper import EditKeeper
from tflab.session.events import Emit, Notice

if TYPE_CHECKING:
    from tflab.programs.program import Program

_SECONDS = 12.0


class EditBook:
    """What a person wrote in place of the code of cells.

    Args:
        base: The program as its file has it.
        store: Where edits are kept.
        disk: Does the writing.
        emit: Is told what the person should know.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        mine: The edit of each edited cell, by the cell's index.
        placement: What was read: also edits whose cell is gone, and those of other workbenches.
        aside: What was taken back, newest last.
        keeper: Writes them.
    """

    def __init__(
        self,
        base: Program,
        store: EditStore,
        disk: DiskQueue,
        emit: Emit,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.base = base
        self._store = store
        self._disk = disk
        self._emit = emit
        self._clock = clock
        self._foreign: set[str] = set()
        self.mine: dict[int, KeptEdit] = {}
        self.placement = Placement()
        self.aside: list[KeptEdit] = []
        self.keeper = EditKeeper(base, store, disk, emit, self._take_others, clock)

    def take(self, found: KeptEdits, ours: bool) -> bool:
        """Take what was read; return whether there are edits that were not there before.

        Args:
            found: What the store gave.
            ours: Whether nobody else may have written it.
        """
        typed = set(self.mine)
        self.placement, self.aside = found.placement, list(found.aside)
        self.mine = self._at_home(found.placement.placed) | self.mine
        # Of two versions of a cell the other one stays, so it counts as not seen.
        self.keeper.saw(kept(one.edit) for one in found.placement.placed)
        self.keeper.saw(map(kept, found.placement.lost))
        if not ours:
            self._foreign.update(edit.token for edit in found.all())
            self._foreign.update(edit.token for edit in found.aside)
        self._tell_placement()
        return bool(set(self.mine) - typed)

    def move_to(self, program: Program) -> EditBook:
        """Return the same edits for the program as its file has it now."""
        book = EditBook(program, self._store, self._disk, self._emit, self._clock)
        edits = [*self.placement.lost, *(one.edit for one in self.placement.others)]
        edits += self.mine.values()
        book.placement = place_edits(program, edits, outline(self.base))
        book.mine = book._at_home(book.placement.placed)
        book.aside, book._foreign = self.aside, self._foreign
        book.keeper.seen |= self.keeper.seen
        if edits:
            book._keep()
            book._tell_placement()
        return book

    def _at_home(self, placed: Iterable[PlacedEdit]) -> dict[int, KeptEdit]:
        """Return edits by their cell, with the places that their cells have now.

        What the file has by now is no edit any more.
        """
        places = {cell.index: place for place, cell in enumerate(code_cells_of(self.base))}
        return {
            one.cell: msgspec.structs.replace(kept(one.edit), place=places[one.cell])
            for one in placed
            if one.edit.text != self.base.cells[one.cell].given
        }

    def _tell_placement(self) -> None:
        """Say what is not as it was left."""
        _, lost, others = self.placement
        stale = [self.name_of(cell) for cell in self.mine if self.is_stale(cell)]
        if stale:
            self._warn(f"The file has changed beneath your edit of {', '.join(stale)}.")
        if lost:
            self._warn(
                "The cell that you edited is gone from the file. Your edit is kept."
                if len(lost) == 1
                else f"{len(lost)} cells you edited are gone from the file. Your edits are kept."
            )
        if others:
            names = ", ".join(dict.fromkeys(self.name_of(one.cell) for one in others))
            self._warn(f"There is another version of {names}, from another workbench.")

    def _warn(self, text: str) -> None:
        self._emit(Notice(text, title="Your edits", severity="warning", seconds=_SECONDS))

    # What there is

    @property
    def texts(self) -> dict[int, str]:
        """The text of every edited cell, by its index."""
        return {cell: edit.text for cell, edit in self.mine.items()}

    @property
    def foreign(self) -> bool:
        """Whether somebody else may have written any of them."""
        return any(edit.token in self._foreign for edit in self.mine.values())

    def is_stale(self, cell: int) -> bool:
        """Whether the cell has changed in the file since its edit was begun."""
        edit = self.mine.get(cell)
        return edit is not None and edit.before != self.base.cells[cell].source

    def other(self, cell: int) -> str | None:
        """Return the version of a cell that another workbench wrote, if there is one."""
        found = [one.edit.text for one in self.placement.others if one.cell == cell]
        return found[-1] if found else None

    def name_of(self, cell: int) -> str:
        """Return what a cell is called, such as `cell 3`."""
        cells = [found.index for found in code_cells_of(self.base)]
        return f"cell {cells.index(cell) + 1}" if cell in cells else "a cell"

    def difference(self, cells: Iterable[int]) -> str:
        """Return how cells differ from the file, as unified diffs."""
        found = [
            edit_diff(self.name_of(one), self.base.cells[one].given, self.mine[one].text)
            for one in sorted(cells)
            if one in self.mine
        ]
        return "\n\n".join(found)

    # Changing

    def change(self, cell: int, text: str) -> bool:
        """Take what was typed in a cell so far; return whether anything is new.

        What is as in the file is no edit.
        """
        before = self.mine.get(cell)
        if not changed_texts(self.base, {cell: text}):
            if before is None:
                return False
            del self.mine[cell]
        elif before is None:
            self.mine[cell] = self.keeper.version(new_edit(self.base, cell, text))
        elif before.text != tidy(text):
            self.mine[cell] = self.keeper.version(msgspec.structs.replace(before, text=tidy(text)))
        else:
            return False
        self._keep()
        return True

    def accept(self, cell: int) -> None:
        """Take an edit as one of the cell as it is now: the person has seen that it changed."""
        edit = self.mine.get(cell)
        if edit is not None and self.is_stale(cell):
            now = msgspec.structs.replace(edit, before=self.base.cells[cell].source)
            self.mine[cell] = self.keeper.version(now)
            self._keep()

    def put_back(self, cells: Iterable[int]) -> bool:
        """Take edits back, so that they can be had again; return whether there were any."""
        taken = [self.mine.pop(cell) for cell in sorted(cells) if cell in self.mine]
        if taken:
            self._set_aside(taken)
        return bool(taken)

    def bring_back(self) -> int | None:
        """Have the edit again that was taken back last; return its cell, None where there is none.

        An edit of that cell that was begun since is taken back in its place.
        """
        if not self.aside:
            return None
        edit = self.aside.pop()
        placed = place_edits(self.base, [edit], outline(self.base)).placed
        if not placed:
            self.aside.append(edit)
            self._warn("The cell of the edit that was taken back is gone from the file.")
            return None
        cell = placed[0].cell
        taken = [self.mine[cell]] if cell in self.mine else []
        self.mine.pop(cell, None)
        self.mine |= self._at_home(placed)
        self._set_aside(taken)
        return cell

    def take_other(self, cell: int) -> bool:
        """Have the version of a cell that another workbench wrote; one's own is taken back."""
        theirs = [one for one in self.placement.others if one.cell == cell]
        if not theirs:
            return False
        rest = tuple(one for one in self.placement.others if one.cell != cell)
        self.placement = self.placement._replace(others=rest)
        self.keeper.saw(kept(one.edit) for one in theirs)
        taken = [self.mine[cell]] if cell in self.mine else []
        version = self.keeper.version(new_edit(self.base, cell, theirs[-1].edit.text))
        if kept(theirs[-1].edit).token in self._foreign:
            self._foreign.add(version.token)
        self.mine[cell] = version
        self._set_aside(taken)
        self._keep()
        return True

    def _set_aside(self, taken: list[KeptEdit]) -> None:
        self.aside += taken
        self.keeper.set_aside(self._all(), taken)

    def _keep(self) -> None:
        self.keeper.keep(self._all())

    def _all(self) -> list[KeptEdit]:
        """Return every edit that is to be kept."""
        lost = (msgspec.structs.replace(kept(e), place=NOWHERE) for e in self.placement.lost)
        return [*lost, *self.mine.values()]

    def _take_others(self, others: list[KeptEdit]) -> None:
        """Tell once of each version that another workbench wrote of a cell that is edited here."""
        known = {_writer(one.edit) for one in self.placement.others}
        found = place_edits(self.base, others, outline(self.base))
        self.placement = self.placement._replace(others=(*found.others, *found.placed))
        for one in found.placed:
            if one.cell in self.mine and _writer(one.edit) not in known:
                self._warn(
                    f"Another workbench has edited {self.name_of(one.cell)} too. Both versions are "
                    "kept; “Other version” in ^p takes theirs."
                )


def _writer(edit: object) -> str:
    assert isinstance(edit, KeptEdit)
    return edit.token.partition("-")[0]
