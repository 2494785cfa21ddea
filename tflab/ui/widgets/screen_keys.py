"""The bottom line of a full screen: its own keys, read from the registry of actions."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from tflab.ui.actions import Scope, actions, key_name


class ScreenKeys(Widget):
    """As many keys of a scope as fit, in order, and where the others are to be found.

    Args:
        scope: Whose keys.
    """

    DEFAULT_CSS = "ScreenKeys { height: 1; background: $panel; }"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._keys = scope

    def render(self) -> Content:
        """Draw the line."""
        parts = [_part(a.key, a.label) for a in actions(self._keys) if a.footer]
        if _length(parts) > self.size.width:
            more = _part("f1", "All keys")
            while parts and _length([*parts, more]) > self.size.width:
                parts.pop()
            parts.append(more)
        return Content("").join(parts)


def _part(key: str, label: str) -> Content:
    return Content.assemble((f" {key_name(key)} ", "bold $primary"), (f"{label} ", "$text-quiet"))


def _length(parts: Sequence[Content]) -> int:
    return sum(part.cell_length for part in parts)
