"""The history: every run in a table that sorts and filters, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from tflab.runs.history import HistoryRow
from tflab.runs.trash import DiskUse
from tflab.session.events import Event
from tflab.session.history import DiskUseMeasured, HistoryListed, RunHistory, RunPreviewed
from tflab.session.history_list import HistoryList, HistoryView
from tflab.session.history_work import HistoryWork, RunsChanged, RunsCompared
from tflab.ui.actions import bindings
from tflab.ui.dialogs.help import HelpScreen
from tflab.ui.history.preview import RunPreview
from tflab.ui.history.run_actions import RunActions
from tflab.ui.history.table import HistoryTable
from tflab.ui.history.text import disk_text, empty_text, title_text
from tflab.ui.widgets.css import beside
from tflab.ui.widgets.key_line import KeyLine
from tflab.ui.widgets.notice_line import NoticeLine
from tflab.ui.widgets.table import Table

_WIDE = 100
_BESIDE = 140
_BELOW = 34
"""Columns and rows from which on the run under the cursor is shown, beside the list or below."""

_LOOK_SECONDS = 1.0
_LOOK_AFTER = 0.12


class HistoryScreen(RunActions):
    """A table over the runs of one lesson or of all, current while it is open.

    Whoever opens it passes the session's events on to `take_event`.

    Args:
        history: Reads the runs.
        work: Does what is asked with them.
        copy_line: Copies the line that makes a run, given by its id, again.
        view: How the person looks at them.
        lesson: Id and title of the open lesson.
        defaults: Its defaults.
        code: Marks its code, see `code_mark`.
        show_code: Shows how the code of a run, given by its id, differs from the file's.
    """

    AUTO_FOCUS = "Table"
    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    COVERS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("history"),
        Binding("f1", "keys", "Help", show=False),
    ]

    def __init__(
        self,
        history: RunHistory,
        work: HistoryWork,
        copy_line: Callable[[str], object],
        view: HistoryView,
        lesson: tuple[str, str],
        defaults: Mapping[str, Any],
        code: str = "",
        show_code: Callable[[str], object] = lambda _: None,
    ) -> None:
        super().__init__(work, copy_line, show_code)
        self._history = history
        self._view = view
        self._lesson_title = lesson[1]
        self.runs = HistoryList(view, lesson[0], defaults, code)
        self._table = HistoryTable(self.runs, view)
        self._preview = RunPreview(defaults if lesson[0] else {}, lesson[0])
        self._looking: Timer | None = None
        self._looked_at: HistoryRow | None = None
        self._disk_use: DiskUse | None = None

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
            with Container(classes="listing"):
                yield self._table
                yield self._preview
            yield Static("", classes="empty")
            yield NoticeLine()
            yield KeyLine("history", alone=True)

    def on_mount(self) -> None:
        """Have the runs read, and again as they change."""
        self._show_title()
        self._history.read()
        self.set_interval(_LOOK_SECONDS, self._history.look)

    def take_event(self, event: Event) -> None:
        """Show what the session tells of the runs, unless this is on its way out."""
        # By way of this screen's own queue: its widgets may not be there yet, or no more.
        self.call_later(self._show, event)

    def _show(self, event: Event) -> None:
        if isinstance(event, HistoryListed):
            self.take(event.rows, event.unreadable)
        elif isinstance(event, DiskUseMeasured):
            self.take_disk_use(event.use)
        elif isinstance(event, RunsChanged):
            self._history.read()
        elif isinstance(event, RunPreviewed):
            row = self.current
            if row is not None and row.id == event.run:
                self._preview.show_run(row, event)
        elif isinstance(event, RunsCompared) and event.asked is self._comparison:
            self._show_comparison(event)

    def _show_comparison(self, event: RunsCompared) -> None:
        """Show what was asked for here, unless something else was opened meanwhile."""
        if self.is_current:
            from tflab.ui.history.compare import CompareScreen

            self.app.push_screen(CompareScreen(event.runs))

    def take(self, rows: list[HistoryRow], unreadable: int = 0) -> None:
        """Show these runs; whoever looks at the table keeps their place in it."""
        first = not self.runs.ready
        self.runs.take(rows, unreadable)
        self._arrange(keep_place=not first)

    def take_disk_use(self, use: DiskUse) -> None:
        """Show how much room the runs take."""
        self._disk_use = use
        self._show_disk_use()

    def _show_disk_use(self) -> None:
        if self._disk_use is not None:
            self.query_one(".aside", Static).update(disk_text(self._disk_use, self._narrow))

    @property
    def _narrow(self) -> bool:
        return self.size.width < _WIDE

    @property
    def current(self) -> HistoryRow | None:
        """The run under the cursor."""
        return self._table.run

    @property
    def chosen(self) -> list[HistoryRow]:
        """The runs that keys act on: the marked ones, or else the one under the cursor."""
        return self.runs.chosen(self.current)

    def action_close(self) -> None:
        """Leave the filter, or the history."""
        if isinstance(self.focused, Input):
            self._table.focus()
        else:
            self.dismiss(None)

    def action_mark(self) -> None:
        """Mark the run under the cursor, or take its mark off; go on to the next."""
        table, row = self._table, self.current
        if row is not None:
            self._view.marked ^= {row.id}
            table.action_cursor(1)
            table.refresh()
            self._show_title()

    def action_unmark(self) -> None:
        """Take every mark off."""
        self._view.marked.clear()
        self._table.refresh()
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
            self.notify("No program is open.")

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
        self._table.note_run()
        self._look_soon()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._view.filter = event.value
        if self.runs.ready:
            self._arrange()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._table.focus()
        self._arrange()

    def _arrange(self, keep_place: bool = False) -> None:
        """Filter, sort and show; with `keep_place` what is in view stays where it is."""
        table, runs = self._table, self.runs
        table.rearrange(isinstance(self.focused, Input), self._narrow, keep_place)
        self._show_problem()
        empty = self.query_one(".empty", Static)
        # Not out of sight: the focus would leave it for the filter, and keys would be typed there.
        table.set_class(not runs.shown, "-none")
        empty.display = not runs.shown
        empty.update(empty_text(self._view, runs))
        self._preview.set_class(not runs.shown, "-none")
        self.query_one(".listing").set_class(not runs.shown, "-none")
        self._show_title()
        self._look_soon()

    def on_resize(self) -> None:
        """Show the run under the cursor beside the list or below it, where there is room."""
        width, height = self.size
        beside = width >= _BESIDE
        self._preview.display = beside or height >= _BELOW
        self.set_class(beside, "-beside")
        self._show_disk_use()
        self._look_soon()

    def _look_soon(self) -> None:
        """Read the run under the cursor, once it stays there for a moment and has changed."""
        row = self.current
        if not self._preview.display or row is None or row == self._looked_at:
            return
        if self._looking is not None:
            self._looking.stop()
        self._looking = self.set_timer(_LOOK_AFTER, self._look)

    def _look(self) -> None:
        row = self.current
        if row is not None:
            self._looked_at = row
            self._history.preview(row.id)

    def _show_problem(self) -> None:
        said, problem = self.query_one(".said", Static), self.runs.problem
        said.display = problem is not None
        if problem is not None:
            said.update(Content(f"{problem.cause} {problem.next_step}"))

    def _show_title(self) -> None:
        text = title_text(self._view, self.runs, self._lesson_title)
        self.query_one(".title", Static).update(text)
