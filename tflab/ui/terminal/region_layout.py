"""A layout that puts each child where a function says: panes in a frame, fields in columns.

Style sheets can size and stack, but not share a border between two panes nor give each column of
fields the width of its widest; and a change of sizes must not give every widget its style anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

Place = Callable[[Size, list[Widget]], Mapping[Widget, Region]]
"""Gives the region of each child, for a size of the parent; a child without one is not drawn."""


class RegionLayout(Layout):
    """Asks a function where the children are.

    Args:
        place: The function.
    """

    name = "regions"

    def __init__(self, place: Place) -> None:
        self._place = place

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Return where the children are."""
        del parent, greedy
        return [
            WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, widget)
            for widget, region in self._place(size, children).items()
        ]
