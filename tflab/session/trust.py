"""Which code is trusted. A lesson is code: it can do whatever its reader can do.

The shipped course and the user's own lessons folder are trusted by where they are, as long as
nobody else may put anything there. Any other lesson is asked about once, and remembered by its
content: a file that changes is asked about again.
"""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import msgspec

from tflab.programs.library import course_folder, user_folder
from tflab.runs.locked_record import LockedRecord
from tflab.runs.paths import data_folder, writable_by_others
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
        self._kept = LockedRecord(path or data_folder() / "trust.json", _Kept)

    def trusts(self, path: Path, source: str) -> bool:
        """Return whether a lesson may run without asking: by its place, or by its content."""
        return is_ours(path) or self.knows(source)

    def trusted_at(self, path: Path, source: str) -> Path:
        """Return where a trusted lesson was when it was trusted: what lies there was meant too."""
        if is_ours(path):
            return path
        kept = self._kept.read().trusted.get(content_hash(source))
        return Path(kept.path) if kept is not None else path

    def trust(self, path: Path, source: str) -> None:
        """Remember a lesson's content; nothing is written for what is trusted already.

        Raises:
            OSError: When it cannot be kept.
        """
        if not self.trusts(path, source):
            self.trust_text(path, source)

    def knows(self, source: str) -> bool:
        """Return whether a text is trusted by its content, wherever it is.

        What others may write says nothing of what this person trusts.
        """
        return content_hash(source) in self._kept.read().trusted and not others_at(self._kept.path)

    def trust_text(self, path: Path, source: str) -> None:
        """Remember a text, whatever is trusted by its place.

        Raises:
            OSError: When it cannot be kept.
        """
        trusted = Trusted(str(path), time.time())
        self._kept.change(lambda kept: kept.trusted.update({content_hash(source): trusted}))


def content_hash(source: str) -> str:
    """Return the SHA-256 of a lesson's text."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


def is_ours(path: Path) -> bool:
    """Return whether a file is of the course, or of the user's own lessons and nobody else's.

    Symbolic links are followed first, so that a link in there does not speak for what it leads to.
    """
    found = path.resolve()
    if found.is_relative_to(course_folder().resolve()):
        return True
    return found.is_relative_to(user_folder().resolve()) and not others_at(found)


def others_at(path: Path) -> Path | None:
    """Return through what others may have put a file into the data folder: it is theirs, or they
    may write it or a folder above it. None when it is the user's alone.
    """
    data = data_folder()
    try:
        if path.stat().st_uid not in (os.getuid(), 0):
            return path
    except FileNotFoundError:
        pass  # What is gone, as the file of an old run, is judged by its folder.
    except OSError:
        return path
    above = writable_by_others(data)
    if above is not None or not data.is_dir():
        return above
    # Where they may not even enter, no mode of what is inside lets them in.
    return writable_by_others(path) if data.stat().st_mode & 0o011 else None


def origin(path: Path) -> str:
    """Say why a program is asked about, in a sentence."""
    name = plain_line(str(path))
    others = others_at(path) if path.resolve().is_relative_to(user_folder().resolve()) else None
    if others is None:
        return f"This program comes from outside the course: {name}"
    if others == path:
        return f"This program is among your own, but others own or may write it: {name}"
    folder = plain_line(str(others))
    return f"This program is among your own, but others may write to {folder}: {name}"


def untrusted(path: Path) -> Problem:
    """Return the refusal of a program that nobody has trusted."""
    return Problem(
        "This program is not trusted yet",
        f"{origin(path)}. Code can do what you can do.",
        "Read it. If you trust it, give --trust once; or keep it in "
        f"{plain_line(str(user_folder()))}, the folder of your own lessons.",
    )
