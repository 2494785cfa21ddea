"""A code cell of the lesson: highlighted source, and its output under it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from tflab.lessons.lesson import Cell
from tflab.ui.widgets.cell_output import CellOutput


class CodeCell(Vertical):
    """One code cell. The one with the cursor has a bright bar."""

    class Clicked(Message):
        """The cell was clicked."""

        def __init__(self, cell: CodeCell) -> None:
            super().__init__()
            self.cell = cell

    def __init__(self, cell: Cell) -> None:
        super().__init__(classes="code-cell")
        self.cell = cell
        self.output = CellOutput()

    def compose(self) -> ComposeResult:
        """Lay out the source and the output."""
        from textual.highlight import highlight

        yield Static(highlight(self.cell.source.rstrip(), language="python"), classes="source")
        yield self.output

    def on_click(self) -> None:
        """Take the cursor."""
        self.post_message(self.Clicked(self))
