"""Reading a run log while it is written: the reading half of `log_writer`, with msgspec's speed."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import msgspec

from tflab.runs.atomic_files import open_file
from tflab.runs.events import AnyEvent, CellStarted, Event
from tflab.runs.log_writer import EVENTS, OUTPUT
from tflab.runs.paths import unreadable

_CHUNK = 1 << 20
_MAX_LINE = 16 << 20
_LAST = 64 << 10
_HEAD = b'{"type":"'


class _Typed(msgspec.Struct):
    type: str


_read_type = msgspec.json.Decoder(_Typed).decode
_decoders = {kind.TYPE: msgspec.json.Decoder(kind) for kind in get_args(AnyEvent)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Output(Event):
    """Text that a cell printed. The reader makes it from `output.log`; no log line holds it.

    `skipped` bytes before `data` were passed over because the cell printed more than the limit.
    """

    cell: int
    data: bytes
    skipped: int = 0


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
                yield decode_event(line)
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


def decode_event(line: bytes) -> AnyEvent:
    """Return the event that a line of a log holds.

    Raises:
        msgspec.DecodeError: When it is damaged, or of a kind that is not known here.
        UnicodeDecodeError: When it is no text.
        RecursionError: When it is nested too deeply.
    """
    # Every line of ours names its type first, so that none has to be read twice.
    name = line[len(_HEAD) : line.find(b'"', len(_HEAD))] if line.startswith(_HEAD) else b""
    decoder = _decoders.get(name.decode("ascii", "replace") or _read_type(line).type)
    if decoder is None:
        raise msgspec.ValidationError("This kind of event is not known.")
    event: AnyEvent = decoder.decode(line)
    return event


def check_log(folder: Path) -> None:
    """Look whether a run's log can be read; one that is not there yet is an empty one.

    Raises:
        Problem: When the system refuses it, or it is no file.
    """
    try:
        os.close(open_file(folder / EVENTS))
    except FileNotFoundError:
        return
    except OSError as error:
        raise unreadable("The run log cannot be read", folder / EVENTS, error) from error


def first_event(folder: Path) -> AnyEvent | None:
    """Return the event on the first line of a log.

    None if there is none, if it is a long one, or if the log cannot be read.
    """
    try:
        head, mark, _ = _read(folder / EVENTS, 0, _LAST).partition(b"\n")
        return decode_event(head) if mark else None
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
        return decode_event(lines[-1]) if lines else None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


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
        with os.fdopen(open_file(path), "rb", buffering=0) as file:
            file.seek(offset)
            return file.read(length) or b""
    except FileNotFoundError:
        return b""
