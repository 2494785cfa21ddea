"""What every dialog shares: its style sheet, and that Esc closes it."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tflab.ui.css import beside

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """A box over the workbench. Esc closes it without an answer."""

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Close")]

    def __init__(self) -> None:
        super().__init__(classes="modal")

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()
