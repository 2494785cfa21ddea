"""The programs there are to open: the course, and the person's own; and the words they use."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.programs.library import LessonEntry, find_lessons, read_texts
from tflab.runs.disk_queue import DiskQueue
from tflab.session.events import Emit, LessonsRead, Notice, RecentListed
from tflab.session.settings import Settings

if TYPE_CHECKING:
    from tflab.programs.program import Program


class Library:
    """What there is to open.

    Args:
        disk: Where files are read.
        emit: Is told what was read.
        open_program: Opens a file.

    Attributes:
        entries: The programs of the course, and the person's own, in order.
        glossary: Technical words and what they mean; empty until it has been read.
    """

    def __init__(self, disk: DiskQueue, emit: Emit, open_program: Callable[[Path], object]) -> None:
        self._disk = disk
        self._emit = emit
        self._open = open_program
        self.entries: list[LessonEntry] = find_lessons()
        self.glossary: dict[str, str] = {}

    def last_open(self, settings: Settings) -> Path | None:
        """Return the program that was open last, or else the first; None when there is none."""
        known = {entry.id: entry.path for entry in self.entries}
        first = self.entries[0].path if self.entries else None
        return settings.lesson_file() or known.get(settings.lesson, first)

    def name_of(self, program: Program) -> str:
        """Return what a program is remembered by: its id, or its path where the list lacks it."""
        listed = any(entry.path == program.path for entry in self.entries)
        return program.id if listed else str(program.path)

    def open_beside(self, program: Program | None, by: int) -> None:
        """Open the program after this one (1), or the one before it (-1)."""
        if program is None:
            return
        paths = [entry.path for entry in self.entries]
        if program.path not in paths:
            self._emit(Notice("This program stands alone: F2 lists the lessons."))
            return
        place = paths.index(program.path) + by
        if 0 <= place < len(paths):
            self._open(paths[place])
        else:
            text = "This is the last lesson." if by > 0 else "This is the first lesson."
            self._emit(Notice(text))

    def look_at_recent(self, settings: Settings) -> None:
        """See which of the files opened last are still there; `RecentListed` follows."""
        files = tuple(settings.recent)

        def look() -> frozenset[str]:
            return frozenset(file.path for file in files if not os.path.isfile(file.path))

        def take(seen: Future[frozenset[str]]) -> None:
            self._emit(RecentListed(files, seen.result()))

        self._disk.do_then(look, take)

    def read_glossary(self) -> None:
        """Read the glossary that ships with the course."""

        def take(read: Future[dict[str, str]]) -> None:
            self.glossary = read.result()

        self._disk.do_then(_glossary, take)

    def read_texts(self) -> None:
        """Read all programs, to be searched; `LessonsRead` follows."""
        entries = tuple(self.entries)

        def take(read: Future[dict[Path, str]]) -> None:
            self._emit(LessonsRead(read.result()))

        self._disk.do_then(lambda: read_texts(entries), take)


def _glossary() -> dict[str, str]:
    from tflab.data import glossary

    return glossary()
