"""Lines that are tried after a cell: where they are typed, and what they gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content

from tflab.programs.program import ProgramKind
from tflab.session.edit_events import ScratchShown
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.workbench.cell_output import OutputBlock
from tflab.ui.workbench.code_text import CodeText
from tflab.ui.workbench.editing_view import EditingView
from tflab.ui.workbench.figure_rows import PictureStyle
from tflab.ui.workbench.lesson_document import Block, Row
from tflab.ui.workbench.messages import CellWork

if TYPE_CHECKING:
    from tflab.ui.workbench.scratch_editor import ScratchEditor

_INDENT = 2


class TriedLines(Block):
    """What was tried after a cell; nothing before that, or after the next run."""

    together = True

    def __init__(self) -> None:
        self.text = ""

    def rows(self, width: int) -> list[Row]:
        """Return the lines, after a mark."""
        if not self.text:
            return []
        mark = Content.styled(f"{glyphs().here} ", "$primary")
        lines = CodeText(self.text).rows(max(width - 2 * _INDENT, 1))
        return [Row((mark if not n else Content("  ")) + line, _INDENT)
                for n, line in enumerate(lines)]  # fmt: skip


class _TriedOutput(OutputBlock):
    """What tried lines gave; before there is any it takes no row, as the cell has one behind it."""

    def guess(self, width: int) -> int:
        """Return about how many rows it takes."""
        return 0 if self.empty else super().guess(width)

    def rows(self, width: int) -> list[Row]:
        """Return the rows of everything in order."""
        return [] if self.empty else super().rows(width)


class Trial:
    """The place after a cell where lines are tried.

    Args:
        cell: Index of the cell.
        style: Says how pictures are drawn.
    """

    def __init__(self, cell: int, style: Callable[[], PictureStyle]) -> None:
        self.lines = TriedLines()
        self.output = _TriedOutput(cell, style)

    @property
    def blocks(self) -> list[Block]:
        """Its blocks, in order."""
        return [self.lines, self.output]

    def clear(self) -> bool:
        """Take what was tried away; return whether there was anything."""
        had = self.output.clear() or bool(self.lines.text)
        self.lines.text = ""
        return had


class TryingView(EditingView):
    """A page of cells, after each of which lines can be tried.

    Attributes:
        trials: Where, by the index of the cell.
        trial_editor: What they are typed in, while it is open.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.trials: dict[int, Trial] = {}
        self.trial_editor: ScratchEditor | None = None

    def open_trial(self, cell: int, text: str, kind: ProgramKind) -> None:
        """Have lines typed after a cell.

        Args:
            cell: Index of the cell.
            text: What was tried there before.
            kind: The kind of the program.
        """
        from tflab.ui.workbench.scratch_editor import ScratchEditor

        trial = self.trials.get(cell)
        if trial is None:
            return
        self.close_trial()
        place = next(n for n, block in enumerate(self.code) if block.cell == cell)
        self.trial_editor = editor = ScratchEditor(
            cell, text, f"cell {place + 1}", kind, self.code[place].source.source
        )
        self.following = False
        self.host(trial.lines, editor)
        self.call_after_refresh(self.scroll_to_block, trial.lines)

    def close_trial(self) -> None:
        """Show what was tried in the place of what it is typed in."""
        editor, self.trial_editor = self.trial_editor, None
        trial = self.trials.get(editor.cell) if editor is not None else None
        if editor is None or trial is None:
            return
        writing = editor.has_focus_within
        self.unhost(trial.lines)
        if writing:
            self.focus(scroll_visible=False)

    def show_trial(self, shown: ScratchShown) -> None:
        """Show what lines that are tried have given so far."""
        trial = self.trials.get(shown.cell)
        if trial is None:
            return
        state, fresh = shown.run.state, trial.lines.text != shown.text
        for cell, other in self.trials.items():
            if (cell != shown.cell or fresh) and other.clear():
                self.block_changed(*other.blocks)
        trial.lines.text = shown.text
        if self.trial_editor is not None:
            self.trial_editor.show_going(state.ended is None)
        ran = state.cells.get(shown.index)
        trial.output.sync(state, ran.items if ran is not None else (), state.error)
        self.block_changed(*trial.blocks)
        if state.ended is not None and trial.output.empty:
            words = "It gave nothing." if state.status == "finished" else state.status
            self.notify(words, title="Tried")
        self.call_after_refresh(self.scroll_to_block, trial.output)

    def show_editor(self) -> None:
        """Keep in view what is written in, also after a cell."""
        editor = self.trial_editor
        if editor is not None and editor.has_focus_within:
            self.scroll_to_block(self.trials[editor.cell].lines)
        else:
            super().show_editor()

    def begin_following(self) -> bool:
        """Take what was tried away when a run begins, and follow that."""
        for trial in self.trials.values():
            if trial.clear():
                self.block_changed(*trial.blocks)
        return super().begin_following() and self.trial_editor is None

    def action_scratch(self) -> None:
        """Ask for a line to be tried after the cell under the cursor."""
        self._ask_for(CellWork.TRY)
