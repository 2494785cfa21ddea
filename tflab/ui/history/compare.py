"""Runs side by side: their curves in one chart, and a table of what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tflab.charts.loss import draw_loss
from tflab.charts.palette import series_ink
from tflab.charts.raster import line_style
from tflab.export.curves import curves_of, metrics_of, series_of
from tflab.export.loaded import LoadedRun
from tflab.runs.compare import MISSING, differences, source_diff
from tflab.runs.metrics import best_value, higher_is_better, last_value
from tflab.runs.record import Problem
from tflab.runs.series import Series
from tflab.runs.text import count_of
from tflab.session.history_columns import metric_text, moment_text, value_text
from tflab.ui.actions import bindings
from tflab.ui.dialogs.dialog import Dialog
from tflab.ui.dialogs.notice import TextScreen
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.widgets.css import beside
from tflab.ui.widgets.drawing_view import DrawingView
from tflab.ui.widgets.key_line import KeyLine
from tflab.ui.widgets.notice_line import NoticeLine
from tflab.ui.widgets.run_cells import TONES, mark_of, outcome
from tflab.ui.widgets.table import Column, Table, TableCell, width_of

_SAMPLE = 5


class CompareScreen(Dialog[None]):
    """Compares two or more runs.

    Args:
        runs: In the order of the history.
    """

    AUTO_FOCUS = "Table"
    DEFAULT_CSS = beside(str(__file__).replace("compare.py", "screen.py"))
    SCOPED_CSS = False
    COVERS = True
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("compare"))

    def __init__(self, runs: Sequence[LoadedRun]) -> None:
        super().__init__()
        self._runs = runs
        self._metrics = metrics_of(runs)
        self._metric = self._metrics[0] if self._metrics else ""
        self._log_y: bool | None = None
        self._log_drawn = False
        self._differ = differences([run.record for run in runs])
        self._diff = source_diff([run.record for run in runs])

    def compose(self) -> ComposeResult:
        """Lay out title, chart, table and keys."""
        with Vertical(classes="full"):
            with Horizontal(classes="top"):
                yield Static("", classes="title")
                changed = "The program's text differs: d shows how." if self._diff else ""
                yield Static(Content(changed), classes="aside")
            yield DrawingView()
            yield Static("", classes="notes")
            yield Table().add_class("-low")
            yield NoticeLine()
            yield KeyLine("compare", alone=True)

    def on_mount(self) -> None:
        """Fill the table; the chart follows as soon as its size is known."""
        table = self.query_one(Table)
        table.styles.height = len(self._runs) + 3
        self._show_table()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._redraw())
        self.call_after_refresh(self._redraw)

    def on_resize(self) -> None:
        """Draw at the new size."""
        self.call_after_refresh(self._redraw)

    def action_next_metric(self) -> None:
        """Show the next metric."""
        if self._metrics:
            place = self._metrics.index(self._metric)
            self._metric = self._metrics[(place + 1) % len(self._metrics)]
            self._redraw()

    def action_log_axis(self) -> None:
        """Change between a linear and a logarithmic y axis."""
        self._log_y = not self._log_drawn
        self._redraw()

    def action_source(self) -> None:
        """Show how the lesson's text differs."""
        if self._diff:
            self.app.push_screen(TextScreen("How the program changed", self._diff))
        else:
            self.notify("All these runs had the same text.")

    def action_copy(self) -> None:
        """Copy the table as text, its columns apart by tabs."""
        lines = ["\t".join(column.title for column in self._columns)]
        lines += ["\t".join(cell.text for cell in self._row(i)) for i in range(len(self._runs))]
        self.app.copy_to_clipboard("\n".join(lines))
        self.notify("Table copied.")

    def _redraw(self) -> None:
        view = self.query_one(DrawingView)
        size = view.size
        self._show_title()
        self._show_table()
        if size.width < 10 or size.height < 3:
            return
        options = view.chart_options(log_y=self._log_y)
        try:
            curves = curves_of(self._runs, self._metric or None, self._labels())
        except Problem as problem:
            self._note((f"{problem.title}. {problem.cause}",))
            return
        drawing = draw_loss(curves, (size.width, size.height), options)
        self._log_drawn = drawing.log_y
        self._show_title()
        view.show_drawing(drawing)
        self._note(drawing.notes)

    def _show_title(self) -> None:
        words = Content.assemble(
            ("Compare", "bold $primary"),
            f" {glyphs().dot} {count_of(len(self._runs), 'run')}",
            (f"  {self._metric}{', log axis' if self._log_drawn else ''}", "$text-quiet"),
        )
        self.query_one(".title", Static).update(words)

    def _note(self, notes: Sequence[str]) -> None:
        widget = self.query_one(".notes", Static)
        widget.display = bool(notes)
        widget.update(Content("\n".join(notes)))

    def _labels(self) -> list[str]:
        """Name runs by their name, or else by the first value that tells them apart."""
        found = []
        for place, run in enumerate(self._runs):
            value = (
                f"{self._differ[0].name} {_text(self._differ[0].values[place])}"
                if self._differ
                else ""
            )
            found.append(run.marks.name or value or moment_text(run.record.created))
        return found

    def _show_table(self) -> None:
        count = len(self._runs)
        titles = ["", "run", ""]
        titles += [self._metric, f"{self._best()} {self._metric}"] if self._metric else []
        titles += [*(item.name for item in self._differ), "s"]
        rows = [self._row(place) for place in range(count)]
        texts = [[row[place].text for row in rows] for place in range(len(titles))]
        self._columns = [
            Column(title, _SAMPLE if place == 0 else width_of(title, texts[place], 28), place > 2)
            for place, title in enumerate(titles)
        ]
        self.query_one(Table).show_rows(self._columns, count, rows.__getitem__)

    def _row(self, place: int) -> list[TableCell]:
        run = self._runs[place]
        state = run.state
        metrics = {tag: series.summary() for tag, series in state.series.items()}
        found = outcome(state.status, metrics)
        cells = [
            self._sample(place),
            TableCell(run.marks.name or moment_text(run.record.created)),
            TableCell(mark_of(found), TONES[found]),
        ]
        if self._metric:
            series = self._series(place)
            summary = series.summary() if series is not None else {}
            last = last_value(summary)
            best = best_value(series.tag, summary) if series is not None else None
            tone = "good" if best is not None and best == self._best_of_all() else ""
            cells += [TableCell(metric_text(last)), TableCell(metric_text(best), tone)]
        cells += [TableCell(_text(item.values[place])) for item in self._differ]
        return [*cells, TableCell("" if state.seconds is None else f"{state.seconds:.1f}", "quiet")]

    def _sample(self, place: int) -> TableCell:
        """A piece of the run's line, as the chart draws it."""
        drawn = series_of(self._runs, self._metric)
        before = sum(map(len, drawn[:place]))
        if not drawn[place]:
            return TableCell("")
        ink = series_ink(before, self.app.current_theme.dark)
        sample = line_style(before).sample(glyphs().unicode, self.app.no_color)
        return TableCell(sample, "" if self.app.no_color else ink.hex)

    def _series(self, place: int) -> Series | None:
        return next(iter(series_of(self._runs, self._metric)[place]), None)

    def _best(self) -> str:
        return "highest" if higher_is_better(self._metric) else "lowest"

    def _best_of_all(self) -> float | None:
        found = [
            value
            for place in range(len(self._runs))
            if (series := self._series(place)) is not None
            and (value := best_value(series.tag, series.summary())) is not None
        ]
        choose = max if higher_is_better(self._metric) else min
        return choose(found, default=None)


def _text(value: Any) -> str:
    return "" if value is MISSING or value is None else value_text(value)
