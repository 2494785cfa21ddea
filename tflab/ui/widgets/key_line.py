"""The bottom line: the keys that work now, read from the registry of actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from tflab.ui.actions import (
    EDITORS_OWN,
    FIELDS_OWN,
    FROM_FIELDS,
    Action,
    Scope,
    actions,
    is_letter,
    key_name,
)
from tflab.ui.terminal.glyphs import glyphs

_KEPT = ("help", "leave")
"""What is always there goes first where room is short, these last."""


_ENOUGH = 4
"""Keys of the place in focus that come before those that are always there."""


def takes_text(focused: Widget | None) -> bool:
    """Return whether letters are text where the focus is: in a field, or in the editor."""
    return isinstance(focused, Input) or (focused is not None and focused.id == "code-area")


class _Key(NamedTuple):
    """A key as it is drawn; what is no action only parts the others."""

    content: Content
    action: Action | None = None


class KeyLine(Widget):
    """One line of keys: those of the place in focus, then those that work everywhere.

    Attributes:
        scope: The pane in focus, or the full screen that this is the bottom line of.
        alone: Whether only its own keys work, as on a full screen. Where they do not all fit, it
            says how to leave, and where the others are to be found.
        running: Whether a run goes on.
        full: Whether the pane in focus has the whole screen.
        beside: Whether there are lessons before or after what is open.
        typing: Whether a field has the focus, which takes letters as text.
    """

    DEFAULT_CSS = "KeyLine { height: 1; background: $panel; }"

    scope: reactive[Scope] = reactive("app")
    alone: reactive[bool] = reactive(False)
    running: reactive[bool] = reactive(False)
    full: reactive[bool] = reactive(False)
    beside: reactive[bool] = reactive(True)
    typing: reactive[bool] = reactive(False)

    class Pressed(Message):
        """A key was pressed with the mouse."""

        def __init__(self, action: Action) -> None:
            super().__init__()
            self.action = action

    def __init__(self, scope: Scope = "app", *, alone: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(KeyLine.scope, scope)
        self.set_reactive(KeyLine.alone, alone)

    def on_mount(self) -> None:
        """Follow the focus."""
        self.watch(self.screen, "focused", self._focus_moved)

    def _focus_moved(self, focused: Widget | None) -> None:
        self.typing = takes_text(focused)

    def render(self) -> Content:
        """Draw as many keys as fit."""
        return Content("").join([key.content for key in self._keys()])

    async def on_click(self, event: events.Click) -> None:
        """Do what the key would."""
        right = 0
        for key in self._keys():
            right += key.content.cell_length
            if event.x < right:
                if key.action is not None and self.alone:
                    await self.app.run_action(key.action.id, self.screen)
                elif key.action is not None:
                    self.post_message(self.Pressed(key.action))
                return

    def _keys(self) -> Sequence[_Key]:
        room = self.size.width
        if self.alone:
            return _alone(self.scope, self._usable(_footer_of(self.scope)), room)
        first, always = _footer(self.scope, self.running, self.full)
        if self.full:
            # What "Full screen" does now is to go back.
            back = first.pop(0)
            keys = [_Key(_drawn(back.key, "Back to all panes"), back)]
        else:
            keys = []
        keys += [_key(action) for action in self._usable(first)]
        bar = _Key(Content.styled("│" if glyphs().unicode else "|", "$border-quiet"))
        others = [_key(action) for action in self._usable(always)]
        return _fitted(keys, bar, others, room)

    def _usable(self, found: Iterable[Action]) -> list[Action]:
        if not self.beside:
            found = [action for action in found if not action.id.startswith("neighbour")]
        if not self.typing:
            return list(found)
        instead = {action.id: action for action in actions("app")}
        found = [
            instead[FROM_FIELDS.get(action.id, action.id)] if action.scope == "app" else action
            for action in found
        ]
        return [a for a in found if not is_letter(a) and a.id not in FIELDS_OWN]


def _footer_of(scope: Scope) -> list[Action]:
    return [action for action in actions(scope) if action.footer]


def _key(action: Action) -> _Key:
    return _Key(_drawn(action.key, action.label), action)


def _drawn(key: str, label: str) -> Content:
    return Content.assemble((f" {key_name(key)} ", "bold $primary"), (f"{label} ", "$text-quiet"))


def _fitted(first: Sequence[_Key], bar: _Key, others: Sequence[_Key], room: int) -> Sequence[_Key]:
    """Return the keys that fit: of those that are always there, help and quit stay longest."""
    own, always = list(first), list(others)

    def minor() -> list[_Key]:
        return [key for key in always if key.action and key.action.id not in _KEPT]

    while _length([*own, bar, *always]) > room:
        if len(own) > _ENOUGH:
            own.pop()
        elif minor():
            always.remove(minor()[-1])
        elif len(own) > 1:
            own.pop()
        elif always:
            always.pop()
        else:
            return []
    return [*own, bar, *always] if always else own


def _alone(scope: Scope, found: Sequence[Action], room: int) -> Sequence[_Key]:
    """Return the keys of a full screen; where they do not all fit, how to leave is among them."""
    keys = [_key(action) for action in found]
    if _length(keys) <= room:
        return keys
    leave = [_key(action) for action in actions(scope) if action.key == "escape"]
    last = [*leave, _Key(_drawn("f1", "All keys"))]
    parts = [key for key in keys if key.action is None or key.action.key != "escape"]
    while parts and _length([*parts, *last]) > room:
        parts.pop()
    return [*parts, *last]


def _length(parts: Iterable[_Key]) -> int:
    return sum(part.content.cell_length for part in parts)


def _footer(scope: Scope, running: bool, full: bool) -> tuple[list[Action], list[Action]]:
    """Return the keys at the bottom of the workbench: what matters now, and what is always there.

    Args:
        scope: The pane in focus.
        running: Whether a run goes on.
        full: Whether that pane has the whole screen.
    """
    everywhere = {action.id: action for action in actions("app")}
    first = [everywhere["full_screen"]] if full else []
    first += [everywhere["stop" if running else "run"]]
    own = [a for a in actions(scope) if a.footer] if scope != "app" else []
    elsewhere = {"run", "stop", *(EDITORS_OWN if scope == "editor" else ())}
    always = [a for a in actions("app") if a.footer and a.id not in elsewhere]
    return [*first, *own], always
