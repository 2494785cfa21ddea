"""Numbers of things in words: `1 run`, `12,000 runs`."""

from __future__ import annotations


def count_of(number: int, thing: str) -> str:
    """Return how many of a thing there are; `thing` is in the singular."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
