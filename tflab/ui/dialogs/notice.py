"""A message with a title, a cause and a next step, that can be copied; and a long text to read."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tflab.runs.record import Problem
from tflab.runs.text import plain
from tflab.ui.dialogs.dialog import Dialog
from tflab.ui.terminal.safe_text import box_title, short_text
from tflab.ui.widgets.text_view import TextView


class ProblemScreen(Dialog[None]):
    """Shows one problem."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "close", "Close"),
        Binding("c", "copy", "Copy"),
    ]

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self._problem = problem

    def compose(self) -> ComposeResult:
        """Lay out the message."""
        problem = self._problem
        with Vertical(classes="dialog -problem") as dialog:
            dialog.border_title = box_title(problem.title)
            dialog.border_subtitle = "Esc closes, c copies"
            yield Static(Content(short_text(problem.cause)))
            yield Static(Content.styled(short_text(problem.next_step), "$text-quiet"))

    def action_copy(self) -> None:
        """Put the message on the clipboard."""
        problem = self._problem
        text = f"{problem.title}\n{problem.cause}\n{problem.next_step}"
        self.app.copy_to_clipboard(plain(text))
        self.notify("Copied.")


class TextScreen(Dialog[None]):
    """Shows a long text, such as the whole output of a cell.

    Args:
        title: What it is.
        text: The text.
        hang: Where it is prose and not output, so that long lines wrap: by how many cells they
            are moved in, see `TextView`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "close", "Close"),
        Binding("c", "copy", "Copy"),
    ]

    def __init__(self, title: str, text: str, hang: int | None = None) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._hang = hang

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        with Vertical(classes="sheet") as sheet:
            sheet.border_title = box_title(self._title)
            sheet.border_subtitle = "Esc closes, c copies"
            yield TextView(self._text, self._hang)

    def action_copy(self) -> None:
        """Put the whole text on the clipboard."""
        self.app.copy_to_clipboard(self._text)
        self.notify("Copied.")
