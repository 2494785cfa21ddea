"""Writing a run log: the files of a run folder, and events appended to the log as lines of JSON.

A run folder holds `run.json` (see `record`), `events.jsonl` (see `events`), `output.log` (what the
program printed, byte for byte), `stderr.log` (what C++ libraries wrote to descriptor 2) and
`files/` (what the program saved), `pictures/` (what it showed). All but these two are append-only.

`log_reader` reads what is written here. This half belongs to the run side: it needs the standard
library only.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from tflab.runs.events import Ended, Event
from tflab.runs.kept_file import KeptFile

EVENTS = "events.jsonl"
OUTPUT = "output.log"
NATIVE = "stderr.log"
RECORD = "run.json"
FILES = "files"
PICTURES = "pictures"
STOP = "stop"
"""A mark that somebody asked the run to stop: tells that kill from any other."""

_LAST = 64 << 10


def as_dict(value: Any) -> dict[str, Any]:
    """Return an event, or a part of one, as JSON writes it: its type, and no defaults."""
    found = {"type": value.TYPE} if isinstance(value, Event) else {}
    kind: Any = type(value)
    for name, default in _defaults(kind):
        item = getattr(value, name)
        if default is MISSING or item != default or type(item) is not type(default):
            found[name] = item
    return found


_encoder = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,
    allow_nan=False,
    separators=(",", ":"),
    default=as_dict,
)


def encode_event(event: Event) -> bytes:
    """Return the line that holds `event`, without its end.

    Raises:
        ValueError: When a number in it is not finite; `events.as_number` gives such a one its name.
        TypeError: When something in it is no JSON.
    """
    return _encoder.encode(event).encode("utf-8", "replace")


@functools.cache
def _defaults(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """Each field of a dataclass with its default; `MISSING` stands for none."""
    return tuple(
        (f.name, f.default if f.default_factory is MISSING else f.default_factory())
        for f in fields(kind)
    )


class LogWriter:
    """Appends events to a run log, whole lines at a time.

    Every call is one `write` on a descriptor in append mode, so that the run and the fork server
    may both hold the file open. What could not be written is kept, and goes before the next events.

    Attributes:
        before_write: Told how long the log is, and how long it will be, before it grows.

    Raises:
        OSError: When the disk is full or the folder is gone.
    """

    before_write: Callable[[int, int], object] | None = None

    def __init__(self, folder: Path) -> None:
        self._file = KeptFile(folder / EVENTS)
        self._unwritten = b""
        self._whole_at = 0

    def write(self, *events: Event) -> None:
        """Append `events`, in order. A line that another writer left torn is closed off first."""
        if events or self._unwritten:
            self._append(events, *self._file.look())

    def write_lines(self, lines: bytes) -> None:
        """Append whole lines that are events already, as those of another log."""
        if lines or self._unwritten:
            self._append_lines(lines, *self._file.look())

    def _append(self, events: Sequence[Event], fd: int, size: int) -> None:
        """Append events to the log, which is open as `fd` and that many bytes long."""
        self._append_lines(b"".join(encode_event(event) + b"\n" for event in events), fd, size)

    def _append_lines(self, lines: bytes, fd: int, size: int) -> None:
        if not self._unwritten and lines and size != self._whole_at and _is_torn(fd, size):
            lines = b"\n" + lines
        self._unwritten += lines
        if self._unwritten and self.before_write is not None:
            self.before_write(size, size + len(self._unwritten))
        while self._unwritten:
            count = os.write(fd, self._unwritten)
            self._unwritten, size = self._unwritten[count:], size + count
        # Where nobody else has written since, nothing is torn next time.
        self._whole_at = size

    def size(self) -> int:
        """Return the length of the log, in bytes."""
        return self._file.size()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _is_torn(fd: int, size: int) -> bool:
    return size > 0 and os.pread(fd, 1, size - 1) != b"\n"


def append(folder: Path, *events: Event) -> None:
    """Append events to the log in `folder`, from a process other than the run."""
    writer = LogWriter(folder)
    try:
        writer.write(*events)
    finally:
        writer.close()


def has_ended(folder: Path) -> bool:
    """Return whether the last whole line of the log in `folder` tells the end of the run."""
    try:
        with (folder / EVENTS).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST))
            tail = file.read()
        lines = [line for line in tail[: tail.rfind(b"\n") + 1].split(b"\n") if line]
        found = json.loads(lines[-1]) if lines else None
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("type") == Ended.TYPE
