"""What every dialog shares: its style sheet, that Esc closes it, and that it closes in peace.

A screen's widgets go before it does, and one that is closed as soon as it is opened never has any.
So nothing of ours may happen to a dialog that is on its way out, and two things see to it:

- it takes no more events then: neither the one that says it is there, nor keys, timers and calls,
  nor what its widgets have still to say;
- what it asked to be called after a refresh, which another screen may do, is not called any more.

Background work hands its results over by `call_later`, which any thread may call: that is an event.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.events import Event, ScreenSuspend, Unmount
from textual.geometry import Region
from textual.message import Message
from textual.screen import ModalScreen, Screen

from tflab.ui.actions import actions
from tflab.ui.widgets.css import beside

Answer = TypeVar("Answer")

_LAST_EVENTS = (ScreenSuspend, Unmount)
_ACTION_NAMES = {action.id.partition("(")[0] for action in actions("app")}


if TYPE_CHECKING:
    _AnyScreen = Screen
else:
    # Textual takes keys and style from the first base that is a screen: that is not this one.
    class _AnyScreen(Generic[Answer]):
        """Nothing but a name for what comes behind it among the bases."""


class ClosesInPeace(_AnyScreen[Answer]):
    """A screen to which nothing of ours happens once it is going. Named first among the bases."""

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Go away with a result, once, and take no other screen with it.

        Textual takes away whatever is on top, and gives up when that was answered already, as by
        two keys pressed faster than a screen goes.
        """
        if self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)

    @property
    def stays(self) -> bool:
        """Whether this is there and not about to go."""
        # To Textual, what is about to be removed is no longer displayed.
        return self.is_attached and self.display

    async def on_event(self, event: Event) -> None:
        """Take an event, unless this is on its way out."""
        if self.stays or isinstance(event, _LAST_EVENTS):
            await super().on_event(event)

    async def _on_message(self, message: Message) -> None:
        """Take what a widget of this says, unless this is on its way out."""
        if self.stays or message.control is None:
            await super()._on_message(message)

    def call_after_refresh(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Call back after the next refresh, unless this goes away before."""

        async def call() -> None:
            if self.stays:
                found = callback(*args, **kwargs)
                if inspect.isawaitable(found):
                    await found

        return super().call_after_refresh(call)


class Dialog(ClosesInPeace[Answer], ModalScreen[Answer]):
    """A box over the workbench. Esc closes it without an answer."""

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    PASSES: ClassVar[frozenset[str]] = frozenset()
    """Actions of the app that work all the same while this is open."""

    COVERS: ClassVar[bool] = False
    """Whether it fills the screen, so that nothing beneath it is to be seen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Close")]

    def __init__(self) -> None:
        super().__init__(classes="modal")

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Draw again; but where this covers all, not for what has changed beneath it.

        Textual draws the whole screen for that, which is 40 kB for each change of a run beneath.
        """
        if self.COVERS and regions:
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()


def blocks(screen: Screen[Any], action: str) -> bool:
    """Return whether an action of the app is kept back by a dialog: its keys are the dialog's."""
    if isinstance(screen, CommandPalette):
        return action in _ACTION_NAMES
    return isinstance(screen, Dialog) and action in _ACTION_NAMES - screen.PASSES
