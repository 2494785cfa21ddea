"""The command palette, in the box of every other dialog."""

from __future__ import annotations

from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette

from tflab.ui.css import beside


class Palette(CommandPalette):
    """Finds every command and lesson by what one types."""

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__(placeholder="Type a command or a lesson", id="--command-palette")

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Go away once and alone, as every dialog does."""
        if self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)

    def on_mount(self) -> None:
        """Say how to use it."""
        box = self.query_one("#--container")
        box.border_title = "Commands"
        box.border_subtitle = "Enter chooses, Esc closes"
