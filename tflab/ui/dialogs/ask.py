"""A line of text to be typed: a name, a note."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tflab.ui.dialogs.dialog import Dialog
from tflab.ui.terminal.safe_text import box_title


class AskScreen(Dialog[str]):
    """Asks for one line. Enter takes it, an empty one too; Esc goes back without it.

    Args:
        title: What is asked for.
        value: What stands there at first.
        about: A sentence on what it is for.
    """

    def __init__(self, title: str, value: str = "", about: str = "") -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._about = about

    def compose(self) -> ComposeResult:
        """Lay out the field."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = box_title(self._title)
            dialog.border_subtitle = "Enter keeps, Esc goes back"
            if self._about:
                yield Static(Content.styled(self._about, "$text-quiet"))
            yield Input(self._value, compact=True)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip())
