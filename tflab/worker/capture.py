"""The standard descriptors of a run: what the lesson prints becomes a file.

At the descriptor level, because C++ writes to descriptor 2 past Python, and programs that a lesson
starts write to both.
"""

from __future__ import annotations

import faulthandler
import io
import os
import sys
from pathlib import Path

from tflab.runs.log_writer import NATIVE, OUTPUT

OUTPUT_LIMIT = 64 << 20
"""Bytes of printed text that are kept of a run."""

NATIVE_LIMIT = 8 << 20
"""Bytes that are kept of what libraries write to descriptor 2."""

_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


def install_streams() -> None:
    """Make Python's stdout and stderr one stream onto descriptor 1, written through at once.

    One stream keeps the order of lines; writing through loses nothing when the process is killed.
    Called before TensorFlow is imported, whose loggers keep the stream that they find then.
    """
    raw = io.FileIO(1, "w", closefd=False)
    stream = io.TextIOWrapper(
        raw,  # unbuffered, as Python's own -u has it
        encoding="utf-8",
        errors="backslashreplace",
        write_through=True,
    )
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = stream  # type: ignore[misc]


class Capture:
    """Points the standard descriptors at the run's files and keeps those within bounds.

    Args:
        folder: The run folder.
        limit: Bytes of output to keep.

    Raises:
        OSError: When the files cannot be opened.
    """

    def __init__(self, folder: Path, limit: int = OUTPUT_LIMIT) -> None:
        self._output = _Bounded(folder / OUTPUT, 1, limit)
        self._native = _Bounded(folder / NATIVE, 2, NATIVE_LIMIT)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.close(nothing)
        # A crash in C++ then leaves the line of the lesson that led to it.
        faulthandler.enable(file=2)

    def printed(self) -> int:
        """Return the length of the output so far, in bytes."""
        return self._output.size()

    def cut_now(self) -> bool:
        """Cut what has passed its limit; True once, when the lesson's own output was cut."""
        self._native.cut()
        return self._output.cut()


class _Bounded:
    """A file behind a descriptor; past its limit the descriptor leads nowhere."""

    def __init__(self, path: Path, descriptor: int, limit: int) -> None:
        self._descriptor = descriptor
        self._limit = limit
        self._file = os.open(path, _APPEND, 0o600)
        self._was_cut = False
        os.dup2(self._file, descriptor)

    def size(self) -> int:
        return os.fstat(self._file).st_size

    def cut(self) -> bool:
        if self.size() <= self._limit:
            return False
        first, self._was_cut = not self._was_cut, True
        if first:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self._descriptor)
            os.close(nothing)
        # Programs that the lesson started still hold the file itself.
        os.ftruncate(self._file, self._limit)
        return first
