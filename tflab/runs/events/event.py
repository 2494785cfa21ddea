"""What every event is, and numbers as the log keeps them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

Number = int | float | str
"""A number as the log keeps it: non-finite ones are "nan", "inf" or "-inf"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line of a run log. `TYPE` names its kind there."""

    TYPE: ClassVar[str] = ""


def as_number(value: float) -> Number:
    """Return `value` as the log keeps it: unchanged, or its name when it is not finite."""
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "nan"
    return "inf" if value > 0 else "-inf"
