"""What keys do with the runs that are chosen in the history."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tflab.runs.history import HistoryRow
from tflab.runs.text import count_of
from tflab.session.history_work import HistoryWork
from tflab.session.past_runs import RunUse
from tflab.ui.dialogs.ask import AskScreen
from tflab.ui.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from tflab.export.formats import Format


class ChosenRun(NamedTuple):
    """A run that is to be used in the workbench."""

    use: RunUse
    run: str


class RunActions(Dialog[ChosenRun]):
    """The actions on runs; which runs those are is the screen's to say.

    Args:
        work: Does what is asked with them.
        copy_line: Copies the line that makes a run, given by its id, again.
        show_code: Shows how the code of a run, given by its id, differs from the file's.
    """

    def __init__(
        self,
        work: HistoryWork,
        copy_line: Callable[[str], object],
        show_code: Callable[[str], object] = lambda _: None,
    ) -> None:
        super().__init__()
        self._show_code = show_code
        self._work = work
        self._copy_line = copy_line
        self._comparison: object = None

    @property
    @abstractmethod
    def current(self) -> HistoryRow | None:
        """The run under the cursor."""

    @property
    @abstractmethod
    def chosen(self) -> list[HistoryRow]:
        """The runs that keys act on."""

    def action_open_run(self) -> None:
        """Show the run under the cursor in the workbench."""
        self._use(RunUse.SHOW)

    def action_rerun(self) -> None:
        """Run exactly the run under the cursor again."""
        self._use(RunUse.RERUN)

    def action_go_on(self) -> None:
        """Go on with the run under the cursor where it ended."""
        self._use(RunUse.CONTINUE)

    def action_values(self) -> None:
        """Put the values of the run under the cursor into the form."""
        self._use(RunUse.VALUES)

    def action_copy(self) -> None:
        """Copy the line that makes the first of the chosen runs again."""
        for row in self.chosen[:1]:
            self._copy_line(row.id)

    def action_code(self) -> None:
        """Show how the code of the run under the cursor differs from the file's."""
        if self.current is not None:
            self._show_code(self.current.id)

    def action_name(self) -> None:
        """Ask for a name for the chosen runs."""
        self._ask("Name", "Name this run; empty takes it away.", _name_of, self._work.name)

    def action_note(self) -> None:
        """Ask for a note on the chosen runs."""
        self._ask("Note", "What is to be remembered of this run?", _note_of, self._work.note)

    def action_pin(self) -> None:
        """Keep the chosen runs at the top, or no longer."""
        if self.chosen:
            self._work.pin(self.chosen)

    def action_delete(self) -> None:
        """Move the chosen runs to the trash."""
        if self.chosen:
            self._work.delete(self.chosen)

    def action_undo(self) -> None:
        """Bring back what was deleted last."""
        self._work.undo()

    def action_empty(self) -> None:
        """Empty the trash, the second time it is asked for."""
        self._work.empty()

    def action_compare(self) -> None:
        """Show the marked runs side by side."""
        if self.chosen:
            self._comparison = self._work.compare(self.chosen)

    def action_export(self) -> None:
        """Ask for a format, and write the chosen runs as a file."""
        from tflab.export.formats import FORMATS
        from tflab.ui.dialogs.pick import pick_format

        rows = self.chosen
        formats = [kind for kind in FORMATS if kind.several or len(rows) == 1]

        def take(kind: Format | None) -> None:
            if kind is not None:
                self._work.export(rows, kind)

        if rows:
            self.app.push_screen(pick_format(count_of(len(rows), "run"), formats), take)

    def _use(self, use: RunUse) -> None:
        if self.current is not None:
            self.dismiss(ChosenRun(use, self.current.id))

    def _ask(
        self,
        title: str,
        about: str,
        value: Callable[[HistoryRow], str],
        take: Callable[[Sequence[HistoryRow], str], None],
    ) -> None:
        """Ask for a text for the chosen runs; `value` gives the one that stands there at first."""
        rows = self.chosen
        if len(rows) > 1:
            title = f"{title} of {count_of(len(rows), 'run')}"
            about = f"All {len(rows):,} marked runs get it."

        def answer(text: str | None) -> None:
            if text is not None:
                take(rows, text)

        if rows:
            self.app.push_screen(AskScreen(title, value(rows[0]), about), answer)


def _name_of(row: HistoryRow) -> str:
    return row.marks.name


def _note_of(row: HistoryRow) -> str:
    return row.marks.note
