"""Reading the lesson that is to be on the screen, and again when its file changes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.programs.reader import ProgramError, read_program
from tflab.ui.workbench import messages

if TYPE_CHECKING:
    from tflab.ui.app import LabApp


class LessonFile:
    """The file of the lesson on show, or of the one that will be.

    Args:
        app: Is sent `LessonLoaded` or `LessonRefused`.

    Attributes:
        reading: The file that is being read, or None.
        run_when_read: Whether a run waits for it.
    """

    def __init__(self, app: LabApp) -> None:
        self._app = app
        self._stamp: tuple[int, int] | None = None
        self.reading: Path | None = None
        self.run_when_read = False

    def load(self, path: Path, reloaded: bool = False) -> None:
        """Read a lesson in the background; `LessonLoaded` or `LessonRefused` follows."""
        self.note(path)
        self.reading = path
        self._app.run_worker(
            lambda: self._read(path, reloaded), thread=True, group="lesson", exclusive=True
        )

    def look(self, path: Path) -> None:
        """Read the lesson on show again, if its file has changed."""
        # While another lesson is being read, what is known is that one's stamp.
        if self.reading is not None:
            return
        stamp = _stamp(path)
        if stamp is not None and stamp != self._stamp:
            self.load(path, reloaded=True)

    def note(self, path: Path) -> None:
        """Take the file as it is now for the one on show."""
        self._stamp = _stamp(path)

    def settle(self, path: Path) -> bool:
        """Note that a lesson is on show, or was refused; return whether a run waited for it."""
        if path != self.reading:
            return False
        waited, self.reading, self.run_when_read = self.run_when_read, None, False
        return waited

    def _read(self, path: Path, reloaded: bool) -> None:
        try:
            lesson = read_program(path)
        except ProgramError as problem:
            self._app.post_message(messages.LessonRefused(path, problem))
        else:
            self._app.post_message(messages.LessonLoaded(lesson, reloaded))


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return what changes when a file does, or None while it cannot be seen."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
