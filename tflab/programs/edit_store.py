"""Where edits are kept: a file a program in the data folder, beside nobody's program.

Several workbenches may have one program open. Each writes its own edits and takes away only what it
has seen, so that of two that write at one cell both texts are there afterwards.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from tflab.programs.edit_places import Placement, place_edits
from tflab.programs.edits import Edit, code_cells_of, outline
from tflab.programs.library import course_folder
from tflab.programs.program import Program
from tflab.runs.atomic_files import locked, make_private_folder, read_file, replace_atomically
from tflab.runs.paths import data_folder
from tflab.runs.record import Problem

VERSION = 1

_MOST_ASIDE = 20
NOWHERE = -1
"""The place of an edit whose cell is gone: only its code, or its id, finds the cell again."""


class KeptEdit(Edit, frozen=True, kw_only=True):
    """An edit as it is kept.

    Attributes:
        token: Names this version of the edit; no other has it.
        time: When it was written, in seconds since the epoch.
    """

    token: str
    time: float


class KeptEdits(NamedTuple):
    """The edits of a program: which are of which cell, and those that were taken back, newest last.

    `placement` holds a `KeptEdit` wherever it holds an edit.
    """

    placement: Placement = Placement()
    aside: tuple[KeptEdit, ...] = ()

    def all(self) -> Iterator[KeptEdit]:
        """Yield every edit that counts or may count again."""
        placed, lost, others = self.placement
        yield from (kept(one.edit) for one in (*placed, *others))
        yield from map(kept, lost)


def kept(edit: Edit) -> KeptEdit:
    """Return an edit that came from the store as what it is."""
    assert isinstance(edit, KeptEdit)
    return edit


class _File(msgspec.Struct, kw_only=True):
    """One file. `path` is there for people who look into it."""

    version: int = VERSION
    path: str = ""
    outline: list[str] = []
    edits: list[KeptEdit] = []
    aside: list[KeptEdit] = []


class EditStore:
    """Reads and writes edits. It is the disk's: never call it on a screen's thread.

    Args:
        folder: Where the files are; by default `edits` in the data folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or data_folder() / "edits"

    def path_of(self, program: Path) -> Path:
        """Return the file that keeps the edits of a program; it may not be there.

        A lesson of the course is known by its name, wherever it is installed.
        """
        real = os.path.realpath(program)
        known = f"course:{program.name}" if program.parent == course_folder() else real
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", program.stem)[:40].strip("-") or "program"
        mark = hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return self._folder / f"{name}-{mark}.json"

    def read(self, program: Program) -> KeptEdits:
        """Return what is kept of a program, which is as its file has it.

        Raises:
            Problem: When it cannot be read. A damaged file is put aside first, so that it is said
                once and nothing in it is lost.
        """
        path = self.path_of(program.path)
        try:
            found = self._read(path)
        except OSError as error:
            raise Problem(
                "Your edits cannot be read",
                f"{path}: {error.strerror}.",
                "Give read access to it, then open the program again.",
            ) from error
        if found is None:
            return KeptEdits()
        return KeptEdits(place_edits(program, found.edits, found.outline), tuple(found.aside))

    def write(
        self, program: Program, mine: Sequence[KeptEdit], seen: Collection[str]
    ) -> list[KeptEdit]:
        """Keep edits in the place of what was seen; return those that others wrote meanwhile.

        Args:
            program: The program as its file has it.
            mine: The edits that there are now, with places in that program.
            seen: Tokens of what the writer has read, written or taken back before.

        Raises:
            OSError: When it cannot be written; what was there stays.
            Problem: When a newer tflab wrote the file, or it was damaged and put aside.
        """
        with self._alone(program) as file:
            others = [edit for edit in file.edits if edit.token not in seen]
            file.edits = [*others, *mine]
        return others

    def set_aside(
        self, program: Program, mine: Sequence[KeptEdit], taken: Sequence[KeptEdit]
    ) -> None:
        """Keep edits, and those that were taken back where they can be had again.

        Raises:
            OSError: When it cannot be written; what was there stays.
            Problem: As for `write`.
        """
        gone = {edit.token for edit in (*mine, *taken)}
        with self._alone(program) as file:
            file.edits = [*(edit for edit in file.edits if edit.token not in gone), *mine]
            aside = [edit for edit in file.aside if edit.token not in gone]
            file.aside = [*aside, *taken][-_MOST_ASIDE:]

    @contextmanager
    def _alone(self, program: Program) -> Iterator[_File]:
        """Hand out what is kept, with places in the program as it is; keep what it is then."""
        path = self.path_of(program.path)
        make_private_folder(path.parent)
        with locked(path.with_suffix(".lock")):
            file = self._read(path) or _File()
            now = outline(program)
            if file.outline != now:
                file.edits = list(_moved(program, file))
            file.path, file.outline = str(program.path), now
            yield file
            if file.edits or file.aside or path.exists():
                replace_atomically(path, msgspec.json.encode(file))

    def _read(self, path: Path) -> _File | None:
        try:
            found = msgspec.json.decode(read_file(path), type=_File)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise self._put_aside(path, error) from error
        if found.version > VERSION:
            raise Problem(
                "Your edits were kept by a newer tflab",
                f"{path} is of version {found.version}.",
                "Use that tflab to edit this program, or move the file away.",
            )
        return found

    def _put_aside(self, path: Path, error: Exception) -> Problem:
        """Move a damaged file out of the way, and return what is to be said of it."""
        stem = f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
        names = (f"{stem}-{turn}" if turn else stem for turn in itertools.count())
        aside = next(p for name in names if not (p := path.with_name(name)).exists())
        path.rename(aside)
        return Problem(
            "Your edits of this program were damaged",
            f"{path} is no list of edits ({error}). It is kept as {aside.name}; what you write "
            "from now on goes into a new file.",
            f"Mend {aside} and give it its old name to have them back.",
        )


def _moved(program: Program, file: _File) -> Iterator[KeptEdit]:
    """Yield the edits of a file with their places in a program that has changed."""
    placed, lost, others = place_edits(program, file.edits, file.outline)
    places = {cell.index: place for place, cell in enumerate(code_cells_of(program))}
    for one in (*others, *placed):
        yield msgspec.structs.replace(kept(one.edit), place=places[one.cell])
    for edit in lost:
        yield msgspec.structs.replace(kept(edit), place=NOWHERE)
