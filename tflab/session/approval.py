"""What must be approved before a run: code from elsewhere, and a GPU that others use.

A lesson is code: it can do whatever its reader can do.

The shipped course and the user's own lessons folder are trusted by where they are, as long as
nobody else may put anything there. Any other lesson is asked about once, and remembered by its
content: a file that changes is asked about again.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tflab.programs.library import course_folder, user_folder
from tflab.runs.atomic_files import locked, make_private_folder, read_file, replace_atomically
from tflab.runs.paths import data_folder, writable_by_others
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.session.disk import SessionDisk
from tflab.session.events import Emit, Notice, Question, QuestionAsked, QuestionKind

if TYPE_CHECKING:
    from tflab.targets.devices import Device


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
        """Return whether a lesson may run without asking: by its place, or by its content.

        What others may write says nothing of what this person trusts.
        """
        if is_ours(path):
            return True
        return content_hash(source) in self._read().trusted and not others_at(self._path)

    def trusted_at(self, path: Path, source: str) -> Path:
        """Return where a trusted lesson was when it was trusted: what lies there was meant too."""
        if is_ours(path):
            return path
        kept = self._read().trusted.get(content_hash(source))
        return Path(kept.path) if kept is not None else path

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
            return msgspec.json.decode(read_file(self._path), type=_Kept)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return _Kept()


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
    """Say why a lesson is asked about, in a sentence."""
    name = plain_line(str(path))
    others = others_at(path) if path.resolve().is_relative_to(user_folder().resolve()) else None
    if others is None:
        return f"This lesson comes from outside the course: {name}"
    if others == path:
        return f"This lesson is among your own, but others own or may write it: {name}"
    folder = plain_line(str(others))
    return f"This lesson is among your own, but others may write to {folder}: {name}"


def untrusted(path: Path) -> Problem:
    """Return the refusal of a lesson that nobody has trusted."""
    return Problem(
        "This lesson is not trusted yet",
        f"{origin(path)}. A lesson is code and can do what you can do.",
        "Read it. If you trust it, give --trust once; or keep it in "
        f"{plain_line(str(user_folder()))}, your own lessons.",
    )


class Approval:
    """Every run of a session passes through here. It asks at most one thing at a time.

    Args:
        disk: Where it is looked up, and kept, what is trusted.
        emit: Is told the questions.
        store: What is trusted.
        on_show: Gives the text that the person has before them; None where nothing is shown.

    Attributes:
        asking: Whether a question waits for its answer.
    """

    def __init__(
        self,
        disk: SessionDisk,
        emit: Emit,
        store: TrustStore | None = None,
        on_show: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._disk = disk
        self._emit = emit
        self._store = store or TrustStore()
        self._on_show = on_show
        self._turn = 0
        self._accepted: set[str] = set()
        self.asking = False

    def require(
        self, path: Path, source: str, devices: Sequence[Device], then: Callable[[], object]
    ) -> None:
        """Call `then` when a program may run on these devices: soon, after asking, or never.

        What is asked about is this text, so `then` has to run this one, whatever the file has by
        then.
        """
        # In live mode each change of a value asks for a run; one question is enough.
        if self.asking:
            return
        self._turn += 1
        turn = self._turn

        def keep() -> None:
            self._disk.keep("That it is trusted is", lambda: self._store.trust(path, source))
            self._require_free(devices, then)

        def look() -> Question | None:
            return None if self._store.trusts(path, source) else trust_question(path, source)

        def take(looked: Future[Question | None]) -> None:
            question = looked.result()
            if turn != self._turn or self.asking:
                return  # Something else was asked for meanwhile.
            if question is None:
                self._require_free(devices, then)
            elif self._on_show() in (None, source):
                self._ask(question, keep)
            else:
                # Nobody can read what is not there, so nobody can trust it.
                text = "The file has changed meanwhile. Read it as it is now, and ask again."
                self._emit(Notice(text, title="Not run", severity="warning"))

        self._disk.do_then(look, take)

    def _require_free(self, devices: Sequence[Device], then: Callable[[], object]) -> None:
        new = [d for d in devices if d.busy_with_others and d.key not in self._accepted]
        if not new:
            then()
            return

        def accept() -> None:
            self._accepted.update(device.key for device in new)
            then()

        self._ask(busy_question(new), accept)

    def _ask(self, question: Question, accept: Callable[[], object]) -> None:
        self.asking = True

        def answer(good: bool) -> None:
            self.asking = False
            if good:
                accept()

        self._emit(QuestionAsked(question, answer))


def trust_question(path: Path, source: str) -> Question:
    """Return what is asked before code from elsewhere runs."""
    return Question(
        QuestionKind.TRUST,
        "A lesson from elsewhere",
        f"{origin(path)}.\n\n"
        "A lesson is code and can do what you can do. Read it (it is on the screen) before "
        f"you trust it. You are asked again when it changes; lessons in {user_folder()} are "
        "your own and never asked about.",
        "Trust and run",
        source,
    )


def busy_question(devices: Sequence[Device]) -> Question:
    """Return what is asked before a run takes GPUs that others use."""
    busy = " ".join(f"{d.name} ({d.key}) is in use by {d.others}." for d in devices)
    return Question(
        QuestionKind.BUSY,
        "This GPU is in use" if len(devices) == 1 else "These GPUs are in use",
        f"{busy} What you run may lack memory, and slows theirs down. You are asked once for "
        "each device.",
        "Run all the same",
    )
