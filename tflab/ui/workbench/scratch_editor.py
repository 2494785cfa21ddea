"""Where lines are typed that are tried after a cell."""

from __future__ import annotations

from textual import on

from tflab.programs.edits import CellProblem
from tflab.programs.program import ProgramKind
from tflab.ui.terminal.safe_text import box_title
from tflab.ui.workbench.cell_editor import CellEditor
from tflab.ui.workbench.code_area import CodeArea
from tflab.ui.workbench.messages import LinesTried


class ScratchEditor(CellEditor):
    """Takes lines. Enter tries them, once they are whole.

    Args:
        cell: Index of the cell.
        text: What was tried there before.
        name: What the cell is called.
        kind: The kind of its program.
        above: The code of the cell.
    """

    KEYS = "Enter tries it, Esc goes back"

    def __init__(self, cell: int, text: str, name: str, kind: ProgramKind, above: str) -> None:
        super().__init__(cell, text, name, kind, text)
        self._above = above
        self.area.enters = True
        self.area.select_all()

    def show_title(self) -> None:
        """Say where the lines are tried."""
        self.border_title = box_title(f"Try after {self.called}")

    @property
    def place(self) -> tuple[str, tuple[int, int]]:
        """The code of the cell with the lines after it, and the cursor's row and column there."""
        row, column = self.area.cursor_location
        return f"{self._above}\n{self.text}", (row + self._above.count("\n") + 1, column)

    def take_typed(self) -> bool:
        """These lines are no edit of the cell."""
        return False

    @on(CodeArea.Entered)
    def _entered(self, event: CodeArea.Entered) -> None:
        event.stop()
        if self.text.strip():
            self.post_message(LinesTried(self.cell, self.text))
            # What is typed next takes its place.
            self.area.select_all()

    def show_problem(self, problem: CellProblem | None) -> None:
        """Show what is wrong, once that is more than lines that are still to come."""
        super().show_problem(None if self.area.goes_on else problem)

    def show_going(self, going: bool) -> None:
        """Say whether what was entered is still being tried."""
        self.border_subtitle = "Trying it; ^x stops" if going else self.KEYS
