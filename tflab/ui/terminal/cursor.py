"""The terminal's own cursor stands in the field that has the focus.

Input methods open beside it, and screen readers read from it. Textual hides it and draws one of its
own; it moves the real one after each paint, but to one cell too far behind the last letter of a
field, and it does not hear of a field that was moved.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from rich.cells import cell_len
from textual.errors import NoWidget
from textual.geometry import Offset
from textual.screen import Screen
from textual.widgets import Input

_SHOW = "\x1b[?25h"
_HIDE = "\x1b[?25l"
# A bar: a block would turn the colours of the cell that is drawn as the cursor back again.
_BAR = "\x1b[6 q"
_USUAL = "\x1b[0 q"
_NO_SHAPES = ("linux", "dumb", "")


def usual_shape() -> str:
    """Return what gives the cursor its usual shape back, where terminals know of shapes."""
    return _USUAL if os.environ.get("TERM", "") not in _NO_SHAPES else ""


class RealCursor:
    """Keeps the terminal's cursor where somebody types.

    Args:
        write: Writes to the terminal, past the screen.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._place: Offset | None = None
        self._shape = _BAR if usual_shape() else ""

    def follow(self, screen: Screen[Any]) -> Offset | None:
        """Show the cursor in the field in focus, or nowhere; return where it is to be."""
        place = typing_place(screen)
        if place is not None:
            shown = self._shape + _SHOW if self._place is None else ""
            self._write(f"\x1b[{place.y + 1};{place.x + 1}H{shown}")
        elif self._place is not None:
            self._write(_HIDE + usual_shape())
        self._place = place
        return place


def typing_place(screen: Screen[Any]) -> Offset | None:
    """Return the cell where the next letter goes; None where nothing is typed, or out of sight."""
    field = screen.focused
    if isinstance(field, Input):
        left, top, _, _ = field.content_region
        before = cell_len(field.value[: field.cursor_position].expandtabs(4))
        place = Offset(left + before - round(field.scroll_offset.x), top)
    elif field is not None and hasattr(field, "cursor_screen_offset"):
        # A `TextArea`, which takes long to import.
        place = field.cursor_screen_offset
    else:
        return None
    try:
        clip = screen.find_widget(field).visible_region
    except NoWidget:
        return None
    return place if clip.contains_point(place) else None
