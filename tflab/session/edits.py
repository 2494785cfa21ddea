"""A person's edits of the program on show: read, put into the program, kept, taken back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.programs.check import ProgramError
from tflab.programs.edit_store import EditStore, KeptEdits
from tflab.programs.edits import cell_problem, edited_or_draft, source_with_answers
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem
from tflab.session.edit_book import EditBook
from tflab.session.edit_events import CodeRefused, EditsChanged
from tflab.session.events import Emit, Notice, ProblemRaised
from tflab.session.saved_edits import save_program
from tflab.session.trust import others_at

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.session.open_program import OpenProgram

_PAUSE_SECONDS = 0.35
"""After a change, until the program is read with it: a pause in typing."""

_LONG = 200_000
_LONG_PAUSE_SECONDS = 3.0
"""The same for a cell of so many characters."""

_PATIENCE = 2.0
"""Seconds that a run waits for a disk that does not answer."""


class Edits:
    """What the person wrote in place of the code of cells.

    The program on show is the file's with the edits in it, once they are read and while they are
    good; while they are not, it has their text and the parameters of before.

    Args:
        opened: The program on show; it is told what the edits make of it.
        disk: Where edits are kept.
        work: Where programs are read.
        emit: Is told what changes.
        ready: Called when the edits of a program have been read.
        changed: Called when the program was read anew with edits that are good.
        store: Keeps them.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        book: The edits of the program on show; None where nothing can be edited.
        loading: Whether what is kept is still being read.
        problem: Why the program cannot run with its edits; None while it can.
    """

    def __init__(
        self,
        opened: OpenProgram,
        disk: DiskQueue,
        work: DiskQueue,
        emit: Emit,
        ready: Callable[[], object] = lambda: None,
        changed: Callable[[], object] = lambda: None,
        store: EditStore | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opened = opened
        self._disk = disk
        self._work = work
        self._emit = emit
        self._ready = ready
        self._changed = changed
        self._store = store or EditStore()
        self._clock = clock
        self._apply_due: float | None = None
        self._applying: object | None = None
        self._after: list[Callable[[], object]] = []
        self._read_by = math.inf
        self.book: EditBook | None = None
        self.loading = False
        self.problem: ProgramError | None = None

    def open(self, program: Program, *, as_run: bool = False, reloaded: bool = False) -> None:
        """Take the program that is now on show.

        Args:
            program: It, without edits unless it is shown as a run had it.
            as_run: Whether it is shown so; nothing is edited then.
            reloaded: Whether its file has changed while it was on show: the edits move with it.
        """
        self.finish()
        before = self.book
        self._apply_due, self._applying, self.problem, self.loading = None, None, None, False
        if as_run:
            self.book = None
        elif reloaded and before is not None and before.base.path == program.path:
            self.book = before.move_to(program)
            if self.book.mine:
                self._apply()
        else:
            self.book = EditBook(program, self._store, self._disk, self._emit, self._clock)
            self._read(self.book)

    def _read(self, book: EditBook) -> None:
        store, program = self._store, book.base
        self.loading, self._read_by = True, self._clock() + _PATIENCE

        def read() -> tuple[KeptEdits, bool]:
            found = store.read(program)
            nothing = found == KeptEdits()
            return found, nothing or others_at(store.path_of(program.path)) is None

        def take(done: Future[tuple[KeptEdits, bool]]) -> None:
            if book is not self.book:
                return
            waited, self.loading = self.loading, False
            try:
                if book.take(*done.result()):
                    self._apply()
            except Problem as problem:
                self._emit(ProblemRaised(problem))
            if waited:
                self._when_applied(self._ready)

        self._disk.do_then(read, take)

    # What there is

    @property
    def texts(self) -> dict[int, str]:
        """The text of every edited cell, by its index."""
        return self.book.texts if self.book is not None else {}

    def original(self, cell: int) -> str:
        """Return the code of a cell as its file has it; of an exercise its starter."""
        return self.book.base.cells[cell].given if self.book is not None else ""

    def foreign(self) -> str:
        """Return the source with its edits if somebody else may have written one, else nothing."""
        program = self._opened.program
        if program is None or self.book is None or not self.book.foreign:
            return ""
        return source_with_answers(program)

    def refusal(self) -> CodeRefused | None:
        """Return why the program cannot run as it is edited, and where; None when it can."""
        problem, book = self.problem, self.book
        if problem is None or book is None:
            return None
        for cell, text in sorted(book.texts.items()):
            if book.base.cells[cell].exercise is not None:
                continue  # The run says what is wrong with an answer, and goes on.
            found = cell_problem(text, book.base.kind)
            if found is not None:
                return CodeRefused(cell, found.line, found.sentence)
        return CodeRefused(None, 0, f"{problem.cause} {problem.next_step}")

    # Changing

    def change(self, cell: int, text: str) -> None:
        """Take what the person has typed in a cell so far; what is as in the file is no edit."""
        if self.book is not None and self.book.change(cell, text):
            # Python reads much of it at a stretch, and nothing else goes on meanwhile.
            pause = _PAUSE_SECONDS if len(text) <= _LONG else _LONG_PAUSE_SECONDS
            self._apply_due = self._clock() + pause

    def put_back(self, cells: Iterable[int]) -> None:
        """Have cells as their file has them; their edits can be had again."""
        if self.book is not None and self.book.put_back(cells):
            self._apply()
        else:
            self._emit(Notice("Nothing is changed here."))

    def bring_back(self) -> int | None:
        """Have the edit again that was taken back last; return its cell, if there is one."""
        cell = self.book.bring_back() if self.book is not None else None
        if cell is not None:
            self._apply()
        return cell

    def take_other(self, cell: int) -> bool:
        """Have the version of a cell that another workbench wrote; False where there is none."""
        found = self.book is not None and self.book.take_other(cell)
        if found:
            self._apply()
        return found

    # Saving

    def save(self, target: Path | None = None, then: Callable[[], object] = lambda: None) -> None:
        """Write the program with its edits into its file, or a copy of it; say what came of it.

        Args:
            target: Where a copy goes; None for the file itself.
            then: Called once it is written.
        """
        book = self.book
        # An answer to an exercise is no edit of the file, which has the solution there.
        texts = {
            cell: text
            for cell, text in self.texts.items()
            if book is not None and book.base.cells[cell].exercise is None
        }
        if book is None or (not texts and target is None):
            self._emit(Notice("Nothing is changed here."))
            return
        base, foreign = book.base, book.foreign

        def take(done: Future[None]) -> None:
            try:
                done.result()
            except Problem as problem:
                self._emit(ProblemRaised(problem))
                return
            self._emit(Notice(f"Saved in {(target or base.path).name}."))
            self._opened.look()
            then()

        self._work.do_then(lambda: save_program(base, texts, target, foreign), take)

    # Putting them into the program

    def settle(self, then: Callable[[], object]) -> None:
        """Call `then` when the program on show has every edit in it."""
        if self._apply_due is not None:
            self._apply()
        self._when_applied(then)

    def _when_applied(self, then: Callable[[], object]) -> None:
        if self._applying is not None:
            self._after.append(then)
        else:
            then()

    def _apply(self) -> None:
        """Read the program with its edits, beside the screen's thread."""
        book, shown = self.book, self._opened.program
        if book is None or shown is None:
            return
        self._apply_due = None
        texts = book.texts
        self._applying = this = object()

        def take(done: Future[tuple[Program, ProgramError | None]]) -> None:
            if this is not self._applying:
                return
            self._applying = None
            program, self.problem = done.result()
            self._opened.amend(program)
            self._emit(EditsChanged(program, shown.parameters != program.parameters))
            if self.problem is None:
                self._changed()
            after, self._after = self._after, []
            for then in after:
                then()

        self._work.do_then(lambda: edited_or_draft(book.base, shown, texts), take)

    # Time

    @property
    def pause(self) -> float:
        """Seconds until `advance` is to be called again."""
        due = math.inf if self._apply_due is None else max(0.0, self._apply_due - self._clock())
        return min(due, self.book.keeper.pause if self.book is not None else math.inf)

    def advance(self) -> None:
        """Do what is due: write, and read the program once typing pauses."""
        now = self._clock()
        if self.book is not None:
            self.book.keeper.advance()
        if self._apply_due is not None and now >= self._apply_due:
            self._apply()
        if self.loading and now >= self._read_by:
            self.loading = False
            text = "Your edits of this program are not read yet: the disk does not answer."
            self._emit(Notice(text, title="Without your edits", severity="warning"))
            self._ready()

    def finish(self) -> None:
        """Write at once what is not written yet."""
        if self.book is not None:
            self.book.keeper.flush()
