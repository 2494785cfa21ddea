"""What the history lists: which runs, in which order, in which columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tflab.runs.filter import Filter, FilterProblem, names_in, parse_filter, settled
from tflab.runs.history import HistoryRow
from tflab.session.history_columns import HistoryColumn, history_columns, sort_rows


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


class HistoryList:
    """The runs that a view picks out of all runs, sorted, and the columns they are shown in.

    Args:
        view: What the person chose; changes of the order are written back to it.
        lesson: Id of the open lesson.
        defaults: The open lesson's defaults.
        code: Marks the open lesson's code, see `code_mark`.

    Attributes:
        ready: Whether the runs have been read.
        shown: The rows in view.
        columns: The columns to show them in.
        count: How many runs there were before the filter.
        unreadable: How many there are beside them that cannot be read.
        problem: What is wrong with the filter; the last good one holds meanwhile.
    """

    def __init__(
        self, view: HistoryView, lesson: str, defaults: Mapping[str, Any], code: str = ""
    ) -> None:
        self._view = view
        self._lesson = lesson
        self._defaults = defaults
        self._code = code
        self._all: list[HistoryRow] = []
        self._filter = Filter()
        self.ready = False
        self.shown: list[HistoryRow] = []
        self.columns: list[HistoryColumn] = []
        self.count = 0
        self.unreadable = 0
        self.problem: FilterProblem | None = None

    def take(self, rows: list[HistoryRow], unreadable: int = 0) -> None:
        """Take in all the runs there are; marks of runs that are gone go with them."""
        self.ready = True
        self.unreadable = unreadable
        self._all = rows
        self._view.marked &= {row.id for row in rows}

    def arrange(self, typing: bool, narrow: bool) -> None:
        """Filter and sort.

        Args:
            typing: Whether someone is still typing the filter.
            narrow: Whether room is short.
        """
        rows, view = self._all, self._view
        if not view.everywhere:
            rows = [row for row in rows if row.summary.lesson == self._lesson]
        self._read_filter(names_in(rows), typing)
        self.count = len(rows)
        self.columns = history_columns(rows, view.everywhere, self._defaults, narrow, self._code)
        place = self.sorted_by
        order = None if place is None else self.columns[place]
        self.shown = sort_rows(self._filter.keep(rows), order, view.order[1])

    @property
    def sorted_by(self) -> int | None:
        """The column that the view sorts by; None while there is no such column."""
        titles = [column.title for column in self.columns]
        return titles.index(self._view.order[0]) if self._view.order[0] in titles else None

    def chosen(self, current: HistoryRow | None) -> list[HistoryRow]:
        """Return the marked runs, or else the current one."""
        marked = [row for row in self._all if row.id in self._view.marked]
        return marked or ([current] if current is not None else [])

    def place_of(self, run: str) -> int | None:
        """Return the row in which a run is shown; None when it is not."""
        return next((place for place, row in enumerate(self.shown) if row.id == run), None)

    def sort_by(self, place: int) -> None:
        """Sort by a column, or turn the order around when that is so already."""
        column = self.columns[place]
        title, downwards = self._view.order
        same = title == column.title
        self._view.order = (column.title, not downwards if same else column.downwards)

    def sort_by_next(self) -> None:
        """Sort by the column after the one that is sorted by now."""
        if self.columns:
            place = self.sorted_by
            self.sort_by(0 if place is None else (place + 1) % len(self.columns))

    def _read_filter(self, names: set[str], typing: bool) -> None:
        try:
            found = parse_filter(self._view.filter, names)
        except FilterProblem as problem:
            self.problem = problem
            return
        self.problem = None
        self._filter = settled(found, names) if typing else found
