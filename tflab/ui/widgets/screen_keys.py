"""The bottom line of a full screen: its own keys, read from the registry of actions."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from tflab.ui.actions import Scope, actions, key_name


class ScreenKeys(Widget):
    """As many keys of a scope as fit, in order.

    Args:
        scope: Whose keys.
    """

    DEFAULT_CSS = "ScreenKeys { height: 1; background: $panel; }"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._keys = scope

    def render(self) -> Content:
        """Draw the line."""
        room = self.size.width
        parts: list[Content] = []
        for action in actions(self._keys):
            if not action.footer:
                continue
            part = Content.assemble(
                (f" {key_name(action.key)} ", "bold $primary"), (f"{action.label} ", "$text-quiet")
            )
            if part.cell_length > room:
                break
            parts.append(part)
            room -= part.cell_length
        return Content("").join(parts)
