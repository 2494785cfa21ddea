"""The program on show: read beside the screen's thread, and again when its file changes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.problem import Problem

if TYPE_CHECKING:
    from tflab.programs.program import Program

Stamp = tuple[int, int] | None
"""What changes when a file does; None while it cannot be seen."""

_LOOK_SECONDS = 1.0


class OpenProgram:
    """The program on show, or the one that is being read to be.

    Args:
        disk: Where files are read.
        opened: Called with the program that is now on show, the one before it, and whether its
            file was read again because it has changed.
        refused: Called with a file that cannot be read as a program, and why.
        held: Whether the program on show must stay as it is for now, whatever becomes of its file.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        program: The program on show, with the person's edits; None before the first.
        as_run: Whether it is shown as a run had it, which its file may not be.
        reading: The file that is being read, or None.
    """

    def __init__(
        self,
        disk: DiskQueue,
        opened: Callable[[Program, Program | None, bool], None],
        refused: Callable[[Path, Problem], None],
        held: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._disk = disk
        self._opened = opened
        self._refused = refused
        self._held = held
        self._clock = clock
        self._stamp: Stamp = None
        self._turn = 0
        self._looking = False
        self._next_look = clock() + _LOOK_SECONDS
        self.program: Program | None = None
        self.as_run = False
        self.reading: Path | None = None
        self._wanted: int | None = None

    @property
    def wanted_place(self) -> int | None:
        """The place among the code cells at which the program on show was asked for, if at one."""
        if self._wanted is None or self.program is None:
            return None
        return sum(cell.kind == "code" for cell in self.program.cells[: self._wanted])

    def open(self, path: Path, cell: int | None = None) -> None:
        """Read a file and show it; one that was being read before is not waited for any more.

        Args:
            path: The file.
            cell: Index of the cell at which it is to be shown.
        """
        self._read(path, reloaded=False, cell=cell)

    def show(self, program: Program) -> None:
        """Show a program as a run had it; its file is read again only when it changes from now."""
        self._turn += 1
        self.reading = self._wanted = None
        turn, path = self._turn, program.path

        def note(done: Future[Stamp]) -> None:
            if turn == self._turn:
                self._stamp = done.result()

        self._disk.do_then(lambda: stamp_of(path), note)
        self._show(program, reloaded=False, as_run=True)

    def amend(self, program: Program) -> None:
        """Take what edits have made of the program on show."""
        self.program = program

    def look(self) -> None:
        """Read the file on show again, if it has changed."""
        program = self.program
        if program is None or self.reading is not None or self._looking or self._held():
            return
        self._looking = True
        turn, path = self._turn, program.path

        def compare(done: Future[Stamp]) -> None:
            self._looking = False
            found = done.result()
            if turn == self._turn and found is not None and found != self._stamp:
                self._read(path, reloaded=True)

        self._disk.do_then(lambda: stamp_of(path), compare)

    def advance(self) -> None:
        """Look at the file now and then."""
        if self._clock() >= self._next_look:
            self._next_look = self._clock() + _LOOK_SECONDS
            self.look()

    def _read(self, path: Path, reloaded: bool, cell: int | None = None) -> None:
        self._turn += 1
        self.reading = path
        turn = self._turn

        def take(done: Future[tuple[Stamp, Program | Problem]]) -> None:
            if turn != self._turn:
                return  # Another one was asked for meanwhile.
            self.reading = None
            stamp, found = done.result()
            if reloaded and self._held():
                return  # The next look finds it changed again.
            self._stamp, self._wanted = stamp, cell
            if isinstance(found, Problem):
                self._refused(path, found)
            else:
                self._show(found, reloaded)

        self._disk.do_then(lambda: _read(path), take)

    def _show(self, program: Program, reloaded: bool, as_run: bool = False) -> None:
        self.as_run = as_run
        before, self.program = self.program, program
        self._opened(program, before, reloaded)


def _read(path: Path) -> tuple[Stamp, Program | Problem]:
    """Read a file, and what it looked like just before: a later change is then seen as one."""
    from tflab.programs.reader import ProgramError, read_program

    stamp = stamp_of(path)
    try:
        return stamp, read_program(path)
    except ProgramError as problem:
        return stamp, problem


def stamp_of(path: Path) -> Stamp:
    """Return what changes when a file does, or None while it cannot be seen."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
