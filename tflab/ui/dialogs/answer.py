"""What a run asks for: a line to be typed, or no more of them."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tflab.runs.answers import Answer
from tflab.runs.text import plain
from tflab.ui.dialogs.dialog import Dialog
from tflab.ui.terminal.safe_text import short_text

_ACCIDENT_SECONDS = 0.4
"""An Enter meant for what was there before comes within this time, and sends no empty line."""

_ROWS = 8


class AnswerScreen(Dialog[Answer]):
    """Asks for the line that a run waits for. Esc goes back, and the run goes on waiting.

    It stands at the bottom and leaves the page above to be read.

    Args:
        said: What the program printed before, its prompt last.
        secret: Whether what is typed is not shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+d", "end", "No more", priority=True)]

    def __init__(self, said: str, secret: bool) -> None:
        super().__init__()
        self.add_class("-low")
        self._said = said
        self._secret = secret
        self._began = time.monotonic()
        self._over = False

    def compose(self) -> ComposeResult:
        """Lay out what the program said, and the field."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "The program asks"
            dialog.border_subtitle = "Enter sends, ^d ends the input, Esc lets it wait"
            lines = plain(self._said).rstrip().split("\n")[-_ROWS:]
            words = short_text("\n".join(lines)) or "It waits for a line."
            yield Static(Content(words))
            yield Input(compact=True, password=self._secret)

    def let_go(self) -> None:
        """Go away without an answer: the run asks no more. At once, or when this is on top."""
        self._over = True
        self.dismiss()

    @on(events.ScreenResume)
    def _look_whether_over(self) -> None:
        if self._over:
            self.dismiss()

    def action_end(self) -> None:
        """Say that there is no more input."""
        self.dismiss(Answer(end=True))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value or time.monotonic() - self._began > _ACCIDENT_SECONDS:
            self.dismiss(Answer(text=event.value))
