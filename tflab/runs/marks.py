"""What a person wrote on a run: a name, a note, a pin. Kept in `marks.json` of the run folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import msgspec

from tflab.runs.record import Problem

MARKS = "marks.json"
LONGEST = 2000
"""Characters of a note; a name may have 80."""


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
        return _decoder.decode((folder / MARKS).read_bytes())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return NONE


def change_marks(folder: Path, **changes: Any) -> Marks:
    """Change name, note or pin of a run, whole or not at all, and return what it has now.

    Raises:
        Problem: When it cannot be written, on a full disk for one.
    """
    marks = msgspec.structs.replace(read_marks(folder), **changes)
    marks = msgspec.structs.replace(marks, name=marks.name[:80], note=marks.note[:LONGEST])
    fresh = folder / f".{MARKS}.{os.getpid()}.{secrets.token_hex(3)}"
    try:
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(msgspec.json.encode(marks))
            fresh.replace(folder / MARKS)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Problem(
            "The mark cannot be kept",
            f"{folder / MARKS}: {error.strerror}.",
            "Make room or give write access, then try again.",
        ) from error
    return marks
