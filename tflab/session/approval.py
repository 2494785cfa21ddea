"""What must be approved before a run: code from elsewhere, and a GPU that others use.

What is trusted already says `tflab/session/trust.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.programs.library import user_folder
from tflab.runs.paths import data_folder, writable_by_others
from tflab.runs.text import plain_line
from tflab.session.disk import SessionDisk
from tflab.session.events import Emit, Notice
from tflab.session.question_events import Question, QuestionAsked, QuestionKind
from tflab.session.trust import TrustStore, origin

if TYPE_CHECKING:
    from tflab.targets.devices import Device


class Approval:
    """Every run of a session passes through here. It asks at most one thing at a time.

    Args:
        disk: Where it is looked up, and kept, what is trusted.
        emit: Is told the questions.
        store: What is trusted.
        on_show: Gives the texts that the person has before them: the file's, and the one with their
            edits; None where nothing is shown.

    Attributes:
        asking: Whether a question waits for its answer.
    """

    def __init__(
        self,
        disk: SessionDisk,
        emit: Emit,
        store: TrustStore | None = None,
        on_show: Callable[[], Collection[str] | None] = lambda: None,
    ) -> None:
        self._disk = disk
        self._emit = emit
        self._store = store or TrustStore()
        self._on_show = on_show
        self._turn = 0
        self._accepted: set[str] = set()
        self.asking = False

    def require(
        self,
        path: Path,
        source: str,
        devices: Sequence[Device],
        then: Callable[[], object],
        edited: str = "",
    ) -> None:
        """Call `then` when a program may run on these devices: soon, after asking, or never.

        What is asked about is this text, so `then` has to run this one, whatever the file has by
        then. What the person has typed is their own and asked about no more than they would ask
        themselves.

        Args:
            path: The program's file.
            source: Its text.
            devices: What it is to run on.
            then: Called when it may.
            edited: Its text with edits that somebody else may have written; trusted by its content
                alone, wherever the file is.
        """
        # In live mode each change of a value asks for a run; one question is enough.
        if self.asking:
            return
        self._turn += 1
        turn = self._turn

        def keep() -> None:
            self._trust(path, source, edited)
            self._require_free(devices, then)

        def take(looked: Future[Question | None]) -> None:
            question = looked.result()
            if turn != self._turn or self.asking:
                return  # Something else was asked for meanwhile.
            if question is None:
                self._require_free(devices, then)
            elif self._on_show() is None or question.source in (self._on_show() or ()):
                self._ask(question, keep)
            else:
                # Nobody can read what is not there, so nobody can trust it.
                text = "The file has changed meanwhile. Read it as it is now, and ask again."
                self._emit(Notice(text, title="Not run", severity="warning"))

        self._disk.do_then(lambda: self._look(path, source, edited), take)

    def _look(self, path: Path, source: str, edited: str) -> Question | None:
        """Return what is to be asked before a program is trusted; None where it is already."""
        if edited and not self._store.knows(edited):
            return edits_question(edited)
        return None if self._store.trusts(path, source) else trust_question(path, source)

    def _trust(self, path: Path, source: str, edited: str) -> None:
        self._disk.keep("That it is trusted is", lambda: self._store.trust(path, source))
        if edited:
            self._disk.keep("That it is trusted is", lambda: self._store.trust_text(path, edited))

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
        "Code from elsewhere",
        f"{origin(path)}.\n\n"
        "Code can do what you can do. Read it (it is on the screen) before you trust it. "
        f"You are asked again when it changes; programs in {user_folder()} are "
        "your own and never asked about.",
        "Trust and run",
        source,
    )


def edits_question(source: str) -> Question:
    """Return what is asked before edits run that somebody else may have written."""
    folder = plain_line(str(writable_by_others(data_folder()) or data_folder()))
    return Question(
        QuestionKind.TRUST,
        "Edits that others may have written",
        f"This program runs with edits from the data folder, and others may write to {folder}.\n\n"
        "Code can do what you can do. Read the changed cells (they are on the screen) before you "
        "trust them. You are asked again when they change.",
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
