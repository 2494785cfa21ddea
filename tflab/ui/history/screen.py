"""The history: every run in a table that sorts and filters, and what can be done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tflab.runs.history import HistoryRow
from tflab.runs.trash import DiskUse
from tflab.ui.actions import bindings
from tflab.ui.dialogs.dialog import Dialog
from tflab.ui.dialogs.help import HelpScreen
from tflab.ui.history.columns import cells_of, fit_columns
from tflab.ui.history.text import disk_words, empty_words, title_words
from tflab.ui.history.view import HistoryList, HistoryView, Wish
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.widgets.css import beside
from tflab.ui.widgets.key_line import KeyLine
from tflab.ui.widgets.table import Column, Table, TableCell

if TYPE_CHECKING:
    from tflab.ui.history.desk import HistoryDesk

_WIDE = 100
_LOOK_SECONDS = 1.0


class HistoryScreen(Dialog[Wish]):
    """A table over the runs of one lesson or of all, current while it is open.

    Args:
        desk: Reads the runs, and does what is asked.
        view: How the person looks at them.
        lesson: Id and title of the open lesson.
        defaults: Its defaults.
    """

    AUTO_FOCUS = "Table"
    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    COVERS = True
    PASSES = frozenset({"theme", "leave"})
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("history"),
        Binding("f1", "keys", "Help", show=False),
    ]

    def __init__(
        self,
        desk: HistoryDesk,
        view: HistoryView,
        lesson: tuple[str, str],
        defaults: Mapping[str, Any],
    ) -> None:
        super().__init__()
        self._desk = desk
        self._view = view
        self._lesson_title = lesson[1]
        self.runs = HistoryList(view, lesson[0], defaults)

    def compose(self) -> ComposeResult:
        """Lay out title, filter, table and keys."""
        with Vertical(classes="full"):
            with Horizontal(classes="top"):
                yield Static("", classes="title")
                yield Static("", classes="aside")
            yield Input(
                self._view.filter,
                placeholder="Filter (/), such as learning_rate<0.1 loss<0.03 state=finished age<2d",
                compact=True,
                select_on_focus=False,
            )
            yield Static("", classes="said")
            yield Table()
            yield Static("", classes="empty")
            yield KeyLine("history", alone=True)

    def on_mount(self) -> None:
        """Read the runs, away from the screen's own thread, and again as they change."""
        self._show_title()
        self._desk.read(self)
        self.set_interval(_LOOK_SECONDS, lambda: self._desk.look(self))

    def take(self, rows: list[HistoryRow]) -> None:
        """Show these runs; whoever looks at the table keeps their place in it."""
        first = not self.runs.ready
        self.runs.take(rows)
        self._arrange(keep_place=not first)

    def take_disk_use(self, use: DiskUse) -> None:
        """Show how much room the runs take."""
        self.query_one(".aside", Static).update(disk_words(use, self._narrow))

    @property
    def _narrow(self) -> bool:
        return self.size.width < _WIDE

    @property
    def current(self) -> HistoryRow | None:
        """The run under the cursor."""
        place, shown = self.query_one(Table).cursor, self.runs.shown
        return shown[place] if 0 <= place < len(shown) else None

    def action_close(self) -> None:
        """Leave the filter, or the history."""
        if isinstance(self.focused, Input):
            self.query_one(Table).focus()
        else:
            self.dismiss(None)

    def action_wish(self, kind: Literal["show", "rerun", "values"]) -> None:
        """Do something with the run under the cursor, in the workbench."""
        if self.current is not None:
            self.dismiss(Wish(kind, self.current.id))

    def action_work(self, what: str) -> None:
        """Have something done with the chosen runs, and list them again."""
        self._desk.work(self, what, self.runs.chosen(self.current))

    def action_mark(self) -> None:
        """Mark the run under the cursor, or take its mark off; go on to the next."""
        table, row = self.query_one(Table), self.current
        if row is not None:
            self._view.marked ^= {row.id}
            table.action_cursor(1)
            table.refresh()
            self._show_title()

    def action_unmark(self) -> None:
        """Take every mark off."""
        self._view.marked.clear()
        self.query_one(Table).refresh()
        self._show_title()

    def action_keys(self) -> None:
        """Show the keys."""
        self.app.push_screen(HelpScreen("history"))

    def action_filter(self) -> None:
        """Go to the filter."""
        self.query_one(Input).focus()

    def action_everywhere(self) -> None:
        """Change between the runs of the open lesson and those of all."""
        if self._lesson_title or not self._view.everywhere:
            self._view.everywhere = not self._view.everywhere
            self._arrange()
        else:
            self.notify("No lesson is open.")

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.runs.sort_by_next()
        self._arrange()

    def action_turn(self) -> None:
        """Turn the order around."""
        title, downwards = self._view.order
        self._view.order = (title, not downwards)
        self._arrange()

    @on(Table.HeadClicked)
    def _head_clicked(self, event: Table.HeadClicked) -> None:
        event.stop()
        if event.column > 0:
            self.runs.sort_by(event.column - 1)
            self._arrange()

    @on(Table.Moved)
    def _moved(self, event: Table.Moved) -> None:
        event.stop()
        self._view.run = self.current.id if self.current is not None else ""

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._view.filter = event.value
        if self.runs.ready:
            self._arrange()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(Table).focus()
        self._arrange()

    def _arrange(self, keep_place: bool = False) -> None:
        """Filter, sort and show; with `keep_place` what is in view stays where it is."""
        table, runs = self.query_one(Table), self.runs
        top = runs.shown[table.top].id if keep_place and table.top < len(runs.shown) else ""
        in_view = table.cursor_in_view
        runs.arrange(isinstance(self.focused, Input), self._narrow)
        self._show_problem()
        place = runs.place_of(self._view.run)
        columns = [Column("", 2), *fit_columns(runs.columns, runs.shown)]
        order = None if runs.sorted_by is None else (runs.sorted_by + 1, self._view.order[1])
        if not keep_place:
            table.show_rows(columns, len(runs.shown), self._cells, order)
            table.put_cursor(place or 0)
        else:
            anchor = place if in_view else runs.place_of(top)
            table.renew_rows(columns, len(runs.shown), self._cells, order, place, anchor)
        self._view.run = self.current.id if self.current is not None else ""
        empty = self.query_one(".empty", Static)
        # Not out of sight: the focus would leave it for the filter, and keys would be typed there.
        table.set_class(not runs.shown, "-none")
        empty.display = not runs.shown
        empty.update(empty_words(self._view, runs))
        self._show_title()

    def _show_problem(self) -> None:
        said, problem = self.query_one(".said", Static), self.runs.problem
        said.display = problem is not None
        if problem is not None:
            said.update(Content(f"{problem.cause} {problem.next_step}"))

    def _cells(self, place: int) -> Sequence[TableCell]:
        row, marks = self.runs.shown[place], glyphs()
        mark = marks.bullet if row.id in self._view.marked else " "
        pin = marks.pinned if row.marks.pinned else " "
        return [TableCell(mark + pin, "mark"), *cells_of(row, self.runs.columns)]

    def _show_title(self) -> None:
        words = title_words(self._view, self.runs, self._lesson_title)
        self.query_one(".title", Static).update(words)
