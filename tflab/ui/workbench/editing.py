"""Writing in cells: what the keys and the editor ask, and what the session answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on

from tflab.runs.problem import Problem
from tflab.session.edit_events import CodeRefused, EditsChanged, ScratchShown
from tflab.session.events import Event
from tflab.ui.workbench import messages
from tflab.ui.workbench.code_helping import CodeHelping
from tflab.ui.workbench.messages import CellWork

if TYPE_CHECKING:
    from textual.widget import Widget

    from tflab.session.edit_book import EditBook
    from tflab.session.session import Session
    from tflab.ui.workbench.cell_editor import CellEditor
    from tflab.ui.workbench.code_cell import CellNote
    from tflab.ui.workbench.panes import Panes
    from tflab.ui.workbench.run_panes import RunPanes

_HINT = "d shows the difference, u puts back"
_AS_RUN = (
    "You see the program as a run had it. Open it from the list to write in it; its own edits are "
    "there."
)


class CellEditing(CodeHelping):
    """The panes, their dialogs, and the editor of the lesson's cells.

    Args:
        session: Has the edits.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._writing: tuple[CellEditor, EditBook | None] | None = None

    async def hear_edits(self, panes: Panes, run_panes: RunPanes, event: Event) -> bool:
        """Show what the session tells of edits; return whether it is about them."""
        match event:
            case EditsChanged():
                await self._show_edits(panes, event)
                if self._session.runs.current is not None:
                    await run_panes.show(self._session.runs.current)
            case ScratchShown():
                panes.lesson.show_trial(event)
            case CodeRefused():
                self._show_refusal(panes, event)
            case _:
                return False
        return True

    async def _show_edits(self, panes: Panes, event: EditsChanged) -> None:
        """Show the program with the edits that it has now."""
        program, before = event.program, self._shown
        self._shown = program
        panes.lesson.show_amended(program, self._notes())
        if before is not None and before.goals != program.goals:
            self.goals.show_lesson(program)
        if event.parameters:
            await panes.form.show_fields()

    def _show_refusal(self, panes: Panes, refused: CodeRefused) -> None:
        """Show why the code cannot run, where it is written."""
        text = refused.problem
        if refused.cell is not None:
            book = self._session.edits.book
            name = book.name_of(refused.cell) if book is not None else ""
            text = f"{name[:1].upper()}{name[1:]}, line {refused.line}: {text}"
            self._edit(panes, refused.cell, refused.line)
        self.notify(text, title="Not run", severity="error")

    def go_on_writing(self, panes: Panes, before: CellEditor) -> None:
        """Go on in the cell that was written in, after its file was read again."""
        from tflab.programs.edits import tidy

        book = self._session.edits.book
        if book is None:
            return
        texts = {cell.index: cell.given for cell in book.base.cells if cell.kind == "code"}
        texts |= book.texts
        found = [cell for cell, text in texts.items() if text == tidy(before.told)]
        if found:
            self._session.edits.change(found[0], before.text)
            self._edit(panes, found[0], before.area.cursor_location[0] + 1)

    def _notes(self) -> dict[int, CellNote]:
        """Return what is said above each cell that is edited."""
        edits = self._session.edits
        refusal, book = edits.refusal(), edits.book
        # What draws code is not needed for the first paint.
        from tflab.ui.workbench.code_cell import CellNote

        notes: dict[int, CellNote] = {}
        for cell in book.texts if book is not None else ():
            if book is not None and book.base.cells[cell].exercise is not None:
                continue
            if refusal is not None and refusal.cell == cell:
                words = f"changed; line {refusal.line}: {refusal.problem}"
                notes[cell] = CellNote(words, "$error", "e edits")
            elif book is not None and book.is_stale(cell):
                notes[cell] = CellNote("changed; the file has changed here too", hint=_HINT)
            else:
                notes[cell] = CellNote("changed", hint=_HINT)
        return notes

    def _edit(self, panes: Panes, cell: int, line: int = 1) -> None:
        editor, book = panes.lesson.editor, self._session.edits.book
        if book is None or self._shown is None:
            self.notify(_AS_RUN, severity="warning")
            return
        if editor is not None and editor.cell == cell:
            if editor.area.cursor_location[0] != line - 1:
                editor.put_cursor(line)
            editor.area.focus(scroll_visible=False)
            return
        if book.base.cells[cell].locked:
            self.notify("This cell checks what you write. It stays as it is.")
            return
        self.tell_typed()
        text = book.texts.get(cell, self._session.edits.original(cell))
        original = self._session.edits.original(cell)
        panes.lesson.open_editor(cell, text, book.base.kind, original, line)
        if panes.lesson.editor is not None:
            self._writing = panes.lesson.editor, book

    # What the keys ask

    @on(messages.CellWorkRequested)
    def _work_on_cell(self, message: messages.CellWorkRequested) -> None:
        panes, cell, book = self._panes, message.cell, self._session.edits.book
        if panes is None:
            return
        self.tell_typed()
        if book is None:
            self.notify(_AS_RUN, severity="warning")
            return
        if not self._work_with(panes, book, message.work, cell):
            self._change_with(panes, book, message.work, cell)

    def _work_with(self, panes: Panes, book: EditBook, work: CellWork, cell: int) -> bool:
        """Show or save edits; return whether that was asked."""
        match work:
            case CellWork.EDIT:
                self._edit(panes, cell)
            case CellWork.TRY:
                self.keep_lines(panes)
                before = self._session.scratch.texts.get(cell, "")
                panes.lesson.open_trial(cell, before, book.base.kind)
            case CellWork.DIFFERENCE:
                self._show_difference(book, cell)
            case CellWork.SAVE:
                self._save(book)
            case CellWork.SAVE_COPY:
                self._save_copy(book)
            case _:
                return False
        return True

    def _change_with(self, panes: Panes, book: EditBook, work: CellWork, cell: int) -> None:
        """Take edits back, or have others."""
        edits = self._session.edits
        match work:
            case CellWork.PUT_BACK:
                panes.lesson.close_editor()
                edits.put_back([cell])
            case CellWork.PUT_ALL_BACK:
                panes.lesson.close_editor()
                edits.put_back(list(book.texts))
            case CellWork.BRING_BACK:
                if edits.bring_back() is None:
                    self.notify("Nothing was put back.")
            case CellWork.OTHER_VERSION:
                panes.lesson.close_editor()
                if not edits.take_other(cell):
                    self.notify("No other workbench has edited this cell.")

    def _save(self, book: EditBook) -> None:
        from tflab.programs.save_edits import is_shipped

        if is_shipped(book.base.path):
            self._save_copy(book)
        else:
            self._session.edits.save()

    def _save_copy(self, book: EditBook, then: Callable[[Path], object] = lambda _: None) -> None:
        """Ask where a copy goes, open it there, and go on with it."""
        from tflab.programs.save_edits import copy_path, is_shipped
        from tflab.ui.dialogs.ask import AskScreen

        shipped = is_shipped(book.base.path)
        about = "The course's own lessons stay as they are; the copy is a lesson of yours."

        def take(text: str | None) -> None:
            if text:
                target = Path(text).expanduser().absolute()

                place = self._panes.lesson.cursor if self._panes is not None else None

                def open_copy() -> None:
                    self._session.open(target, place)
                    then(target)

                self._session.edits.save(target, open_copy)

        suggested = str(copy_path(book.base.path))
        self.app.push_screen(AskScreen("Save a copy", suggested, about if shipped else ""), take)

    def _show_difference(self, book: EditBook, cell: int) -> None:
        from tflab.ui.dialogs.difference import DifferenceScreen

        cells = [cell] if cell in book.texts else list(book.texts)
        if not cells:
            self.notify("Nothing is changed here.")
            return
        where = f" in {book.name_of(cells[0])}" if len(cells) == 1 else ""
        title = f"What you changed{where}"
        self.app.push_screen(DifferenceScreen(title, book.difference(cells)))
        for one in cells:
            book.accept(one)

    def action_edit(self) -> None:
        """Open the lesson's file in the person's editor, at the cell under the cursor.

        Of a lesson of the course a copy is opened.
        """
        from tflab.programs.save_edits import is_shipped, line_in_file

        program, book, panes = self._shown, self._session.edits.book, self._panes
        if program is None or panes is None:
            return
        self.tell_typed()
        cell = panes.lesson.current
        if book is None or cell is None:
            self._edit_outside(program.path, 1)
        elif is_shipped(program.path):
            line = book.base.cells[cell.index].line
            self._save_copy(book, lambda path: self._edit_outside(path, line))
        else:
            base, index = book.base, cell.index
            self._session.disk.do_then(
                lambda: line_in_file(base, index),
                lambda line: self._edit_outside(program.path, line.result()),
            )

    def _edit_outside(self, path: Path, line: int) -> None:
        from tflab.ui.workbench.editor import edit_beside, edit_file

        try:
            if not edit_beside(path, line, self.app.size.width):
                edit_file(path, line, self.app.suspend)
        except Problem as problem:
            self._session.tell_problem(problem)
        self._session.opened.look()

    # What the editor tells

    @on(messages.CodeTyped)
    def _code_typed(self, message: messages.CodeTyped) -> None:
        if self._writes_in_book(message.editor):
            self._session.edits.change(message.cell, message.text)

    @on(messages.LinesTried)
    def _lines_tried(self, message: messages.LinesTried) -> None:
        self.tell_typed()
        self._session.scratch.run(message.cell, message.text)

    @on(messages.EditorClosed)
    def _editor_closed(self, message: messages.EditorClosed) -> None:
        if self._panes is not None and message.editor is self._panes.lesson.trial_editor:
            self.keep_lines(self._panes)
            self._panes.lesson.close_trial()
        elif self._panes is not None:
            self._panes.lesson.close_editor()
            self._session.edits.settle(lambda: None)

    def keep_lines(self, panes: Panes) -> None:
        """Have the lines that are typed after a cell there again when one tries more there."""
        if (trial := panes.lesson.trial_editor) is not None:
            self._session.scratch.texts[trial.cell] = trial.text

    def tell_typed(self) -> None:
        """Have the session know all that was typed, before something is done with it."""
        editor = self._panes.lesson.editor if self._panes is not None else None
        if editor is not None and self._writes_in_book(editor) and editor.take_typed():
            self._session.edits.change(editor.cell, editor.text)

    def _writes_in_book(self, editor: Widget) -> bool:
        """Whether an editor is of the program whose edits the session has now."""
        return self._writing is not None and self._writing == (editor, self._session.edits.book)
