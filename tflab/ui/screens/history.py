"""The history: every run in a table that sorts and filters, and what can be done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tflab.runs.filter import Filter, FilterProblem, names_in, parse_filter, settled
from tflab.runs.history import HistoryRow
from tflab.runs.trash import DiskUse, bytes_text
from tflab.ui.actions import bindings
from tflab.ui.css import beside
from tflab.ui.glyphs import glyphs
from tflab.ui.history_columns import (
    HistoryColumn,
    cells_of,
    fit_columns,
    history_columns,
    sort_rows,
)
from tflab.ui.screens.dialog import Dialog
from tflab.ui.screens.help import HelpScreen
from tflab.ui.widgets.screen_keys import ScreenKeys
from tflab.ui.widgets.table import Column, Table, TableCell

if TYPE_CHECKING:
    from tflab.ui.history import HistoryDesk

_WIDE = 100


class Wish(NamedTuple):
    """What is to be done with a run once the history is closed."""

    kind: Literal["show", "rerun", "values"]
    run: str


@dataclass
class HistoryView:
    """How a person looks at the history; kept while the workbench is open.

    Attributes:
        everywhere: Whether all lessons are listed, or only the open one.
        order: Title of the column to sort by, and whether downwards.
        marked: Ids of the runs that keys act on; the one under the cursor when empty.
        run: Id of the run under the cursor.
    """

    filter: str = ""
    everywhere: bool = False
    order: tuple[str, bool] = ("when", True)
    marked: set[str] = field(default_factory=set)
    run: str = ""


class HistoryScreen(Dialog[Wish]):
    """A table over the runs of one lesson or of all."""

    AUTO_FOCUS = "Table"
    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
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
        self._lesson, self._lesson_title = lesson
        self._defaults = defaults
        self._all: list[HistoryRow] | None = None
        self._shown: list[HistoryRow] = []
        self._columns: list[HistoryColumn] = []
        self._names: set[str] = set()
        self._filter = Filter()

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
            yield ScreenKeys("history")

    def on_mount(self) -> None:
        """Read the runs, away from the screen's own thread."""
        self._show_title()
        self._desk.read(self)

    def take(self, rows: list[HistoryRow]) -> None:
        """Show these runs."""
        if not self._in_place:
            return
        self._all = rows
        self._view.marked &= {row.id for row in rows}
        self._refilter()

    def take_disk_use(self, use: DiskUse) -> None:
        """Show how much room the runs take."""
        if self._in_place:
            dot = f" {glyphs().dot} "
            parts = [f"runs {bytes_text(use.runs)}", f"{bytes_text(use.free)} free"]
            if use.trash:
                parts.insert(1, f"trash {bytes_text(use.trash)}")
            self.query_one(".aside", Static).update(Content(dot.join(parts)))

    @property
    def _in_place(self) -> bool:
        """Whether the widgets are there. While the screen closes, they go before it does."""
        return self.is_attached and bool(self.query(".aside")) and bool(self.query(Table))

    @property
    def current(self) -> HistoryRow | None:
        """The run under the cursor."""
        place = self.query_one(Table).cursor
        return self._shown[place] if 0 <= place < len(self._shown) else None

    def chosen(self) -> list[HistoryRow]:
        """Return the marked runs, or else the one under the cursor."""
        marked = [row for row in self._all or () if row.id in self._view.marked]
        current = self.current
        return marked or ([current] if current is not None else [])

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
        self._desk.work(self, what, self.chosen())

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
        self._view.everywhere = not self._view.everywhere
        self._refilter()

    def action_sort(self) -> None:
        """Sort by the next column."""
        titles = [column.title for column in self._columns]
        if titles:
            place = titles.index(self._view.order[0]) if self._view.order[0] in titles else -1
            self._sort_by((place + 1) % len(titles))

    def action_turn(self) -> None:
        """Turn the order around."""
        title, downwards = self._view.order
        self._view.order = (title, not downwards)
        self._refilter()

    @on(Table.HeadClicked)
    def _head_clicked(self, event: Table.HeadClicked) -> None:
        event.stop()
        if event.column > 0:
            self._sort_by(event.column - 1)

    @on(Table.Moved)
    def _moved(self, event: Table.Moved) -> None:
        event.stop()
        self._view.run = self.current.id if self.current is not None else ""

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._view.filter = event.value
        if self._all is not None:
            self._refilter()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(Table).focus()
        self._refilter()

    def _sort_by(self, place: int) -> None:
        column = self._columns[place]
        same = self._view.order[0] == column.title
        self._view.order = (column.title, not self._view.order[1] if same else column.downwards)
        self._refilter()

    def _refilter(self) -> None:
        rows, view = self._all or [], self._view
        if not view.everywhere:
            rows = [row for row in rows if row.summary.lesson == self._lesson]
        self._names = names_in(rows)
        said = self.query_one(".said", Static)
        try:
            self._filter = parse_filter(view.filter, self._names)
            if isinstance(self.focused, Input):
                self._filter = settled(self._filter, self._names)
            said.display = False
        except FilterProblem as problem:
            said.update(Content(f"{problem.cause} {problem.next_step}"))
            said.display = True
        self._columns = history_columns(
            rows, view.everywhere, self._defaults, narrow=self.size.width < _WIDE
        )
        titles = [column.title for column in self._columns]
        place = titles.index(view.order[0]) if view.order[0] in titles else None
        order = None if place is None else self._columns[place]
        self._shown = sort_rows(self._filter.keep(rows), order, view.order[1])
        self._show_table(place, len(rows))

    def _show_table(self, place: int | None, count: int) -> None:
        table, view = self.query_one(Table), self._view
        widths = [Column("", 2), *fit_columns(self._columns, self._shown)]
        kept = next((i for i, row in enumerate(self._shown) if row.id == view.run), 0)
        sorted_by = None if place is None else (place + 1, view.order[1])
        table.show_rows(widths, len(self._shown), self._cells, sorted_by)
        table.put_cursor(kept)
        view.run = self.current.id if self.current is not None else ""
        empty = self.query_one(".empty", Static)
        table.display, empty.display = bool(self._shown), not self._shown
        empty.update(_nothing(count, view))
        self._show_title(count)

    def _cells(self, place: int) -> Sequence[TableCell]:
        row, marks = self._shown[place], glyphs()
        mark = marks.bullet if row.id in self._view.marked else " "
        pin = marks.here if row.marks.pinned else " "
        return [TableCell(mark + pin, "mark"), *cells_of(row, self._columns)]

    def _show_title(self, count: int | None = None) -> None:
        what = "all lessons" if self._view.everywhere else self._lesson_title or "no lesson"
        words = Content.assemble(("History", "bold $primary"), f" {glyphs().dot} {what}")
        if count is None and self._all is None:
            words += Content.styled("  reading", "$text-quiet")
        else:
            of = f" of {count:,}" if count is not None and count != len(self._shown) else ""
            words += Content.styled(f"  {len(self._shown):,}{of} runs", "$text-quiet")
        if self._view.marked:
            words += Content.styled(f"  {len(self._view.marked)} marked", "bold $primary")
        self.query_one(".title", Static).update(words)


def _nothing(count: int, view: HistoryView) -> Content:
    if count:
        return Content("No run fits the filter.")
    more = "" if view.everywhere else "\nPress a to see the runs of all lessons."
    return Content(f"No runs yet. Run a lesson with ^r.{more}")
