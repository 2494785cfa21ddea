"""Writing edits to the disk as they are typed: soon, whole, and told when it cannot be done."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial

from tflab.programs.edit_store import EditStore, KeptEdit
from tflab.programs.edits import Edit
from tflab.programs.program import Program
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem
from tflab.session.events import Emit, Notice, ProblemRaised

_SOON_SECONDS = 0.25
_AGAIN_SECONDS = 3.0


class EditKeeper:
    """Keeps the edits of one program.

    Args:
        program: The program as its file has it.
        store: Where edits are kept.
        disk: Does the writing.
        emit: Is told what cannot be written.
        others: Called with what other workbenches wrote meanwhile.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        seen: Tokens of what was read or written here: it may be replaced.
    """

    def __init__(
        self,
        program: Program,
        store: EditStore,
        disk: DiskQueue,
        emit: Emit,
        others: Callable[[list[KeptEdit]], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.program = program
        self._store = store
        self._disk = disk
        self._emit = emit
        self._others = others
        self._clock = clock
        self._writer = os.urandom(6).hex()
        self._turn = 0
        self.seen: set[str] = set()
        self._mine: tuple[KeptEdit, ...] = ()
        self._due: float | None = None
        self._writing = False
        self._told = False

    @property
    def pause(self) -> float:
        """Seconds until `advance` has something to do."""
        if self._due is None or self._writing:
            return math.inf
        return max(0.0, self._due - self._clock())

    @property
    def unwritten(self) -> bool:
        """Whether something is not on the disk yet."""
        return self._due is not None or self._writing

    def version(self, edit: Edit) -> KeptEdit:
        """Return an edit as this workbench writes it now."""
        self._turn += 1
        return KeptEdit(
            text=edit.text,
            before=edit.before,
            place=edit.place,
            id=edit.id,
            token=f"{self._writer}-{self._turn}",
            time=time.time(),
        )

    def saw(self, edits: Iterable[KeptEdit]) -> None:
        """Note what was read: it may be replaced."""
        self.seen.update(edit.token for edit in edits)

    def keep(self, mine: Iterable[KeptEdit]) -> None:
        """Write these edits soon, in the place of all that was seen."""
        self._mine = tuple(mine)
        if self._due is None:
            self._due = self._clock() + _SOON_SECONDS

    def set_aside(self, mine: Iterable[KeptEdit], taken: Iterable[KeptEdit]) -> None:
        """Write these edits at once, and beside them those that were taken back."""
        self._mine = tuple(mine)
        gone = tuple(taken)
        self.saw(gone)
        self.saw(self._mine)
        self._write(partial(self._store.set_aside, self.program, self._mine, gone))

    def advance(self) -> None:
        """Write what is due."""
        if self._due is not None and not self._writing and self._clock() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Write now what is not written yet."""
        if self._due is not None:
            self.saw(self._mine)
            # Its own former versions are among them: what was not seen is another's.
            seen = frozenset(self.seen)
            self._write(partial(self._store.write, self.program, self._mine, seen))

    def _write(self, write: Callable[[], list[KeptEdit] | None]) -> None:
        self._due = None
        self._writing = True

        def take(done: Future[list[KeptEdit] | None]) -> None:
            self._writing = False
            try:
                others = done.result()
            except OSError as error:
                self._refused(f"{error.strerror or error}")
            except Problem as problem:
                self._refused(problem.cause, problem)
            else:
                if self._told:
                    self._emit(Notice("Your edits are kept again."))
                self._told = False
                if others:
                    self._others(others)

        self._disk.do_then(write, take)

    def _refused(self, why: str, problem: Problem | None = None) -> None:
        """Say once that nothing is written, and try again by and by."""
        if self._due is None:
            self._due = self._clock() + _AGAIN_SECONDS
        if self._told:
            return
        self._told = True
        if problem is not None:
            self._emit(ProblemRaised(problem))
            return
        text = (
            f"Your edits cannot be written: {why}. They stay here while the workbench is open, and "
            "are tried again; copy what must not be lost."
        )
        self._emit(Notice(text, title="Not kept", severity="warning", seconds=15))
