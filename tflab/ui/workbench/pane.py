"""A pane: a titled box that holds one part of the workbench."""

from __future__ import annotations

from textual.containers import Vertical
from textual.widget import Widget

from tflab.ui.actions import SCOPE_TITLES, Scope


class Pane(Vertical):
    """A titled box. Its keys work while anything inside it has the focus.

    Args:
        content: What the pane shows.
        scope: Which part of the workbench this is; gives title and keys.
    """

    ALLOW_MAXIMIZE = True
    scope: Scope = "app"

    def __init__(self, *content: Widget, scope: Scope) -> None:
        super().__init__(*content, id=f"pane-{scope}", classes="pane")
        self.scope = scope
        self.border_title = SCOPE_TITLES[scope]

    def take_focus(self) -> None:
        """Give the focus to the first thing in the pane that can have it."""
        for child in self.query("*"):
            if child.focusable:
                # At once: the keys behind this one in the same burst are for the child already.
                self.screen.set_focus(child)
                return
