"""Leaving while a run goes on: stop it, leave it running, or stay."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from tflab.ui.dialogs.dialog import Dialog


class LeaveChoice(Enum):
    """What becomes of what goes on."""

    STOP = "stop"
    LEAVE = "leave"
    STAY = "stay"


class LeaveScreen(Dialog[LeaveChoice]):
    """Asks what is to become of the run, or of the sweep.

    Args:
        sweep: Whether a sweep goes on.
        waiting: How many of its runs have not begun.
        queued: How many of its runs a queue has, and begins.
    """

    AUTO_FOCUS = "#stay"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "choose('stay')", "Stay"),
        Binding("s", "choose('stop')", "Stop it"),
        Binding("l", "choose('leave')", "Leave it running"),
        Binding("right,down", "app.focus_next", "Next", show=False),
        Binding("left,up", "app.focus_previous", "Previous", show=False),
    ]

    def __init__(self, sweep: bool = False, waiting: int = 0, queued: int = 0) -> None:
        super().__init__()
        self._sweep = sweep
        self._waiting = waiting
        self._queued = queued

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = f"A {'sweep' if self._sweep else 'run'} is going on"
            yield Static(Content(self._words()))
            with Horizontal(classes="choices"):
                yield Button("Stop it (s)", id="stop", compact=True)
                yield Button("Leave it running (l)", id="leave", compact=True)
                yield Button("Stay (Esc)", id="stay", variant="primary", compact=True)

    def _words(self) -> str:
        if not self._sweep:
            return (
                "Stop it and quit, or leave it running? A run that is left goes on to its "
                "end; you find it under Runs next time."
            )
        words = "Stop it and quit, or leave it running? Runs that have begun go on to their end."
        if self._queued:
            words += f" So does what waits in the queue ({self._queued:,})."
        if self._waiting:
            words += f" What has not begun never will ({self._waiting:,})."
        return words

    def action_choose(self, choice: str) -> None:
        """Answer."""
        self.dismiss(LeaveChoice(choice))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(LeaveChoice(event.button.id))
