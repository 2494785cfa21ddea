"""One metric over steps, held compactly: 16 bytes a point, without NumPy."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, NamedTuple

from tflab.runs.events import Number, as_number

BLOCK = 32
"""Points whose extremes are kept together."""

_LAST_STEP = 1 << 62


class Part(NamedTuple):
    """What an earlier run has logged of a series: the points up to `end`, which is not one."""

    end: int
    run: str


class Series:
    """The points of one metric, in the order in which they were logged.

    `steps` and `values` are arrays of doubles that NumPy can view without a copy. Non-finite values
    are kept among them; `first_nonfinite_step` says where the first one was.

    `axis` is what the steps count: `epoch`, `batch`, or steps where it is empty.

    `block_lows` and `block_highs` are the extremes of each 32 points in a row, those of a last
    part left out: a chart of a million points then need not read them all. They say nothing once
    there is a non-finite value. `in_order` tells whether steps never fall.

    Where a run goes on from an earlier one, the points of that come first: `parts` says up to where
    they are whose. What the earlier one has logged beyond the step at which the next one began is
    left out, as the next one goes over it again; `cuts` counts how often that was done.
    """

    def __init__(self, tag: str, axis: str = "") -> None:
        self.tag = tag
        self.axis = axis
        self.parts: tuple[Part, ...] = ()
        self.cuts = 0
        self._goes_on = False
        self._clear()

    def _clear(self) -> None:
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
        if self._goes_on:
            self._goes_on = False
            self._drop_from(steps[0])
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

    def end_part(self, run: str) -> None:
        """Take it that all points up to here were logged by an earlier run, which goes on."""
        if len(self) > self.inherited:
            self.parts = (*self.parts, Part(len(self), run))
        self._goes_on = True

    @property
    def inherited(self) -> int:
        """How many of the points are an earlier run's."""
        return self.parts[-1].end if self.parts else 0

    @property
    def seams(self) -> tuple[float, ...]:
        """The steps at which a later run went on."""
        return tuple(self.steps[part.end] for part in self.parts if part.end < len(self))

    def logged_by(self, run: str) -> Series:
        """Return the points that an earlier run logged; with an empty id, those of the last."""
        found, begin = Series(self.tag, self.axis), 0
        for part in (*self.parts, Part(len(self), "")):
            if part.run == run:
                steps = [int(step) for step in self.steps[begin : part.end]]
                found.extend(steps, self.values[begin : part.end].tolist())
            begin = part.end
        return found

    def _drop_from(self, step: float) -> None:
        """Leave out what was logged at this step or after it."""
        if self.in_order:
            kept = range(bisect_left(self.steps, step))
        else:
            kept = [place for place, known in enumerate(self.steps) if known < step]  # type: ignore[assignment]
        if len(kept) == len(self):
            return
        steps, values = self.steps, self.values
        ends = [(bisect_left(kept, part.end), part.run) for part in self.parts]
        self._clear()
        self.extend([int(steps[place]) for place in kept], [values[place] for place in kept])
        self.parts = tuple(Part(end, run) for end, run in ends if end)
        self.cuts += 1

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
