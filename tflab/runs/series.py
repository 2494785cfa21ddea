"""One metric over steps, held compactly: 16 bytes a point, without NumPy."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any

from tflab.runs.events import Number, as_number

BLOCK = 32
"""Points whose extremes are kept together."""

_LAST_STEP = 1 << 62


class Series:
    """The points of one metric, in the order in which they were logged.

    `steps` and `values` are arrays of doubles that NumPy can view without a copy. Non-finite values
    are kept among them; `first_nonfinite_step` says where the first one was.

    `axis` is what the steps count: `epoch`, `batch`, or steps where it is empty.

    `block_lows` and `block_highs` are the extremes of each 32 points in a row, those of a last
    part left out: a chart of a million points then need not read them all. They say nothing once
    there is a non-finite value. `in_order` tells whether steps never fall.
    """

    def __init__(self, tag: str, axis: str = "") -> None:
        self.tag = tag
        self.axis = axis
        self.steps = array("d")
        self.values = array("d")
        self.nonfinite = 0
        self.first_nonfinite_step: int | None = None
        self.min = math.inf
        self.max = -math.inf
        self.in_order = True
        self.block_lows = array("d")
        self.block_highs = array("d")
        self._open: list[float] = []

    def __len__(self) -> int:
        return len(self.values)

    def extend(self, steps: Sequence[int], values: Sequence[Number]) -> None:
        """Add points. Lists of unequal length are cut to the shorter one."""
        count = min(len(steps), len(values))
        if count == 0:
            return
        places = _steps(steps[:count])
        numbers = _numbers(values[:count])
        self._note_order(steps[:count])
        self.steps.extend(places)
        self.values.extend(numbers)
        # Reading a list is faster: an array makes an object of each number, each time.
        listed = numbers.tolist()
        self._sum_up_blocks(listed)
        finite: Sequence[float] = listed
        # One sum tells that all are finite; where it overflows, looking at each does no harm.
        if not math.isfinite(sum(listed)):
            finite = [value for value in listed if math.isfinite(value)]
            self._note_nonfinite(places, numbers)
        if finite:
            lowest, highest = min(finite), max(finite)
            self.min = min(self.min, lowest)
            self.max = max(self.max, highest)

    def summary(self) -> dict[str, Any]:
        """Return first, last, min, max, count and the number of non-finite values.

        Numbers are as JSON can write them; min and max are over the finite values, None if none.
        """
        some = self.nonfinite < len(self.values)
        return {
            "first": as_number(self.values[0]) if self.values else None,
            "last": as_number(self.values[-1]) if self.values else None,
            "min": self.min if some else None,
            "max": self.max if some else None,
            "count": len(self.values),
            "nonfinite": self.nonfinite,
        }

    def _note_order(self, steps: Sequence[int]) -> None:
        if self.in_order:
            follows = not self.steps or self.steps[-1] <= steps[0]
            self.in_order = follows and list(steps) == sorted(steps)

    def _sum_up_blocks(self, numbers: list[float]) -> None:
        """Take in values that follow those of the block that is not full yet."""
        pending = self._open + numbers
        full = len(pending) - len(pending) % BLOCK
        blocks = [pending[start : start + BLOCK] for start in range(0, full, BLOCK)]
        self.block_lows.extend(map(min, blocks))
        self.block_highs.extend(map(max, blocks))
        self._open = pending[full:]

    def _note_nonfinite(self, steps: Sequence[float], values: Sequence[float]) -> None:
        pairs = zip(steps, values, strict=True)
        strange = [int(step) for step, value in pairs if not math.isfinite(value)]
        self.nonfinite += len(strange)
        if strange and self.first_nonfinite_step is None:
            self.first_nonfinite_step = strange[0]


def _numbers(values: Sequence[Number]) -> array[float]:
    try:
        return array("d", values)  # type: ignore[arg-type]
    except (TypeError, OverflowError):
        return array("d", map(_number, values))


def _number(value: Number) -> float:
    """A number by value or by name; a damaged log may hold neither, which counts as NaN."""
    try:
        return float(value)
    except ValueError:
        return math.nan
    except OverflowError:
        return -math.inf if str(value).startswith("-") else math.inf


def _steps(steps: Sequence[int]) -> array[float]:
    try:
        return array("d", steps)
    except OverflowError:
        return array("d", [max(-_LAST_STEP, min(_LAST_STEP, step)) for step in steps])
