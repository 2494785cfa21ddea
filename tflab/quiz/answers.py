"""What counts as an answer: a number, a shape, or one of several choices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

_NUMBER = r"[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?"
_FRACTION = re.compile(rf"({_NUMBER})(?:\s*/\s*({_NUMBER}))?", re.IGNORECASE)
_LONGEST = 60

_ROUGH = 0.02
"""From here on an answer may be off by so much that more than three digits say nothing."""


class Choice(Protocol):
    """One of several answers: what it is known by, and what it says."""

    @property
    def id(self) -> str:
        """What it is known by."""

    @property
    def text(self) -> str:
        """What it says."""


@dataclass(frozen=True)
class Number:
    """A number.

    Attributes:
        within: How far an answer may be off, as a share of the value; 0 wants it exactly.
    """

    value: float
    within: float = 0.0

    form = "number"

    def judge(self, text: str, choices: Sequence[Choice] = ()) -> bool | None:
        """Return whether `text` is right; None where it is no number."""
        del choices
        found = read_number(text)
        if found is None:
            return None
        return abs(found - self.value) <= max(self.within * abs(self.value), 1e-9)

    def shown(self, choices: Sequence[Choice] = ()) -> str:
        """Return the number as people write it, with no more digits than asked for."""
        del choices
        return f"{self.value:.3g}" if self.within >= _ROUGH else short_number(self.value)


@dataclass(frozen=True)
class Shape:
    """The shape of a tensor."""

    axes: tuple[int, ...]

    form = "shape"

    def judge(self, text: str, choices: Sequence[Choice] = ()) -> bool | None:
        """Return whether `text` is this shape, with brackets or without; None for no shape."""
        del choices
        found = read_shape(text)
        return None if found is None else found == self.axes

    def shown(self, choices: Sequence[Choice] = ()) -> str:
        """Return the shape as Python writes it."""
        del choices
        return str(self.axes)


@dataclass(frozen=True)
class Pick:
    """One of the choices, by its id."""

    right: str

    form = "choice"

    def judge(self, text: str, choices: Sequence[Choice] = ()) -> bool | None:
        """Return whether `text` names the right choice, by its number or its words."""
        words = text.strip().casefold()
        # The words of a choice may be a number, which then means this choice.
        named = {choice.id.casefold(): choice.id for choice in choices}
        named |= {str(place): choice.id for place, choice in enumerate(choices, start=1)}
        named |= {choice.text.casefold(): choice.id for choice in choices}
        return named[words] == self.right if words in named else None

    def shown(self, choices: Sequence[Choice] = ()) -> str:
        """Return the words of the right choice."""
        return next(choice.text for choice in choices if choice.id == self.right)


Answer = Number | Shape | Pick


def read_number(text: str) -> float | None:
    """Return the number that `text` writes, as `-0.5`, `2/3` or `1e-3` do; None for other texts."""
    found = _FRACTION.fullmatch(text.strip().replace("−", "-")) if len(text) < _LONGEST else None
    if found is None:
        return None
    above, below = found.groups()
    try:
        return float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        return None


def read_shape(text: str) -> tuple[int, ...] | None:
    """Return the shape that `text` writes, as `(2, 3)`, `2x3` or `()` do; None for no shape."""
    if len(text) >= _LONGEST:
        return None
    inner = re.fullmatch(r"[(\[]?([^()\[\]]*)[)\]]?", text.strip())
    if inner is None or not text.strip():
        return None
    parts = [part for part in re.split(r"[\s,x×]+", inner[1]) if part]
    if not all(part.isdecimal() for part in parts):
        return None
    return tuple(map(int, parts))


def short_number(value: float) -> str:
    """Return a number as people write it: six digits, none of them a needless zero."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.6g}"
