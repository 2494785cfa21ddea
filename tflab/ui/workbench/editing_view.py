"""A page whose code cells can be written in, each in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import on

from tflab.programs.program import Program, ProgramKind
from tflab.ui.workbench.code_cell import CellNote, CodeBlock
from tflab.ui.workbench.messages import CellWork, CellWorkRequested, EditorMoved
from tflab.ui.workbench.output_view import OutputView

if TYPE_CHECKING:
    from tflab.ui.workbench.cell_editor import CellEditor


class EditingView(OutputView):
    """Shows blocks; in the place of a code cell there may be an editor.

    Attributes:
        editor: The editor that is open; one at a time.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.editor: CellEditor | None = None

    def open_editor(
        self, cell: int, text: str, kind: ProgramKind, original: str, line: int = 1
    ) -> None:
        """Open an editor in the place of a cell; the one that is open is closed first.

        Args:
            cell: Index of the cell.
            text: The code to begin with.
            kind: The kind of the program.
            original: The code that its file has there.
            line: Where the cursor goes, from 1.
        """
        # It brings an editor of text, which reading needs not.
        from tflab.ui.workbench.cell_editor import CellEditor

        place = next((n for n, block in enumerate(self.code) if block.cell == cell), None)
        if place is None:
            return
        self.close_editor()
        self.move_cursor(place)
        block = self.code[place]
        self.editor = editor = CellEditor(cell, text, f"cell {place + 1}", kind, original)
        self.scroll_to_block(block)
        self.host(block, editor)
        editor.put_cursor(line)
        # The page takes the editor's own height once it is laid out.
        self.call_after_refresh(self.show_editor)

    def close_editor(self) -> None:
        """Show the code of the cell again in the place of its editor."""
        editor, self.editor = self.editor, None
        block = self._block_of(editor.cell) if editor is not None else None
        if editor is None or block is None:
            return
        writing = editor.has_focus_within
        self.unhost(block)
        self.move_cursor(list(self.code).index(block))
        if writing:
            self.focus(scroll_visible=False)
        self.scroll_to_block(block)

    def show_edits(
        self, program: Program, labels: Mapping[int, str], notes: Mapping[int, CellNote]
    ) -> None:
        """Show the code of a program whose cells are the same, but for what is written in them.

        Args:
            program: The program.
            labels: What stands for cells while they are folded.
            notes: What is said above cells.
        """
        changed = [
            block
            for block in self.code
            if block.show_edit(
                program.cells[block.source.index],
                labels.get(block.source.index, ""),
                notes.get(block.source.index),
            )
        ]
        if not changed:
            return
        self.block_changed(*changed)
        here = self.code[self.cursor]
        if self.editor is None and here in changed and self.block_in_view(here):
            # A note above its code comes and goes, which may push the first line out of view.
            self.show_row(here, 0)

    def _block_of(self, cell: int) -> CodeBlock | None:
        return next((block for block in self.code if block.cell == cell), None)

    @on(EditorMoved)
    def _show_cursor(self, message: EditorMoved) -> None:
        """Keep in view what is written in: all of the editor, which is no higher than the view."""
        message.stop()
        self.call_after_refresh(self.show_editor)

    def begin_following(self) -> bool:
        """While one writes, stay at the editor, as high up as it goes: its output comes below."""
        block = self._block_of(self.editor.cell) if self.editor is not None else None
        if block is not None:
            self.scroll_to_block(block, top=True)
        return block is None

    def show_editor(self) -> None:
        """Keep in view what is written in."""
        block = self._block_of(self.editor.cell) if self.editor is not None else None
        if block is not None:
            self.scroll_to_block(block)

    def _ask_for(self, work: CellWork) -> None:
        if self.current is not None:
            self.post_message(CellWorkRequested(work, self.current.index))

    def action_edit_cell(self) -> None:
        """Ask for the cell under the cursor to be opened in an editor."""
        self._ask_for(CellWork.EDIT)

    def action_difference(self) -> None:
        """Ask for what was changed in the cell under the cursor."""
        self._ask_for(CellWork.DIFFERENCE)

    def action_put_back(self) -> None:
        """Ask for the cell under the cursor as its file has it."""
        self._ask_for(CellWork.PUT_BACK)

    def action_put_all_back(self) -> None:
        """Ask for every cell as its file has it."""
        self._ask_for(CellWork.PUT_ALL_BACK)

    def action_bring_back(self) -> None:
        """Ask for the edit that was put back last."""
        self._ask_for(CellWork.BRING_BACK)

    def action_other_version(self) -> None:
        """Ask for the version that another workbench wrote."""
        self._ask_for(CellWork.OTHER_VERSION)

    def action_save_edits(self) -> None:
        """Ask for the edits to be written into the file."""
        self._ask_for(CellWork.SAVE)

    def action_save_copy(self) -> None:
        """Ask for a copy of the program with the edits."""
        self._ask_for(CellWork.SAVE_COPY)
