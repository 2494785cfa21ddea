"""Whether the shell commands of a notebook run, which a person decides once for each of its texts.

Where nothing was decided they are skipped, and the run says so.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tflab.runs.locked_record import LockedRecord
from tflab.runs.paths import data_folder
from tflab.runs.text import count_of, visible
from tflab.session.disk import SessionDisk
from tflab.session.events import CommandsDecided, Emit, Notice
from tflab.session.question_events import Question, QuestionAsked, QuestionKind
from tflab.session.trust import content_hash, others_at

if TYPE_CHECKING:
    from tflab.programs.program import Program

_MOST_SHOWN = 40


class _Kept(msgspec.Struct):
    version: int = 1
    allowed: dict[str, bool] = {}


class CommandStore:
    """What is kept in `commands.json` of the data folder; a damaged file decides nothing.

    Args:
        path: The file; by default the one in the data folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._kept = LockedRecord(path or data_folder() / "commands.json", _Kept)

    def decided(self, source: str) -> bool | None:
        """Return whether the commands of a text run; None where nobody decided.

        What others may write says nothing of what this person allows.
        """
        found = self._kept.read().allowed.get(content_hash(source))
        return found if not found or not others_at(self._kept.path) else None

    def decide(self, source: str, allowed: bool) -> None:
        """Remember a decision.

        Raises:
            OSError: When it cannot be kept.
        """
        self._kept.change(lambda kept: kept.allowed.update({content_hash(source): allowed}))


class ShellCommands:
    """Asks once whether the shell commands of a program run, and remembers.

    Args:
        disk: Where decisions are kept.
        emit: Is told the question, and what was decided.
        store: The decisions.
    """

    def __init__(self, disk: SessionDisk, emit: Emit, store: CommandStore | None = None) -> None:
        self._disk = disk
        self._emit = emit
        self._store = store or CommandStore()
        self._known: dict[str, bool | None] = {}
        self._asking = False

    def run_in(self, source: str) -> bool:
        """Return whether the commands of a text run, as far as is known."""
        return bool(self._known.get(source))

    def words(self, program: Program | None) -> str:
        """Say what becomes of a program's commands; nothing where it has none."""
        if program is None or not program.commands:
            return ""
        return "commands run" if self.run_in(program.source) else "commands skipped"

    def open(self, program: Program) -> None:
        """Look up what was decided for the program that is now on show."""
        if program.commands:
            self._look(program, lambda: self._emit(CommandsDecided()))

    def settle(self, program: Program, then: Callable[[], object]) -> None:
        """Call `then` once it is decided whether the commands of a program run."""

        def ask() -> None:
            if self._known.get(program.source) is None:
                self._ask(program, then)
            else:
                then()

        if not program.commands:
            then()
        elif not self._asking:
            self._look(program, ask)

    def change(self, program: Program | None) -> None:
        """Ask again, or take the permission back."""
        if program is None or not program.commands:
            self._emit(Notice("There are no shell commands here."))
        elif self.run_in(program.source):
            self._decide(program, allowed=False)
            self._emit(Notice("Its shell commands are skipped from now on."))
        elif not self._asking:
            self._ask(program, lambda: None)

    def _look(self, program: Program, then: Callable[[], object]) -> None:
        def take(found: Future[bool | None]) -> None:
            self._known[program.source] = found.result()
            then()

        if self._known.get(program.source) is None:
            self._disk.do_then(lambda: self._store.decided(program.source), take)
        else:
            then()

    def _ask(self, program: Program, then: Callable[[], object]) -> None:
        self._asking = True

        def answer(good: bool) -> None:
            self._asking = False
            self._decide(program, good)
            then()

        self._emit(QuestionAsked(commands_question(program), answer))

    def _decide(self, program: Program, allowed: bool) -> None:
        self._known[program.source] = allowed
        self._emit(CommandsDecided())
        keep = "Whether its shell commands run is"
        self._disk.keep(keep, lambda: self._store.decide(program.source, allowed))


def commands_question(program: Program) -> Question:
    """Return what is asked before the shell commands of a notebook run."""
    texts = [visible(command.text).replace("\n", "\n    ") for command in program.commands]
    more = len(texts) - _MOST_SHOWN
    listed = "\n".join(f"  {text}" for text in texts[:_MOST_SHOWN])
    rest = f"\n  and {count_of(more, 'more command')}" if more > 0 else ""
    return Question(
        QuestionKind.COMMANDS,
        "Shell commands",
        f"This notebook runs commands of the shell:\n\n{listed}{rest}\n\n"
        "They can do what you can do, and may change the environment that it runs in. Skipped, "
        "the rest runs without them. You are asked once for each version of the notebook; "
        "“Shell commands” in the command list (^p) changes it.",
        "Allow them",
        no="Skip them",
    )
