"""The table of a sweep: a row for each combination of values, the best first and marked.

Under it stand those that go on now: in their place behind hundreds that are done, nobody would see
them. Of many, half of the room.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip

from tflab.programs.parameters import format_value
from tflab.runs.text import plain_line
from tflab.sweeps.plan import SweepPlan
from tflab.sweeps.table import SweepRow, cells, columns, going_first
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.widgets.drawing_view import changed_span
from tflab.ui.widgets.run_cells import TONES, mark_of
from tflab.ui.widgets.table import Column, Table, TableCell, width_of

_WIDEST = 28
_STATE_WIDTH = 400
_METRIC_WIDTH = 10
_SPREAD_WIDTH = 20
_DRAWN_WIDTH = 9


class SweepTable(Table):
    """Shows rows as they change places; only the cells that differ are drawn again."""

    def __init__(self, plan: SweepPlan, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._plan = plan
        self._rows: Sequence[SweepRow] = ()
        self._metric = ""
        self._painted: dict[int, Strip] = {}

    @property
    def row(self) -> SweepRow | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def show_sweep(self, rows: Sequence[SweepRow], metric: str) -> None:
        """Show rows, given best first. The cursor stays on its values, or at the top if there."""
        before = self.row.runs[0].index if self.row is not None and self.cursor else None
        more = len(rows) != len(self._rows)
        self._rows = rows = going_first(rows, self._room // 2)
        if metric != self._metric or more:
            self._metric = metric
            self.show_rows(self._heads(), len(rows), self._row_cells)
        if before is not None:
            places = (at for at, row in enumerate(rows) if row.runs[0].index == before)
            with self.prevent(Table.Moved):
                self.put_cursor(next(places, 0))
        self._refresh_cells()

    def render_line(self, y: int) -> Strip:
        """Return the head or a row, and remember how it was drawn."""
        strip = super().render_line(y)
        self._painted[y] = strip
        return strip

    def _refresh_cells(self) -> None:
        """Draw again what differs: places in the order change all the time, most cells do not."""
        regions: list[Region] = []
        for y, painted in self._painted.items():
            span = changed_span(painted, super().render_line(y))
            if span is not None and y < self.size.height:
                regions.append(Region(span[0], y, span[1], 1))
        if regions:
            self.refresh(*regions)

    def _heads(self) -> list[Column]:
        plan = self._plan
        titles = [plain_line(title) for title in columns(plan, self._metric)]
        heads = [Column("", 1)]
        for title in titles[:-1]:
            texts = _texts(plan, title)
            if title in plan.shown:
                heads.append(Column(title, width_of(title, texts, _WIDEST), right=True))
            elif title == titles[-3]:
                room = _SPREAD_WIDTH if plan.repeat > 1 else _METRIC_WIDTH
                heads.append(Column(title, max(room, width_of(title, [], _WIDEST)), right=True))
            else:
                heads.append(Column(title, 8, right=True))
        return [*heads, Column(titles[-1], _STATE_WIDTH)]

    def _row_cells(self, place: int) -> tuple[TableCell, ...]:
        row = self._rows[place]
        texts = cells(self._plan, row, "±" if glyphs().unicode else "+-")
        remark = row.remark
        state = "best" if row.best else f"{texts[-1]}: {remark}" if remark else texts[-1]
        lost = row.mean is not None and not math.isfinite(row.mean)
        status = "diverged" if lost and row.status == "finished" else row.status
        mark, tone = mark_of(status), TONES.get(status, "quiet")
        if row.best:
            mark, tone = glyphs().here, "mark"
        quiet = "mark" if row.best else "quiet" if row.status in ("waiting", "queued") else ""
        return (
            TableCell(mark, tone),
            *(TableCell(plain_line(text), quiet) for text in texts[:-1]),
            TableCell(plain_line(state), quiet),
        )


def _texts(plan: SweepPlan, name: str) -> list[str]:
    """Return texts as wide as those that a column will hold."""
    if plan.search is not None and name in plan.search.ranges:
        return [format_value(end) for end in plan.fields[name]] + ["0" * _DRAWN_WIDTH]
    return [format_value(value) for value in plan.fields.get(name, [])]
