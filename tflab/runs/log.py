"""The run log on disk: appending events, and reading them back while they are written.

A run folder holds `run.json` (see `record`), `events.jsonl` (see `events`), `output.log` (what the
lesson printed, byte for byte), `stderr.log` (what C++ libraries wrote to descriptor 2) and `files/`
(what the lesson saved). All are append-only but the last.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tflab.runs.events import AnyEvent, CellStarted, Event

EVENTS = "events.jsonl"
OUTPUT = "output.log"
NATIVE = "stderr.log"
RECORD = "run.json"
FILES = "files"
STOP = "stop"
"""A mark that somebody asked the run to stop: tells that kill from any other."""

_CHUNK = 1 << 20
_MAX_LINE = 16 << 20
_LAST = 64 << 10

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


class Output(Event, frozen=True, kw_only=True, tag="output"):
    """Text that a cell printed. The reader makes it from `output.log`; no log line holds it.

    `skipped` bytes before `data` were passed over because the cell printed more than the limit.
    """

    cell: int
    data: bytes
    skipped: int = 0


class LogWriter:
    """Appends events to a run log, whole lines at a time.

    Every call is one `write` on a descriptor in append mode, so that the run and the fork server
    may both hold the file open. What could not be written is kept, and goes before the next events.

    Raises:
        OSError: When the disk is full or the folder is gone.
    """

    def __init__(self, folder: Path) -> None:
        self._fd = os.open(
            folder / EVENTS, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        self._unwritten = b""

    def write(self, *events: Event) -> None:
        """Append `events`, in order. A line that another writer left torn is closed off first."""
        lines = b"".join(_encoder.encode(event) + b"\n" for event in events)
        if not self._unwritten and lines and self._tail_is_torn():
            lines = b"\n" + lines
        self._unwritten += lines
        while self._unwritten:
            self._unwritten = self._unwritten[os.write(self._fd, self._unwritten) :]

    def size(self) -> int:
        """Return the length of the log, in bytes."""
        return os.fstat(self._fd).st_size

    def close(self) -> None:
        """Close the file. Further writes fail."""
        os.close(self._fd)

    def _tail_is_torn(self) -> bool:
        size = self.size()
        return size > 0 and os.pread(self._fd, 1, size - 1) != b"\n"


class LogReader:
    """Reads a run log from the start, and goes on from there as it grows.

    Damaged lines, unknown events and a torn last line are passed over. Printed text comes between
    the events as the lesson made it.

    Args:
        folder: The run folder. Files that do not exist yet count as empty.
        output_limit: Bytes of output handed out per cell; beyond it only the newest are.

    Attributes:
        damaged: Lines that were passed over because they are damaged or of an unknown kind.
        trouble: Why the system last refused to read a file; empty while it reads.
    """

    def __init__(self, folder: Path, output_limit: int = 4 << 20) -> None:
        self._events = folder / EVENTS
        self._output = folder / OUTPUT
        self._output_limit = output_limit
        self._offset = 0
        self._tail = b""
        self._passing_over = False
        self._printed = 0
        self._handed_out = 0
        self._cell = -1
        self.damaged = 0
        self.trouble = ""

    def poll(self, max_bytes: int = 4 << 20) -> list[Event]:
        """Return what was added since the last call, at most about `max_bytes` of it.

        An empty list means that there is nothing new for now.
        """
        printed = self._size(self._output)
        found: list[Event] = []
        caught_up = False
        # A damaged line may be longer than a reading; what comes after it is news all the same.
        while not found and not caught_up:
            data = self._read(self._events, self._offset, max_bytes)
            self._offset += len(data)
            caught_up = len(data) < max_bytes
            for event in self._parse(data):
                found.extend(self._before(event))
                found.append(event)
        if caught_up:
            found.extend(self._read_output(printed))
        return found

    def _before(self, event: AnyEvent) -> list[Output]:
        """Return what was printed before an event."""
        at = getattr(event, "at", 0)
        printed = list(self._read_output(at)) if at > self._printed else []
        if isinstance(event, CellStarted):
            self._cell, self._handed_out = event.cell, 0
        return printed

    def _parse(self, data: bytes) -> Iterator[AnyEvent]:
        lines = (self._tail + data).split(b"\n")
        self._tail = lines.pop()
        if self._passing_over and lines:
            self._passing_over = False
            del lines[0]
        if len(self._tail) > _MAX_LINE:
            self.damaged += not self._passing_over
            self._tail, self._passing_over = b"", True
        for line in filter(None, lines):
            try:
                yield _decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                self.damaged += 1

    def _read_output(self, end: int) -> Iterator[Output]:
        # A damaged event may point past what there is.
        end = min(end, self._size(self._output))
        room = max(self._output_limit - self._handed_out, self._output_limit // 4)
        skipped = max(0, end - self._printed - room)
        self._printed += skipped
        while self._printed < end:
            data = self._read(self._output, self._printed, min(_CHUNK, end - self._printed))
            if not data:
                return
            self._printed += len(data)
            self._handed_out += len(data)
            yield Output(cell=self._cell, data=data, skipped=skipped)
            skipped = 0

    def _size(self, path: Path) -> int:
        try:
            return _size(path)
        except OSError as error:
            self.trouble = error.strerror or str(error)
            return 0

    def _read(self, path: Path, offset: int, length: int) -> bytes:
        try:
            data = _read(path, offset, length)
        except OSError as error:
            self.trouble = error.strerror or str(error)
            return b""
        self.trouble = ""
        return data


def first_event(folder: Path) -> AnyEvent | None:
    """Return the event on the first line of a log.

    None if there is none, if it is a long one, or if the log cannot be read.
    """
    try:
        head, mark, _ = _read(folder / EVENTS, 0, _LAST).partition(b"\n")
        return _decoder.decode(head) if mark else None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def last_event(folder: Path) -> AnyEvent | None:
    """Return the event on the last whole line of a log.

    None if there is none, if it is a long one, or if the log cannot be read.
    """
    try:
        size = _size(folder / EVENTS)
        tail = _read(folder / EVENTS, max(0, size - _LAST), _LAST)
        lines = [line for line in tail[: tail.rfind(b"\n") + 1].split(b"\n") if line]
        return _decoder.decode(lines[-1]) if lines else None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def append(folder: Path, event: Event) -> None:
    """Append one event to the log in `folder`, from a process other than the run."""
    writer = LogWriter(folder)
    try:
        writer.write(event)
    finally:
        writer.close()


def new_decoder() -> codecs.IncrementalDecoder:
    """Return a decoder for output bytes: UTF-8, with a replacement mark for anything else."""
    return codecs.getincrementaldecoder("utf-8")("replace")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _read(path: Path, offset: int, length: int) -> bytes:
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(offset)
            return file.read(length) or b""
    except FileNotFoundError:
        return b""
