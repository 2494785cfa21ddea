"""A code cell of the lesson: highlighted source, and its output under it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tflab.lessons.lesson import Cell
from tflab.ui.glyphs import glyphs
from tflab.ui.widgets.cell_output import CellOutput


class CodeCell(Vertical):
    """One code cell. The one with the cursor has a bright bar.

    Args:
        cell: What to show.
        label: What stands for the source while it is folded; empty for a cell that is open at
            first. Parameters are in the form, and the code of goals gives their hints away.
    """

    class Clicked(Message):
        """The cell was clicked."""

        def __init__(self, cell: CodeCell) -> None:
            super().__init__()
            self.cell = cell

    def __init__(self, cell: Cell, label: str = "") -> None:
        super().__init__(classes="code-cell")
        self.cell = cell
        self.output = CellOutput()
        self._label = label
        self._folded = bool(label)

    def compose(self) -> ComposeResult:
        """Lay out the source and the output."""
        yield Static(self._source(), classes="source")
        yield self.output

    def toggle_fold(self) -> None:
        """Show the source, or fold it away."""
        self._folded = not self._folded
        self.query_one(".source", Static).update(self._source())

    def on_click(self) -> None:
        """Take the cursor."""
        self.post_message(self.Clicked(self))

    def _source(self) -> Content:
        from textual.highlight import highlight

        if not self._folded:
            return highlight(self.cell.source.rstrip(), language="python")
        first = self.cell.source.strip().partition("\n")[0]
        label = self._label or first
        return Content.assemble(
            (f"{glyphs().here} ", "$text-quiet"), label, ("  Space unfolds", "$text-quiet")
        )
