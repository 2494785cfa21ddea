"""The descriptors that a run writes to: what the lesson prints becomes a file.

At the descriptor level, because C++ writes to descriptor 2 past Python, and programs that a lesson
starts write to both.
"""

from __future__ import annotations

import faulthandler
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tflab.recording.journal import Journal
from tflab.runs.kept_file import KeptFile, leads_to
from tflab.runs.log_writer import NATIVE, OUTPUT
from tflab.worker.native_output import NativeOutput

OUTPUT_LIMIT = 64 << 20
"""Bytes of printed text that are kept of a run."""

NATIVE_LIMIT = 64 << 20
"""Bytes that are kept of what is written to descriptor 2."""

_RARER = 4
"""Looks at descriptor 2 for each one at the length of the output: each lets the interpreter go."""


class _Stream(io.FileIO):
    """Descriptor 1. What was written to descriptor 2 before is put in its place first."""

    before: Callable[[], object] | None = None

    def write(self, data: Any, /) -> int:
        if self.before is not None:
            self.before()
        return super().write(data) or 0


_stream: _Stream | None = None


def install_streams() -> None:
    """Make Python's stdout and stderr one stream onto descriptor 1, written through at once.

    One stream keeps the order of lines; writing through loses nothing when the process is killed.
    Called before TensorFlow is imported, whose loggers keep the stream that they find then.
    """
    global _stream
    _stream = _Stream(1, "w", closefd=False)
    stream = io.TextIOWrapper(
        _stream,  # unbuffered, as Python's own -u has it
        encoding="utf-8",
        errors="backslashreplace",
        write_through=True,
    )
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = stream  # type: ignore[misc]


class Capture:
    """Points descriptors 1 and 2 at the run's files and keeps those within bounds.

    Args:
        folder: The run folder.
        journal: The run's journal.
        limit: Bytes of output to keep.

    Raises:
        OSError: When the files cannot be opened.
    """

    def __init__(self, folder: Path, journal: Journal, limit: int = OUTPUT_LIMIT) -> None:
        self._output = _Bounded(folder / OUTPUT, 1, limit)
        self._native = _Bounded(folder / NATIVE, 2, NATIVE_LIMIT)
        self._past_python = NativeOutput(folder, journal)
        self._looks = self._length = 0
        # A crash in C++ then leaves the line of the lesson that led to it.
        faulthandler.enable(file=2)
        if _stream is not None:
            _stream.before = self._keep_order
        os.register_at_fork(after_in_child=_leave_order)

    def printed(self) -> int:
        """Return the length of the output so far, in bytes, whoever wrote it."""
        with suppress(OSError):
            self._past_python.forward(whole_lines=False, patience=1.0)
        self._length = self._output.size()
        return self._length

    def watch(self) -> bool:
        """Bring in what was written past Python, and cut what has passed its limit.

        Returns:
            Whether something of the lesson's was cut now.
        """
        size = self._native.size()
        with suppress(OSError):
            self._past_python.forward_in_time(size)
        cut = self._native.cut(size)
        self._looks += 1
        if self._looks % _RARER == 0:
            self._length = self._output.size()
        return self._output.cut(self._length) or cut

    def _keep_order(self) -> None:
        # What cannot be copied now is copied later, or when the run is over.
        with suppress(OSError):
            self._past_python.forward()


def _leave_order() -> None:
    """In a forked child: its parent sees to the order of what both write."""
    if _stream is not None:
        _stream.before = None


class _Bounded:
    """A file behind a descriptor; past its limit the descriptor leads nowhere."""

    def __init__(self, path: Path, descriptor: int, limit: int) -> None:
        self._descriptor = descriptor
        self._limit = limit
        self._file = KeptFile(path)
        self._was_cut = False
        os.dup2(self._file.descriptor(), descriptor)

    def size(self) -> int:
        return self._file.size()

    def cut(self, size: int) -> bool:
        if size <= self._limit:
            return False
        first, self._was_cut = not self._was_cut, True
        # The lesson may have put something else in its place.
        if first and leads_to(self._descriptor, self._file.identity):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self._descriptor)
            os.close(nothing)
        # Programs that the lesson started still hold the file itself.
        os.ftruncate(self._file.descriptor(), self._limit)
        return first
