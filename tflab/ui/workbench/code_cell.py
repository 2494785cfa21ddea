"""A prose cell and a code cell of the lesson, as blocks of the page."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content

from tflab.programs.program import Cell
from tflab.runs.text import count_of
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.workbench.code_text import CodeText
from tflab.ui.workbench.lesson_document import Block, Row
from tflab.ui.workbench.prose_text import ProseText

_SHORT = 36
"""Cells of a label that leaves room for the key beside it."""

_GROUND = "on $code-background"
_BAR = 2
_FIRST = 12
_FEW = 5
"""Rows of a tall cell that are shown at first, and how many more make it a tall one."""


class ProseBlock(Block):
    """A prose cell; it is parsed when it comes near the view."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._text: ProseText | None = None

    def guess(self, width: int) -> int:
        """Return about how many rows it takes."""
        return self._source.count("\n") + len(self._source) // max(width, 1) + 2

    def rows(self, width: int) -> list[Row]:
        """Return the rows of the text."""
        if self._text is None:
            self._text = ProseText(self._source)
        return [Row(line) for line in self._text.rows(width - 1)]


class CellMark(Enum):
    """What the bar of a code cell says; what comes later outdoes what comes before."""

    NONE = "$border-quiet"
    CURSOR = "$primary"
    RUNNING = "$secondary"
    FAILED = "$error"


class CellNote(NamedTuple):
    """What is said above the code of a cell, such as that it is changed, and its style."""

    text: str
    style: str = "$warning"
    hint: str = ""


class CodeBlock(Block):
    """The source of a code cell, or what stands for it while it is folded.

    Args:
        source: The cell that is shown.
        label: What stands for the source while it is folded; empty for a cell that is open at
            first. Parameters are in the form, and the code of goals gives their hints away.

    Attributes:
        plain: Whether it is shown without colours for now.
    """

    together = True

    def __init__(self, source: Cell, label: str = "") -> None:
        self.source = source
        self.cell = source.index
        self.cursor = self.running = self.failed = self.plain = False
        self._label = label
        self._folded = bool(label)
        self._cut = True
        self._whole = False
        self._code = CodeText(source.shown)
        self._note: CellNote | None = None

    @property
    def mark(self) -> CellMark:
        """What the bar says."""
        if self.failed:
            return CellMark.FAILED
        if self.running:
            return CellMark.RUNNING
        return CellMark.CURSOR if self.cursor else CellMark.NONE

    @property
    def bar(self) -> str:  # type: ignore[override]
        """The style of the bar."""
        return self.mark.value

    def toggle_fold(self, width: int) -> None:
        """Show all of the source, or fold it away."""
        if self._folded or self.hidden_rows(width):
            self.unfold()
        else:
            self._folded = True

    def unfold(self) -> None:
        """Show all of the source."""
        self._folded = self._cut = False

    def show_whole(self, whole: bool) -> bool:
        """Show all of the source, whatever is folded or cut; return whether that is new."""
        if whole == self._whole:
            return False
        self._whole = whole
        self._code = CodeText(self.source.source if whole else self.source.shown, whole)
        return True

    def show_edit(self, source: Cell, label: str, note: CellNote | None) -> bool:
        """Show other code in this cell, and a note above it; return whether any of it is new."""
        if (source.shown, label, note) == (self.source.shown, self._label, self._note):
            return False
        if source.shown != self.source.shown:
            self._code = CodeText(source.source if self._whole else source.shown, self._whole)
        self.source, self._label, self._note = source, label, note
        return True

    def hidden_rows(self, width: int) -> int:
        """Return how many rows at the end of a tall cell are not shown yet."""
        rows = 0 if self._is_folded else self._code.height(width - _BAR)
        return rows - self._first_rows(width, rows)

    def height(self, width: int) -> int:
        """Return how many rows it takes."""
        above = int(self._note is not None)
        if self._is_folded:
            return above + 1
        rows = self._code.height(width - _BAR)
        first = self._first_rows(width, rows)
        return above + (rows if first == rows else first + 1)

    def rows(self, width: int) -> list[Row]:
        """Return the code in colours, or its label."""
        above = [Row(self._note_line(width - _BAR), ground=_GROUND)] if self._note else []
        if self._is_folded:
            line = self._folded_line().truncate(max(width - _BAR, 1), ellipsis=glyphs().unicode)
            return [*above, Row(line, ground=_GROUND)]
        lines = self._code.rows(width - _BAR, self.plain)
        first = self._first_rows(width, len(lines))
        if first < len(lines):
            more = f"+{count_of(len(lines) - first, 'line')}  Space"
            lines = [*lines[:first], Content.styled(more, "$text-quiet")]
        return [*above, *(Row(line, ground=_GROUND) for line in lines)]

    def _note_line(self, width: int) -> Content:
        text, style, hint = self._note or CellNote("")
        first = Content.styled(f"{glyphs().changed} {text}", style)
        hint = f"  {hint}" if hint and first.cell_length + cell_len(hint) + 2 <= width else ""
        line = first + Content.styled(hint, "$text-quiet")
        return line.truncate(max(width, 1), ellipsis=glyphs().unicode)

    def _first_rows(self, width: int, rows: int) -> int:
        """Return how many of the rows of code are shown; the first ones of a tall cell."""
        if not self._cut or self._whole or rows < _FIRST + _FEW:
            return rows
        return self._code.rows_with_text(width - _BAR, _FIRST)

    @property
    def _is_folded(self) -> bool:
        return self._folded and not self._whole

    def _folded_line(self) -> Content:
        label = self._label or self._code.plain.strip().partition("\n")[0]
        hint = "  f unfolds" if len(label) <= _SHORT else ""
        return Content.assemble((f"{glyphs().here} ", "$text-quiet"), label, (hint, "$text-quiet"))
