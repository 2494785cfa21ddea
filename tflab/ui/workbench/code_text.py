"""Code laid out for a pane: a line that is too long goes on below, further in."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

_HANG = 4
_LEAST = 8


def wrap_code(code: Content, width: int) -> Content:
    """Return `code` in lines of at most `width` cells.

    What does not fit goes on in lines that start four cells to the right of their first one, so
    that indentation still says what belongs together. Lines break at spaces where they can.
    """
    if width < _LEAST:
        return code
    lines: list[Content] = []
    for line in code.split("\n", allow_blank=True):
        lines.extend(_wrapped(line, width))
    return Content("\n").join(lines)


def _wrapped(line: Content, width: int) -> list[Content]:
    plain = line.plain
    indent = len(plain) - len(plain.lstrip(" "))
    hang = min(indent + _HANG, width - _LEAST)
    rows: list[Content] = []
    first, room = 0, width
    while cell_len(plain[first:]) > room:
        end = _break(plain, max(first, indent if not rows else first), first, room)
        rows.append(_row(line, first, end, hang if rows else 0))
        first = end + len(plain[end:]) - len(plain[end:].lstrip(" "))
        room = width - hang
    rows.append(_row(line, first, len(plain), hang if rows else 0))
    return rows


def _row(line: Content, first: int, end: int, hang: int) -> Content:
    part = line[first:end].rstrip()
    return Content(" " * hang) + part if hang else part


def _break(plain: str, after: int, first: int, room: int) -> int:
    """Return where the row that starts at `first` ends: at its last space, or where it is full."""
    end = first
    while end < len(plain) and cell_len(plain[first : end + 1]) <= room:
        end += 1
    space = plain.rfind(" ", after + 1, end + 1)
    return space if space > after else max(end, first + 1)
