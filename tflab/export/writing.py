"""Writing an export: whole or not at all, harmless to what opens it, and problems in words."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tflab.runs.record import Problem
from tflab.runs.text import writable

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_DIVIDED = re.compile(r"[,;\t\r\n\"]")
_NO_NAME = re.compile(r"[^\w.=+,-]+")
_LONGEST_NAME = 100


@contextmanager
def writing_to(target: Path) -> Iterator[None]:
    """Turn the system's refusals into problems.

    Raises:
        Problem: When something cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise Problem(
            "The export cannot be written",
            f"{error.filename or target}: {error.strerror}.",
            "Make room or choose another place with --to.",
        ) from error


def current_folder() -> Path:
    """Return the folder that the program was started in.

    Raises:
        Problem: When it is gone.
    """
    try:
        return Path.cwd()
    except OSError as error:
        raise Problem(
            "The export cannot be written",
            f"The folder that tflab was started in: {error.strerror}.",
            "Go to another folder, and start it there.",
        ) from error


def write_text(target: Path, name: str, text: str) -> Path:
    """Write a file, whole or not at all, and return its path.

    Args:
        target: The file, which is replaced where it is there, or the folder it goes into.
        name: What it is called in a folder.
        text: What it is to hold.

    Raises:
        Problem: When something that is no file lies there, such as a pipe or a device.
        OSError: When the disk is full or the folder cannot be written.
    """
    path = target / name if target.is_dir() else target
    if path.exists() and not path.is_file():
        raise Problem(
            "The export cannot be written",
            f"{path} is no ordinary file.",
            "Leave --to out: the export then goes to standard output.",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{os.getpid()}.{secrets.token_hex(6)}")
    try:
        fresh.write_text(writable(text), encoding="utf-8")
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    return path


def file_name(*parts: str, suffix: str = "") -> str:
    """Return a name for a file made of these parts, safe in any folder and not too long."""
    names = [_NO_NAME.sub("_", part).lstrip(".-") for part in parts]
    while len("-".join(names).encode()) > _LONGEST_NAME:
        longest = max(range(len(names)), key=lambda place: len(names[place]))
        names[longest] = names[longest][:-1]
    return "-".join(filter(None, names)) + suffix


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV that no spreadsheet computes.

    A spreadsheet takes a text for a formula by its first character, and a formula may start
    programs. Such a text gets an apostrophe before it; numbers stay as they are. Quotes are put
    around whatever some spreadsheet would divide: semicolons and tabs too, and carriage returns,
    which Python's own writer leaves bare.
    """
    return "".join(",".join(map(_field, row)) + "\n" for row in rows)


def _field(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    if isinstance(cell, str) and text.startswith(_FORMULA) and not _is_number(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _DIVIDED.search(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
