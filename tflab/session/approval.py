"""Which lessons a person trusts. A lesson is code: it can do whatever its reader can do.

The shipped course and the user's own lessons folder are trusted by where they are. Any other lesson
is asked about once, and remembered by its content: a file that changes is asked about again.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import msgspec

from tflab.programs.library import course_folder, user_folder
from tflab.runs.atomic_files import locked, make_private_folder, replace_atomically
from tflab.runs.paths import data_folder
from tflab.runs.record import Problem
from tflab.runs.text import plain_line


class Trusted(msgspec.Struct, frozen=True):
    """A lesson that was trusted: where it was then, and when. Only its hash decides."""

    path: str
    time: float


class _Kept(msgspec.Struct):
    version: int = 1
    trusted: dict[str, Trusted] = {}


class TrustStore:
    """What is kept in `trust.json` of the data folder. A damaged file trusts nothing.

    Two workbenches may use it at once.

    Args:
        path: The file; by default the one in the data folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or data_folder() / "trust.json"

    def trusts(self, path: Path, source: str) -> bool:
        """Return whether a lesson may run without asking: by its place, or by its content."""
        return is_ours(path) or content_hash(source) in self._read().trusted

    def trust(self, path: Path, source: str) -> None:
        """Remember a lesson's content; nothing is written for what is trusted already.

        Raises:
            OSError: When it cannot be kept.
        """
        if self.trusts(path, source):
            return
        make_private_folder(self._path.parent)
        with locked(self._path.with_suffix(".lock")):
            kept = self._read()
            kept.trusted[content_hash(source)] = Trusted(str(path), time.time())
            replace_atomically(self._path, msgspec.json.encode(kept))

    def _read(self) -> _Kept:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return _Kept()


def content_hash(source: str) -> str:
    """Return the SHA-256 of a lesson's text."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


def is_ours(path: Path) -> bool:
    """Return whether a file really lies in the course or in the user's own lessons folder.

    Symbolic links are followed first, so that a link in there does not speak for what it leads to.
    """
    found = path.resolve()
    return any(
        found.is_relative_to(folder.resolve()) for folder in (course_folder(), user_folder())
    )


def untrusted(path: Path) -> Problem:
    """Return the refusal of a lesson that nobody has trusted."""
    return Problem(
        "This lesson is not trusted yet",
        f"{plain_line(str(path))} comes from outside the course. A lesson is code and can do what "
        "you can do.",
        "Read it. If you trust it, give --trust once; or keep it in "
        f"{plain_line(str(user_folder()))}, your own lessons.",
    )
