"""The bottom line: the keys that work now, read from the registry of actions."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tflab.ui.actions import Scope, actions, key_name
from tflab.ui.terminal.glyphs import glyphs


class KeyLine(Widget):
    """One line of keys: those that work everywhere, then those of the place in focus.

    Attributes:
        scope: The pane in focus, or the full screen that this is the bottom line of.
        alone: Whether only its own keys work, as on a full screen. Where they do not all fit, it
            says how to leave, and where the others are to be found.
    """

    DEFAULT_CSS = "KeyLine { height: 1; background: $panel; }"

    scope: reactive[Scope] = reactive("app")
    alone: reactive[bool] = reactive(False)

    def __init__(self, scope: Scope = "app", *, alone: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(KeyLine.scope, scope)
        self.set_reactive(KeyLine.alone, alone)

    def render(self) -> Content:
        """Draw as many keys as fit; those that work everywhere go first when room is short."""
        room = self.size.width
        local = _keys_of(self.scope) if self.scope != "app" else []
        if self.alone:
            return Content("").join(_alone(self.scope, local, room))
        parts = []
        for key in _keys_of("app"):
            if key.cell_length <= room:
                parts.append(key)
                room -= key.cell_length
        if local and parts:
            local[0] = Content.styled("│" if glyphs().unicode else "|", "$border-quiet") + local[0]
        return Content("").join([*parts, *_cut(local, room)])


def _keys_of(scope: Scope) -> list[Content]:
    return [_key(action.key, action.label) for action in actions(scope) if action.footer]


def _key(key: str, label: str) -> Content:
    return Content.assemble((f" {key_name(key)} ", "bold $primary"), (f"{label} ", "$text-quiet"))


def _alone(scope: Scope, keys: list[Content], room: int) -> list[Content]:
    """Return the keys of a full screen; where they do not all fit, how to leave is among them."""
    if _length(keys) <= room:
        return keys
    leave = [_key(action.key, action.label) for action in actions(scope) if action.key == "escape"]
    last = [*leave, _key("f1", "All keys")]
    others = [key for key in keys if key not in leave]
    return [*_cut(others, room - _length(last)), *last]


def _cut(keys: Iterable[Content], room: int) -> list[Content]:
    """Return the first of the keys that fit."""
    parts = list(keys)
    while parts and _length(parts) > room:
        parts.pop()
    return parts


def _length(parts: Iterable[Content]) -> int:
    return sum(part.cell_length for part in parts)
