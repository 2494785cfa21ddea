"""What every dialog shares: its style sheet, and that Esc closes it."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

from tflab.ui.actions import ON_EVERY_SCREEN, actions
from tflab.ui.terminal.screens import Answer as Answer
from tflab.ui.terminal.screens import SafeTeardown
from tflab.ui.widgets.css import beside

_KEPT_BACK = {action.id.partition("(")[0] for action in actions("app")} - ON_EVERY_SCREEN


class Dialog(SafeTeardown[Answer], ModalScreen[Answer]):
    """A box over the workbench. Esc closes it without an answer."""

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Close")]

    def __init__(self) -> None:
        super().__init__(classes="modal")

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()


def blocks(screen: Screen[Any], action: str) -> bool:
    """Return whether an action of the app is kept back by a dialog: its keys are the dialog's."""
    return isinstance(screen, Dialog) and action in _KEPT_BACK
