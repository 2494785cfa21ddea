"""Screens that close in peace, and that send nothing while nobody can see it.

A screen's widgets go before it does, and one that is closed as soon as it is opened never has any.
So nothing of ours may happen to a screen that is on its way out, and two things see to it:

- it takes no more events then: neither the one that says it is there, nor timers and calls, nor
  what its widgets have still to say; a key goes to the screen that is there instead;
- what it asked to be called after a refresh, which another screen may do, is not called any more.

Background work hands its results over by `call_later`, which any thread may call: that is an event.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from textual.await_complete import AwaitComplete
from textual.events import Event, Key, ScreenSuspend, Unmount
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen

from tflab.ui.terminal.key_order import OrderedKeys

Answer = TypeVar("Answer")

_LAST_EVENTS = (ScreenSuspend, Unmount)


if TYPE_CHECKING:
    _AnyScreen = Screen
else:
    # Textual takes keys and style from the first base that is a screen: that is not this one.
    class _AnyScreen(Generic[Answer]):
        """Nothing but a name for what comes behind it among the bases."""


class SafeTeardown(_AnyScreen[Answer]):
    """A screen to which nothing of ours happens once it is going. Named first among the bases."""

    COVERS: ClassVar[bool] = False
    """Whether it fills the screen, so that nothing beneath it is to be seen."""

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
        app = self.app
        if self.stays or isinstance(event, _LAST_EVENTS):
            await super().on_event(event)
        elif isinstance(event, Key) and isinstance(app, OrderedKeys) and app.screen is not self:
            app.send_again(event)

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


class QuietWhenCovered(Screen[Answer]):
    """A screen that sends nothing while one that hides it is open. Coming back draws everything."""

    def _compositor_refresh(self) -> None:
        """Send what has changed, if it can be seen.

        Textual would draw the whole of the screen above again for every change down here.
        """
        if self.app.screen is self or self.app.screen.styles.background.a < 1:
            super()._compositor_refresh()
