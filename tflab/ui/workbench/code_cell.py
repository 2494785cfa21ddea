"""A code cell of the lesson: highlighted source, and its output under it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from tflab.programs.program import Cell
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.workbench.cell_output import CellOutput
from tflab.ui.workbench.code_text import wrap_code

_SHORT = 36
"""Cells of a label that leaves room for the key beside it."""


class SourceView(Widget):
    """The source of a cell, or what stands for it, laid out for the width there is."""

    def __init__(self, code: Content) -> None:
        super().__init__(classes="source")
        self._code = code
        self._laid_out: tuple[int, Content] = (-1, code)

    def show(self, code: Content) -> None:
        """Show other code."""
        self._code, self._laid_out = code, (-1, code)
        self.refresh(layout=True)

    def get_content_height(
        self,
        container: Size,  # noqa: ARG002
        viewport: Size,  # noqa: ARG002
        width: int,
    ) -> int:
        """Return how many rows the code takes."""
        return self._fit(width).plain.count("\n") + 1

    def render(self) -> Content:
        """Draw the code."""
        return self._fit(self.content_size.width)

    def _fit(self, width: int) -> Content:
        if self._laid_out[0] != width:
            self._laid_out = width, wrap_code(self._code, width)
        return self._laid_out[1]


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
        yield SourceView(self._source())
        yield self.output

    def toggle_fold(self) -> None:
        """Show the source, or fold it away."""
        self._folded = not self._folded
        self.query_one(SourceView).show(self._source())

    def on_click(self) -> None:
        """Take the cursor."""
        self.post_message(self.Clicked(self))

    def _source(self) -> Content:
        from textual.highlight import highlight

        if not self._folded:
            return highlight(self.cell.source.rstrip(), language="python")
        first = self.cell.source.strip().partition("\n")[0]
        label = self._label or first
        hint = "  Space unfolds" if len(label) <= _SHORT else ""
        return Content.assemble((f"{glyphs().here} ", "$text-quiet"), label, (hint, "$text-quiet"))
