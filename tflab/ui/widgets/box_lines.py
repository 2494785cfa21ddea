"""The lines around boxes that share them, joined where they meet."""

from __future__ import annotations

from collections.abc import Iterable

from textual.geometry import Region

_UP, _RIGHT, _DOWN, _LEFT = 1, 2, 4, 8
_UNICODE = {
    _LEFT | _RIGHT: "─",
    _UP | _DOWN: "│",
    _RIGHT | _DOWN: "╭",
    _LEFT | _DOWN: "╮",
    _RIGHT | _UP: "╰",
    _LEFT | _UP: "╯",
    _UP | _DOWN | _RIGHT: "├",
    _UP | _DOWN | _LEFT: "┤",
    _LEFT | _RIGHT | _DOWN: "┬",
    _LEFT | _RIGHT | _UP: "┴",
    _UP | _DOWN | _LEFT | _RIGHT: "┼",
}


class BoxLines:
    """The cells of all lines, each with the sides on which it goes on.

    Args:
        boxes: The boxes, their lines included.
        unicode: Whether lines may be drawn with more than ASCII.
    """

    def __init__(self, boxes: Iterable[Region], unicode: bool = True) -> None:
        self._unicode = unicode
        self._rows: dict[int, dict[int, int]] = {}
        for box in boxes:
            self._add(box)

    def row(self, y: int, width: int) -> str:
        """Return a row: lines where there are any, and blanks."""
        cells = self._rows.get(y, {})
        return "".join(self._character(cells[x]) if x in cells else " " for x in range(width))

    def _add(self, box: Region) -> None:
        right, bottom = box.right - 1, box.bottom - 1
        for x in range(box.x, right + 1):
            sides = (_LEFT if x > box.x else 0) | (_RIGHT if x < right else 0)
            self._join(x, box.y, sides)
            self._join(x, bottom, sides)
        for y in range(box.y, bottom + 1):
            sides = (_UP if y > box.y else 0) | (_DOWN if y < bottom else 0)
            self._join(box.x, y, sides)
            self._join(right, y, sides)

    def _join(self, x: int, y: int, sides: int) -> None:
        row = self._rows.setdefault(y, {})
        row[x] = row.get(x, 0) | sides

    def _character(self, sides: int) -> str:
        if self._unicode:
            return _UNICODE.get(sides, "─")
        if sides in (_LEFT | _RIGHT, _UP | _DOWN):
            return "-" if sides & _LEFT else "|"
        return "+"
