"""Runs as TensorBoard event files, written here by hand.

TensorBoard's own writer reaches for TensorFlow as soon as that is installed: four seconds and half
a gigabyte in the workbench. The format is small and frozen: records of a length, its checksum, an
`Event` message and its checksum (CRC-32C, masked). All events of one tag and one length of step are
encoded as one NumPy array, so that a million points take about a second.
"""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tflab.export.hparams import hparams_summaries
from tflab.export.loaded import LoadedRun
from tflab.export.wire import field, varint
from tflab.runs.events import Continued, Scalars
from tflab.runs.log_reader import LogReader
from tflab.runs.series import Series

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
_VERSION = b"brain.Event:2"


def write_event_file(run: LoadedRun, folder: Path) -> Path:
    """Write values and series of a run as one event file into `folder`, and return its path.

    What an earlier run logged, from which this one goes on, is a run of its own below it.

    Raises:
        OSError: When it cannot be written.
    """
    for earlier in dict.fromkeys(run.state.earlier):
        _write(run, folder / f"from {earlier}", [], _points_of(run, earlier))
    return _write(run, folder, _values(run), _points(run.folder, len(run.state.earlier)))


def _write(
    run: LoadedRun,
    folder: Path,
    values: list[bytes],
    points: Iterable[tuple[str, Floats, Floats, Floats]],
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"events.out.tfevents.{int(run.record.created)}.{run.record.id}"
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("wb") as file:
            head = struct.pack("<d", run.record.created)
            for message in (field(3, _VERSION), *values):
                file.write(_records(np.frombuffer(b"\x09" + head + message, np.uint8)[None]))
            for found in points:
                file.writelines(_encode(*found, run.record.created))
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    return path


def _values(run: LoadedRun) -> list[bytes]:
    """Return what the HParams tab shows of a run: its values, its seed, how it ended."""
    request, state = run.record.request, run.state
    began = run.record.created
    ended = None if state.seconds is None else began + state.seconds
    values = {**request.parameters, "seed": request.seed}
    return [field(5, found) for found in hparams_summaries(values, began, ended, state.status)]


def _points_of(run: LoadedRun, earlier: str) -> Iterator[tuple[str, Floats, Floats, Floats]]:
    """Yield what an earlier run logged, as far as this one did not go over it again."""
    for tag, series in run.state.series.items():
        found = series.logged_by(earlier)
        if len(found):
            times = np.zeros(len(found))
            yield tag, np.asarray(found.steps), np.asarray(found.values), times


def _points(folder: Path, earlier: int) -> Iterator[tuple[str, Floats, Floats, Floats]]:
    """Yield tag, steps, values and times of a run's points, those of a tag read at once together.

    A log of one point a batch would take a thousand times as long batch by batch.

    Args:
        folder: The run's.
        earlier: How many earlier runs it has points of, which come first and are passed over.
    """
    reader = LogReader(folder)
    while events := reader.poll():
        series: dict[str, Series] = {}
        times: dict[str, array[float]] = {}
        for event in events:
            if isinstance(event, Continued):
                earlier -= 1
            elif isinstance(event, Scalars) and earlier <= 0:
                points = series.get(event.tag) or series.setdefault(event.tag, Series(event.tag))
                before = len(points)
                points.extend(event.steps, event.values)
                clock = times.setdefault(event.tag, array("d"))
                clock.extend([event.time] * (len(points) - before))
        for tag, points in series.items():
            yield tag, np.asarray(points.steps), np.asarray(points.values), np.asarray(times[tag])


def _encode(
    tag: str, steps: Floats, values: Floats, times: Floats, created: float
) -> Iterator[bytes]:
    """Yield the records of a tag's points, each stretch of equally long steps at once."""
    numbers = steps.astype(np.int64)
    with np.errstate(over="ignore"):
        singles = values.astype("<f4")
    clock = np.where(times > 0, times, created).astype("<f8")
    lengths = _varint_lengths(numbers)
    for start, stop in _stretches(lengths):
        part, length = slice(start, stop), int(lengths[start])
        yield _records(_events(tag, clock[part], numbers[part], singles[part], length))


def _events(
    tag: str, times: Floats, steps: NDArray[np.int64], values: NDArray[np.float32], length: int
) -> Bytes:
    """Return `Event` messages of equal length, one a row: wall time, step, summary of one value."""
    value_head = field(1, tag.encode()) + b"\x15"
    inner = len(value_head) + 4
    summary_head = b"\x0a" + varint(inner) + value_head
    event_head = b"\x2a" + varint(len(summary_head) + 4) + summary_head
    count = len(steps)
    return np.hstack(
        [
            _repeat(b"\x09", count),
            times.view(np.uint8).reshape(count, 8),
            _repeat(b"\x10", count),
            _varints(steps, length),
            _repeat(event_head, count),
            values.view(np.uint8).reshape(count, 4),
        ]
    )


def _repeat(content: bytes, count: int) -> Bytes:
    return np.broadcast_to(np.frombuffer(content, np.uint8), (count, len(content)))


def _records(messages: Bytes) -> bytes:
    """Frame messages of equal length, one a row, as TensorFlow's record files do."""
    count, length = messages.shape
    head = np.frombuffer(struct.pack("<Q", length), np.uint8)[None]
    parts = [
        np.broadcast_to(head, (count, 8)),
        np.broadcast_to(_checksum(head), (count, 4)),
        messages,
        _checksum(messages),
    ]
    return np.hstack(parts).tobytes()


def _checksum(messages: Bytes) -> Bytes:
    """Return the masked CRC-32C of each row, as four bytes a row."""
    table = _table()
    crc = np.full(len(messages), 0xFFFFFFFF, np.uint32)
    for column in range(messages.shape[1]):
        crc = table[(crc ^ messages[:, column]) & 0xFF] ^ (crc >> np.uint32(8))
    crc ^= np.uint32(0xFFFFFFFF)
    masked = ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + np.uint32(0xA282EAD8)
    return masked.astype("<u4").view(np.uint8).reshape(-1, 4)


@cache
def _table() -> NDArray[np.uint32]:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> np.uint32(1)) ^ np.uint32(0x82F63B78), table >> 1)
        table = table.astype(np.uint32)
    return table


def _varint_lengths(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many bytes each step takes; a negative one takes ten."""
    lengths = np.ones(len(steps), np.int64)
    for bits in range(7, 64, 7):
        lengths += steps >= (1 << bits)
    return np.where(steps < 0, 10, lengths)


def _varints(steps: NDArray[np.int64], length: int) -> Bytes:
    numbers = steps.astype(np.uint64)
    shifts = np.arange(length, dtype=np.uint64) * np.uint64(7)
    found = (numbers[:, None] >> shifts) & np.uint64(0x7F)
    found[:, :-1] |= np.uint64(0x80)
    return found.astype(np.uint8)


def _stretches(lengths: NDArray[np.int64]) -> Sequence[tuple[int, int]]:
    if not len(lengths):
        return []
    edges = [0, *(np.flatnonzero(np.diff(lengths)) + 1).tolist(), len(lengths)]
    return list(pairwise(edges))
