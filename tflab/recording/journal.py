"""Points that are not in the run log yet, in memory that outlives the process of the run.

Whoever started the run shares that memory: when the run's process is gone, however it went, what it
had logged is still there to be written. A point is there as soon as it is logged.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator

FLOAT, INT, ELSEWHERE = range(3)
"""What kind of value a point has. One that is elsewhere is an object of the run's process."""

KIND_BITS = 2
KIND = 3
"""The code of a point is the number of its series, and in its last bits the kind of its value."""

CAPACITY = 1 << 15
"""Points that there is room for."""

POINT = struct.Struct("<qdQQ")
"""Step, value, code, and the count of points with this one: written last, it tells that all of the
point is there."""

POINTS_AT = 1 << 16
SIZE = POINTS_AT + CAPACITY * POINT.size

# Each is changed by itself, so that no thread undoes the work of another.
_COUNT = struct.Struct("<Q")
_WRITTEN, _FORWARDED, _USED = 0, 8, 16
_PROMISED = 24
_SIZES = struct.Struct("<QQ")
_SIZES_AT = 32
_FORWARDING, _OUTPUT_BEFORE = 48, 56
_SERIES_AT = 64
_LENGTH = struct.Struct("<H")


class Journal:
    """A ring of points, and the names of their series.

    Args:
        memory: `SIZE` bytes, all zero when they are new; by default memory that processes forked
            from this one share.

    Attributes:
        memory: What it lies in. The recorder writes points there itself: point `n` lies at
            `POINTS_AT + n % CAPACITY * POINT.size`.
        series: Each series by its number: its axis and its tag.
    """

    def __init__(self, memory: mmap.mmap | None = None) -> None:
        self.memory = mmap.mmap(-1, SIZE) if memory is None else memory
        self.series: list[tuple[str, str]] = []

    def add_series(self, axis: str, tag: str) -> int:
        """Return the code of a new series; below 0 when there is no room for its name."""
        name = f"{axis}\0{tag}".encode()
        (used,) = _COUNT.unpack_from(self.memory, _USED)
        at = _SERIES_AT + used
        if at + _LENGTH.size + len(name) > POINTS_AT:
            return -1 << KIND_BITS
        _LENGTH.pack_into(self.memory, at, len(name))
        at += _LENGTH.size
        self.memory[at : at + len(name)] = name
        _COUNT.pack_into(self.memory, _USED, at + len(name) - _SERIES_AT)
        self.series.append((axis, tag))
        return len(self.series) - 1 << KIND_BITS

    def points(self, start: int, end: int | None = None) -> Iterator[tuple[int, int, int, float]]:
        """Yield number, code, step and value of the points from number `start` on.

        Args:
            start: Their numbers count all points of the run, from 0.
            end: Where to end; by default after the last one that is there.
        """
        last = start + CAPACITY if end is None else end
        number = start
        while number < last:
            place = number % CAPACITY
            count = min(last - number, CAPACITY - place)
            at = POINTS_AT + place * POINT.size
            part = self.memory[at : at + count * POINT.size]
            for step, value, code, told in POINT.iter_unpack(part):
                if told != number + 1:
                    return
                yield number, code, step, value
                number += 1

    @property
    def written(self) -> int:
        """How many points are in the log already."""
        return int(_COUNT.unpack_from(self.memory, _WRITTEN)[0])

    @written.setter
    def written(self, count: int) -> None:
        _COUNT.pack_into(self.memory, _WRITTEN, count)

    def promise(self, count: int, before: int, after: int) -> None:
        """Note what is about to be written, since the process may end before it can say it was.

        Args:
            count: How many points will be in the log then.
            before: Bytes that the log has now.
            after: Bytes that it has then.
        """
        _SIZES.pack_into(self.memory, _SIZES_AT, before, after)
        _COUNT.pack_into(self.memory, _PROMISED, count)

    @property
    def promised(self) -> tuple[int, int, int]:
        """What was last about to be written, as `promise` was told."""
        before, after = _SIZES.unpack_from(self.memory, _SIZES_AT)
        return int(_COUNT.unpack_from(self.memory, _PROMISED)[0]), int(before), int(after)

    @property
    def forwarded(self) -> int:
        """How many bytes of what was written to descriptor 2 have been sorted out already."""
        return int(_COUNT.unpack_from(self.memory, _FORWARDED)[0])

    @forwarded.setter
    def forwarded(self, count: int) -> None:
        _COUNT.pack_into(self.memory, _FORWARDED, count)

    def promise_forwarded(self, count: int, before: int) -> None:
        """Note what is about to be copied to the output, as `promise` does for points.

        Args:
            count: How many bytes will have been sorted out then.
            before: Bytes that the output has now.
        """
        _COUNT.pack_into(self.memory, _OUTPUT_BEFORE, before)
        _COUNT.pack_into(self.memory, _FORWARDING, count)

    @property
    def promised_forwarded(self) -> tuple[int, int]:
        """What was last about to be copied, as `promise_forwarded` was told."""
        (count,) = _COUNT.unpack_from(self.memory, _FORWARDING)
        (before,) = _COUNT.unpack_from(self.memory, _OUTPUT_BEFORE)
        return int(count), int(before)

    def read_series(self) -> None:
        """Find the names of series that another process has added."""
        (used,) = _COUNT.unpack_from(self.memory, _USED)
        at, self.series = _SERIES_AT, []
        while at < _SERIES_AT + used:
            (length,) = _LENGTH.unpack_from(self.memory, at)
            at += _LENGTH.size
            axis, _, tag = self.memory[at : at + length].decode("utf-8", "replace").partition("\0")
            self.series.append((axis, tag))
            at += length

    def close(self) -> None:
        """Let go of the memory."""
        self.memory.close()
