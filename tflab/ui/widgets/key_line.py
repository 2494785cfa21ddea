"""The bottom line: the keys that work now, read from the registry of actions."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tflab.ui.actions import Action, Scope, actions, key_name
from tflab.ui.terminal.glyphs import glyphs


class KeyLine(Widget):
    """One line of keys: those of the pane in focus, then those that work everywhere.

    Attributes:
        scope: The pane in focus.
        alone: Whether only its own keys work, as in a dialog.
    """

    scope: reactive[Scope] = reactive("app")
    alone: reactive[bool] = reactive(False)

    def render(self) -> Content:
        """Draw as many keys as fit; those that work everywhere go first when room is short."""
        everywhere = [a for a in actions("app") if a.footer and not self.alone]
        local = [a for a in actions(self.scope) if a.footer] if self.scope != "app" else []
        room = self.size.width
        parts: list[Content] = []
        for action in everywhere:
            part = _key(action)
            if part.cell_length <= room:
                parts.append(part)
                room -= part.cell_length
        divider = Content.styled("│" if glyphs().unicode else "|", "$border-quiet")
        for index, action in enumerate(local):
            part = _key(action)
            if index == 0 and parts:
                part = divider + part
            if part.cell_length > room:
                break
            parts.append(part)
            room -= part.cell_length
        return Content("").join(parts)


def _key(action: Action) -> Content:
    return Content.assemble(
        (f" {key_name(action.key)} ", "bold $primary"), (f"{action.label} ", "$text-quiet")
    )
