"""A view that draws its rows itself, with live widgets at some of them.

Textual has either: a `ScrollView` draws rows and lays out no children, a container lays out
children and draws none. A page of thousands of rows with one editor in it needs both.
"""

from __future__ import annotations

from typing import cast

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import Layout, WidgetPlacement
from textual.scroll_view import ScrollView
from textual.widget import Widget


class HostingView(ScrollView):
    """A view whose children stand on rows of its page, scroll with them, and are clipped by it."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._on_rows = _OnRows()

    @property
    def is_container(self) -> bool:
        """Whether there are children to lay out."""
        return bool(self.children)

    @property
    def layout(self) -> Layout:
        """How children are laid out."""
        return self._on_rows

    def place_of(self, widget: Widget) -> Region:
        """Return where a child stands, in cells of the whole page."""
        raise NotImplementedError

    def move_children(self) -> None:
        """Lay the children out again; Textual keeps a layout until one of them asks for another."""
        if self.children:
            self._clear_arrangement_cache()
            self.refresh(layout=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Move the children along."""
        super().watch_scroll_y(old_value, new_value)
        if self.children and round(old_value) != round(new_value):
            self._refresh_scroll()


class _OnRows(Layout):
    """Puts each child where its view says."""

    name = "rows"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> list[WidgetPlacement]:
        """Return the places of the children."""
        del size, greedy
        view = cast(HostingView, parent)
        return [
            WidgetPlacement(view.place_of(child), NULL_OFFSET, NULL_SPACING, child)
            for child in children
        ]
