"""The table of the history: the runs in view, in the columns that suit them."""

from __future__ import annotations

from collections.abc import Sequence

from tflab.runs.history import HistoryRow
from tflab.session.history_columns import LOOKED_AT, HistoryColumn
from tflab.session.history_list import HistoryList, HistoryView
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.widgets.run_cells import TONES, mark_of, outcome_of
from tflab.ui.widgets.table import Column, Table, TableCell, width_of


class HistoryTable(Table):
    """Shows a list of runs, marked and pinned ones with a mark; the cursor stays on its run.

    Args:
        runs: The list.
        view: What the person chose; the run under the cursor is kept in it.
    """

    def __init__(self, runs: HistoryList, view: HistoryView) -> None:
        super().__init__()
        self._runs = runs
        self._view = view

    @property
    def run(self) -> HistoryRow | None:
        """The run under the cursor."""
        shown = self._runs.shown
        return shown[self.cursor] if 0 <= self.cursor < len(shown) else None

    def note_run(self) -> None:
        """Keep which run is under the cursor."""
        self._view.run = self.run.id if self.run is not None else ""

    def rearrange(self, typing: bool, narrow: bool, keep_place: bool) -> None:
        """Filter, sort and show the list.

        Args:
            typing: Whether someone is still typing the filter.
            narrow: Whether room is short.
            keep_place: Whether what is in view stays where it is.
        """
        runs, shown = self._runs, self._runs.shown
        top = shown[self.top].id if keep_place and self.top < len(shown) else ""
        in_view = self.cursor_in_view
        runs.arrange(typing, narrow)
        place = runs.place_of(self._view.run)
        columns = [Column("", 2), *fit_columns(runs.columns, runs.shown)]
        order = None if runs.sorted_by is None else (runs.sorted_by + 1, self._view.order[1])
        if not keep_place:
            self.show_rows(columns, len(runs.shown), self._row_cells, order)
            self.put_cursor(place or 0)
        else:
            anchor = place if in_view else runs.place_of(top)
            self.renew_rows(columns, len(runs.shown), self._row_cells, order, place, anchor)
        self.note_run()

    def _row_cells(self, place: int) -> Sequence[TableCell]:
        row, marks = self._runs.shown[place], glyphs()
        mark = marks.bullet if row.id in self._view.marked else " "
        pin = marks.pinned if row.marks.pinned else " "
        return [TableCell(mark + pin, "mark"), *cells_of(row, self._runs.columns)]


def fit_columns(columns: Sequence[HistoryColumn], rows: Sequence[HistoryRow]) -> list[Column]:
    """Return the columns with widths for these rows; of many, the first are looked at."""
    looked_at = rows[:LOOKED_AT]
    return [
        Column(
            c.title, width_of(c.title, [_cell(row, c).text for row in looked_at], c.most), c.right
        )
        for c in columns
    ]


def cells_of(row: HistoryRow, columns: Sequence[HistoryColumn]) -> list[TableCell]:
    """Return a row's cells."""
    return [_cell(row, column) for column in columns]


def _cell(row: HistoryRow, column: HistoryColumn) -> TableCell:
    text = column.text(row)
    if column.state:
        status = outcome_of(row.summary)
        return TableCell(f"{mark_of(status)} {text}".rstrip(), TONES[status])
    return TableCell(text, column.tone(row))
