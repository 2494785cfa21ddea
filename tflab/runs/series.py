"""One metric over steps, held compactly: 16 bytes a point, without NumPy."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any

from tflab.runs.events import Number, as_number


class Series:
    """The points of one metric, in the order in which they were logged.

    `steps` and `values` are arrays of doubles that NumPy can view without a copy. Non-finite values
    are kept among them; `first_nonfinite_step` says where the first one was.
    """

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.steps = array("d")
        self.values = array("d")
        self.nonfinite = 0
        self.first_nonfinite_step: int | None = None
        self.min = math.inf
        self.max = -math.inf

    def __len__(self) -> int:
        return len(self.values)

    def extend(self, steps: Sequence[int], values: Sequence[Number]) -> None:
        """Add points. Lists of unequal length are cut to the shorter one."""
        count = min(len(steps), len(values))
        if count == 0:
            return
        steps, values = steps[:count], values[:count]
        finite: Sequence[Any] = values
        if str in set(map(type, values)):
            finite = [v for v in values if not isinstance(v, str)]
            self._note_nonfinite(steps, values)
        self.steps.extend(steps)
        self.values.extend(map(float, values))
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

    def _note_nonfinite(self, steps: Sequence[int], values: Sequence[Number]) -> None:
        strange = [step for step, value in zip(steps, values, strict=True) if type(value) is str]
        self.nonfinite += len(strange)
        if self.first_nonfinite_step is None:
            self.first_nonfinite_step = strange[0]
