"""Keys act in the order in which they were pressed, however many come at once.

Textual sends a key to the widget in focus. What that one has no use for comes back to the app from
parent to parent, and only then moves the focus or deletes a character. In a burst, as a slow line
delivers it, the keys behind have gone to the old field by then.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.widgets import Input

_PATIENCE = 0.2
_TURNS = 100
"""Seconds, and turns of the loop, after which a key no longer waits for the one before it.

On a busy machine the seconds alone may go by before the loop has turned once.
"""


class OrderedKeys(App[None]):
    """An app that holds keys and pastes back until the one before has been acted on."""

    def __init__(self) -> None:
        super().__init__()
        self._keys_waiting: deque[Key | Paste] = deque()
        self._key_released: Key | Paste | None = None
        self._key_path: list[DOMNode] = []
        self._key_field: Input | None = None
        self._key_since = 0.0
        self._key_turns = 0
        self._key_watching = False
        self._key_was_quiet = False

    async def on_event(self, event: Event) -> None:
        """Take an event; a key waits its turn, and comes back here when it has come."""
        if not self._holds(event):
            await super().on_event(event)

    def _holds(self, event: Event) -> bool:
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            return False
        if event is self._key_released:
            self._key_released = None
            return False
        if self._keys_waiting or not self._key_may_go(event):
            self._keys_waiting.append(event)
            return True
        self._key_goes(event)
        return False

    def _key_may_go(self, event: Key | Paste) -> bool:
        if not self._key_watching:
            return True
        # A field takes its text in order by itself.
        return self._key_field is not None and self._key_field is self._field_for(event)

    def _key_goes(self, event: Key | Paste) -> None:
        self._key_field = self._field_for(event)
        target = self.focused or self.screen
        self._key_path = [node for node in target.ancestors_with_self if node is not self]
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
        self._key_turns += 1
        late = self._key_turns > _TURNS and time.monotonic() - self._key_since > _PATIENCE
        # Quiet for the first time, the key may be the next thing that the app itself takes.
        if not late and not (quiet and self._key_was_quiet):
            self._key_was_quiet = quiet
            self.call_later(self._watch_key)
            return
        self._key_watching = False
        while self._keys_waiting and self._key_may_go(self._keys_waiting[0]):
            event = self._keys_waiting.popleft()
            self._key_goes(event)
            self._key_released = event
            await self.on_event(event)

    def _field_for(self, event: Key | Paste) -> Input | None:
        """Return the field that takes an event as text, or None when it is anything else."""
        field = self.focused
        if not isinstance(field, Input):
            return None
        return field if isinstance(event, Paste) or event.is_printable else None
