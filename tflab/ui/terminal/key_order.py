"""Keys and clicks act in the order in which they came, however many come at once.

Textual sends a key to the widget in focus. What that one has no use for comes back to the app from
parent to parent, and only then moves the focus or deletes a character. In a burst, as a slow line
delivers it, the keys behind have gone to the old field by then. So a key waits

- until the one before has been acted on;
- until what was opened is there: an editor is drawn before it has the focus, and what is typed into
  it must not turn the page beneath.

What the mouse does waits for the keys before it, which would else act where it has put the focus.
So does the loss of the terminal's own focus, for which Textual takes the focus from every widget. A
key that went to a screen which was just leaving, and which takes no keys any more, goes again to
the screen that is there instead.

A terminal sends a letter with Alt as Escape and the letter, so that who types both in one go has
pressed Alt. Where that means nothing it is taken for the two keys.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from typing import Any

from textual.app import App
from textual.dom import DOMNode
from textual.errors import NoWidget
from textual.events import (
    AppBlur,
    AppFocus,
    Event,
    Key,
    MouseDown,
    MouseEvent,
    MouseMove,
    MouseScrollDown,
    MouseScrollLeft,
    MouseScrollRight,
    MouseScrollUp,
    Paste,
)
from textual.widget import Widget
from textual.widgets import Input

_PATIENCE = 0.2
_TURNS = 100
"""Seconds, and turns of the loop, after which a key no longer waits for the one before it.

On a busy machine the seconds alone may go by before the loop has turned once.
"""


_Done = Key | Paste | MouseEvent | AppFocus | AppBlur

_PASSING = (MouseMove, MouseScrollDown, MouseScrollUp, MouseScrollLeft, MouseScrollRight)
"""What the mouse does of which there is much, and for which nothing need wait."""


class OrderedKeys(App[None]):
    """An app that holds back keys, pastes, clicks, and what the terminal says of its focus, each
    until the one before has been acted on."""

    def __init__(self) -> None:
        super().__init__()
        self._keys_waiting: deque[_Done] = deque()
        self._key_released: _Done | None = None
        self._key_path: list[DOMNode] = []
        self._arriving: list[Widget] = []
        self._key_field: Input | None = None
        self._key_since = 0.0
        self._key_turns = 0
        self._key_watching = False
        self._key_was_quiet = False

    async def on_event(self, event: Event) -> None:
        """Take an event; a key waits its turn, and comes back here when it has come."""
        if not self._holds(event):
            await super().on_event(self._first_of(event))

    def _holds(self, event: Event) -> bool:
        if not isinstance(event, _Done) or event.is_forwarded:
            return False
        if event is self._key_released:
            self._key_released = None
            return False
        if self._keys_waiting or not self._key_may_go(event):
            self._keys_waiting.append(event)
            return True
        self._key_goes(event)
        return False

    def _first_of(self, event: Event) -> Event:
        """Return Escape for a letter with Alt that means nothing here; the letter comes next."""
        if not isinstance(event, Key) or event.is_forwarded:
            return event
        alt, _, letter = event.key.partition("+")
        if alt != "alt" or len(letter) != 1 or event.key in self.screen.active_bindings:
            return event
        if self.focused is not None and self.focused.check_consume_key(letter, letter):
            return event  # Who writes goes on writing, whatever the key does elsewhere.
        self._keys_waiting.appendleft(Key(letter, letter))
        return Key("escape", None)

    def _key_may_go(self, event: _Done) -> bool:
        if not self._key_watching:
            if not self._something_arrives():
                return True
            self._key_path, self._key_field = [], None
            self._begin_watching()
            return False
        # A field takes its text in order by itself.
        return self._key_field is not None and self._key_field is self._field_for(event)

    def _key_goes(self, event: _Done) -> None:
        if isinstance(event, _PASSING):
            return
        if isinstance(event, Key | MouseDown | Paste):
            # Somebody is here. Textual does the same, but later, and for a paste not at all; what
            # has the focus then is where this goes.
            self.app_focus = True
        self._key_field = self._field_for(event)
        target = self._target_of(event)
        self._key_path = [node for node in target.ancestors_with_self if node is not self]
        self._begin_watching()

    def _target_of(self, event: _Done) -> Widget:
        if isinstance(event, MouseEvent):
            with contextlib.suppress(NoWidget):
                return self.get_widget_at(event.x, event.y)[0]
        return self.focused or self.screen

    def _begin_watching(self) -> None:
        self._key_since, self._key_turns = time.monotonic(), 0
        self._key_was_quiet = False
        if not self._key_watching:
            self._key_watching = True
            self.call_later(self._watch_key)

    async def _watch_key(self) -> None:
        """Look again and again, a turn of the loop apart, until nothing is on its way."""
        # The app's own loop does not let go of the thread while it has messages, as it has now.
        await asyncio.sleep(0)
        quiet = not any(node.message_queue_size for node in self._key_path if node.is_attached)
        quiet = quiet and not self._something_arrives()
        self._key_turns += 1
        late = self._key_turns > _TURNS and time.monotonic() - self._key_since > _PATIENCE
        # Quiet for the first time, the key may be the next thing that the app itself takes.
        if not late and not (quiet and self._key_was_quiet):
            self._key_was_quiet = quiet
            self.call_later(self._watch_key)
            return
        self._key_watching = False
        if late:
            self._arriving.clear()
        while self._keys_waiting and self._key_may_go(self._keys_waiting[0]):
            event = self._keys_waiting.popleft()
            self._key_goes(event)
            self._key_released = event
            await self.on_event(event)

    def send_again(self, event: Key) -> None:
        """Send a key that a screen on its way out did not take, before those that came later."""
        key = Key(event.key, event.character)
        if self._key_watching:
            self._keys_waiting.appendleft(key)
        else:
            self.post_message(key)

    def _something_arrives(self) -> bool:
        """Whether a widget or a screen was opened that cannot take a key yet."""
        self._arriving = [one for one in self._arriving if one.is_attached and not one.is_mounted]
        return bool(self._arriving)

    def _register(self, parent: DOMNode, *widgets: Widget, **places: Any) -> list[Widget]:
        """Take note of what is opened: Textual calls this for every screen and widget."""
        found = super()._register(parent, *widgets, **places)
        self._arriving += found
        return found

    def _field_for(self, event: _Done) -> Input | None:
        """Return the field that takes an event as text, or None when it is anything else."""
        field = self.focused
        if not isinstance(field, Input):
            return None
        if isinstance(event, Key):
            return field if event.is_printable else None
        return field if isinstance(event, Paste) else None
