"""Keys act in the order in which they were pressed, however many come at once.

Textual sends a key to the widget in focus. What that one has no use for comes back to the app from
parent to parent, and only then moves the focus or deletes a character. In a burst, as a slow line
delivers it, the keys behind have gone to the old field by then.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.widgets import Input

_PATIENCE = 0.2
_TURNS = 100
"""Seconds, and turns of the loop, after which a key no longer waits for the one before it.

On a busy machine the seconds alone may go by before the loop has turned once.
"""


class KeyOrder:
    """Holds keys and pastes back until the one before has been acted on.

    Args:
        app: Whose keys they are.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._waiting: deque[Key | Paste] = deque()
        self._released: Key | Paste | None = None
        self._path: list[DOMNode] = []
        self._typing: Input | None = None
        self._since = 0.0
        self._turns = 0
        self._watching = False
        self._was_quiet = False

    def holds(self, event: Event) -> bool:
        """Return whether an event has to wait; it is handed to the app again in its turn."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            return False
        if event is self._released:
            self._released = None
            return False
        if self._waiting or not self._may_go(event):
            self._waiting.append(event)
            return True
        self._go(event)
        return False

    def _may_go(self, event: Key | Paste) -> bool:
        if not self._watching:
            return True
        # A field takes its text in order by itself.
        return self._typing is not None and self._typing is self._field_for(event)

    def _go(self, event: Key | Paste) -> None:
        self._typing = self._field_for(event)
        target = self._app.focused or self._app.screen
        self._path = [node for node in target.ancestors_with_self if node is not self._app]
        self._since, self._turns = time.monotonic(), 0
        self._was_quiet = False
        if not self._watching:
            self._watching = True
            self._app.call_later(self._watch)

    async def _watch(self) -> None:
        """Look again and again, a turn of the loop apart, until nothing is on its way."""
        # The app's own loop does not let go of the thread while it has messages, as it has now.
        await asyncio.sleep(0)
        quiet = not any(node.message_queue_size for node in self._path if node.is_attached)
        self._turns += 1
        late = self._turns > _TURNS and time.monotonic() - self._since > _PATIENCE
        # Quiet for the first time, the key may be the next thing that the app itself takes.
        if not late and not (quiet and self._was_quiet):
            self._was_quiet = quiet
            self._app.call_later(self._watch)
            return
        self._watching = False
        while self._waiting and self._may_go(self._waiting[0]):
            event = self._waiting.popleft()
            self._go(event)
            self._released = event
            await self._app.on_event(event)

    def _field_for(self, event: Key | Paste) -> Input | None:
        """Return the field that takes an event as text, or None when it is anything else."""
        field = self._app.focused
        if not isinstance(field, Input):
            return None
        return field if isinstance(event, Paste) or event.is_printable else None
