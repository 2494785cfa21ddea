"""Which cells of a line have changed, so that only they are sent to the terminal again."""

from __future__ import annotations

from rich.style import Style
from textual.strip import Strip


def changed_span(old: Strip, new: Strip) -> tuple[int, int] | None:
    """Return where a line differs: the first cell and how many; None where it does not."""
    if old == new:
        return None
    before, after = _cells(old), _cells(new)
    if len(before) != len(after):
        return 0, max(len(before), len(after))
    differ = [x for x, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    return (differ[0], differ[-1] - differ[0] + 1) if differ else None


def _cells(strip: Strip) -> list[tuple[str, Style | None]]:
    return [(char, segment.style) for segment in strip for char in segment.text]
