"""What every dialog shares: its style sheet, and that Esc closes it."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import ModalScreen, Screen

from tflab.ui.actions import actions
from tflab.ui.css import beside

Answer = TypeVar("Answer")

_ACTION_NAMES = {action.id.partition("(")[0] for action in actions("app")}


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """A box over the workbench. Esc closes it without an answer."""

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    PASSES: ClassVar[frozenset[str]] = frozenset()
    """Actions of the app that work all the same while this is open."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Close")]

    def __init__(self) -> None:
        super().__init__(classes="modal")

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Go away with a result, once, and take no other screen with it.

        Textual takes away whatever is on top, and gives up when that was answered already, as by
        two keys pressed faster than a screen goes.
        """
        if self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()


def blocks(screen: Screen[Any], action: str) -> bool:
    """Return whether an action of the app is kept back by a dialog: its keys are the dialog's."""
    if isinstance(screen, CommandPalette):
        return action in _ACTION_NAMES
    return isinstance(screen, Dialog) and action in _ACTION_NAMES - screen.PASSES
