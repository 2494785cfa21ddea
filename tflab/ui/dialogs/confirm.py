"""A question that needs a yes before something starts; everything else means no."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from tflab.ui.dialogs.dialog import Dialog
from tflab.ui.terminal.safe_text import short_text


class ConfirmScreen(Dialog[bool]):
    """Asks. The focus is on the no, so that a key pressed too often starts nothing.

    Args:
        title: What it is about.
        text: What the person should know.
        yes: What the button that goes on says; its key is `y`.
        no: What the other one says.
    """

    AUTO_FOCUS = "#no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer", "Yes"),
        Binding("right,down", "app.focus_next", "Next", show=False),
        Binding("left,up", "app.focus_previous", "Previous", show=False),
    ]

    def __init__(self, title: str, text: str, yes: str, no: str = "Not now") -> None:
        super().__init__()
        self._no = no
        self._title = title
        self._text = text
        self._yes = yes

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        with VerticalScroll(classes="dialog", can_focus=False) as dialog:
            dialog.border_title = self._title
            yield Static(Content(short_text(self._text)))
            with Horizontal(classes="choices"):
                yield Button(f"{self._no} (Esc)", id="no", variant="primary", compact=True)
                yield Button(f"{self._yes} (y)", id="yes", compact=True)

    def action_answer(self) -> None:
        """Say yes."""
        self.dismiss(True)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")
