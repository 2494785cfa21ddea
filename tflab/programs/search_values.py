"""The values that a search may choose from: a range without steps, or a list as in any sweep.

`1e-4..1 log` is every number between two ends, small and large ones alike; `4..64` every whole
number of an `int`. On a command line the blank may be a colon. Pure functions.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tflab.programs.parameters import check_value, format_value
from tflab.programs.program import Parameter
from tflab.programs.sweep_values import (
    Values,
    example_range,
    parse_sweep_values,
    read_number,
    refusal,
    sample,
    split_values,
)

_OPEN = re.compile(
    r"(?P<low>.+?)\.\.\s*(?P<high>[^\s:]+)(?:[\s:]+(?P<kind>log|lin))?", re.IGNORECASE
)
_DIGITS = 4
_LARGEST_WHOLE = 2**53
_TRIES = 1000


class Range(msgspec.Struct, frozen=True):
    """Every number from `low` to `high`; with `log`, each power of ten is as likely as the next."""

    low: int | float
    high: int | float
    log: bool = False

    @property
    def whole(self) -> bool:
        """Whether it has whole numbers only."""
        return isinstance(self.low, int)

    @property
    def text(self) -> str:
        """Return what `parse_search_values` reads back as this range."""
        ends = f"{format_value(self.low)}..{format_value(self.high)}"
        return f"{ends} log" if self.log else ends

    def at(self, part: float) -> int | float:
        """Return the number at a part of the way, from 0 to below 1, in digits that people read."""
        if self.whole:
            low, high = self.low - 0.5, self.high + 0.5
            found = math.exp(_between(math.log(low), math.log(high), part)) if self.log else None
            return self._inside(round(_between(low, high, part) if found is None else found))
        if self.log:
            return self.tidy(math.exp(_between(math.log(self.low), math.log(self.high), part)))
        return self.tidy(_between(self.low, self.high, part))

    def tidy(self, value: int | float) -> int | float:
        """Return a number of the range in a few digits, which is as exact as a search needs."""
        if self.whole:
            return self._inside(round(value))
        if self.log:
            return self._inside(float(f"{value:.{_DIGITS}g}"))
        places = _DIGITS - math.floor(math.log10(self.high - self.low))
        return self._inside(round(float(value), places))

    def _inside(self, value: int | float) -> int | float:
        return min(max(value, self.low), self.high)


Space = Mapping[str, Sequence[Any] | Range]
"""What each parameter of a search may be."""


def parse_search_values(parameter: Parameter, text: str) -> Values | Range:
    """Return the range that a field of a search holds, or else its values as in any sweep.

    Raises:
        ValueProblem: When it makes no sense, or the parameter takes no such number.
    """
    if parameter.type not in ("int", "float"):
        return parse_sweep_values(parameter, text)
    parts = split_values(parameter, text)
    found = [match for part in parts if (match := _OPEN.fullmatch(part.strip())) is not None]
    if not found:
        return parse_sweep_values(parameter, text)
    if len(parts) > 1:
        raise refusal(
            parameter,
            "has a range without steps beside other values",
            f"Write the range alone, or its steps: {example_range(parameter)}.",
        )
    return _range(parameter, found[0])


def _range(parameter: Parameter, match: re.Match[str]) -> Values | Range:
    exact = [read_number(parameter, match[name]) for name in ("low", "high")]
    log = (match["kind"] or "").lower() == "log"
    if log and min(exact) <= 0:
        raise refusal(
            parameter,
            "has a log range that does not stay above 0",
            "Start above 0, or leave out log.",
        )
    numbers: list[int | float] = [float(number) for number in exact]
    if parameter.type == "int":
        if any(number != number.to_integral_value() for number in exact):
            raise refusal(parameter, "takes whole numbers only", "Write whole ends.")
        numbers = [int(number) for number in exact]
    low, high = (check_value(parameter, number) for number in numbers)
    if low > high:
        cause = "has a range that begins with its larger end"
        raise refusal(parameter, cause, "Write the smaller end first.")
    if low == high:
        return (low,)
    if max(abs(low), abs(high)) > _LARGEST_WHOLE if parameter.type == "int" else _is_odd(low, high):
        raise refusal(parameter, "has a range that is too wide or too narrow", "Take other ends.")
    return Range(low, high, log)


def _is_odd(low: float, high: float) -> bool:
    """Whether no number between the ends can be told from them, or their distance has no float."""
    width = high - low
    return not math.isfinite(width) or width < 1e-9 * max(abs(low), abs(high)) or width < 1e-290


def space_size(space: Space) -> float:
    """Return how many combinations a space has; infinity where a range has no steps."""
    sizes = [
        (values.high - values.low + 1 if values.whole else math.inf)
        if isinstance(values, Range)
        else len(values)
        for values in space.values()
    ]
    return math.prod(sizes) if math.inf not in sizes else math.inf


def draw(space: Space, count: int, seed: int) -> list[dict[str, Any]]:
    """Return different combinations at random, the same for the same seed.

    A larger count only adds to a smaller one. There are fewer where the space has no more, or where
    no other one turns up.
    """
    lists = {n: list(v) for n, v in space.items() if not isinstance(v, Range)}
    if len(lists) == len(space):
        return sample(lists, count, seed)
    chance = random.Random(seed)
    found: dict[str, dict[str, Any]] = {}
    for _ in range(count * _TRIES):
        if len(found) >= min(count, space_size(space)):
            break
        point = draw_one(space, chance)
        found.setdefault(repr(point), point)
    return list(found.values())


def draw_one(space: Space, chance: random.Random) -> dict[str, Any]:
    """Return one combination at random."""
    return {
        name: v.at(chance.random()) if isinstance(v, Range) else v[chance.randrange(len(v))]
        for name, v in space.items()
    }


def _between(low: float, high: float, part: float) -> float:
    return low + (high - low) * part
