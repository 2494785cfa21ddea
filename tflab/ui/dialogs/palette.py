"""The command palette, in the box of every other dialog."""

from __future__ import annotations

from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette

from tflab.ui.terminal.screens import SafeTeardown
from tflab.ui.widgets.css import beside


class Palette(SafeTeardown[None], CommandPalette):
    """Finds every command and lesson by what one types."""

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS: ClassVar[bool] = False

    def __init__(self) -> None:
        # Textual gives it an id, which the next one may not have while this one is going.
        super().__init__(placeholder="Type a command or a lesson")

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Go away, and let no search go on that would show what it finds."""
        self.workers.cancel_node(self)
        return super().dismiss(result)

    def on_mount(self) -> None:
        """Say how to use it."""
        box = self.query_one("#--container")
        box.border_title = "Commands"
        box.border_subtitle = "Enter chooses, Esc closes"
