"""What a person wrote on a run: a name, a note, a pin. Kept in `marks.json` of the run folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from tflab.runs.atomic_files import locked, read_file, replace_atomically
from tflab.runs.record import Problem
from tflab.runs.system_errors import what_to_do

MARKS = "marks.json"
LOCK = ".marks.lock"
"""In the folder of runs. Its modification time tells whoever lists them that a mark has changed."""

LONGEST_NAME = 80
LONGEST_NOTE = 2000


class Marks(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Name, note and pin of one run."""

    name: str = ""
    note: str = ""
    pinned: bool = False


NONE = Marks()
"""Nothing is written on a run."""

_decoder = msgspec.json.Decoder(Marks)


def read_marks(folder: Path) -> Marks:
    """Return what is written on a run; nothing where there is none or it is damaged."""
    try:
        return _decoder.decode(read_file(folder / MARKS))
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return NONE


def change_marks(folder: Path, **changes: Any) -> Marks:
    """Change name, note or pin of a run, whole or not at all, and return what it has now.

    Raises:
        Problem: When it cannot be written, on a full disk for one.
    """
    try:
        lock = folder.parent / LOCK
        with locked(lock):
            marks = msgspec.structs.replace(read_marks(folder), **changes)
            marks = msgspec.structs.replace(
                marks, name=marks.name[:LONGEST_NAME], note=marks.note[:LONGEST_NOTE]
            )
            replace_atomically(folder / MARKS, msgspec.json.encode(marks))
            os.utime(lock)
    except OSError as error:
        raise Problem(
            "The mark cannot be kept",
            f"{error.filename or folder / MARKS}: {error.strerror}.",
            what_to_do(error),
        ) from error
    return marks
