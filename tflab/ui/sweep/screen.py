"""A sweep on the screen: one chart of all curves, one table of all rows, the best first."""

from __future__ import annotations

import os
import time
from enum import Enum, auto
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tflab.runs.summary import RunSummary, summarise
from tflab.runs.text import count_of
from tflab.session.past_runs import RunUse
from tflab.session.sweeps import Sweeps
from tflab.sweeps.run import SweepRun
from tflab.sweeps.sweep import Sweep
from tflab.sweeps.table import SweepRow, duration
from tflab.ui.actions import bindings
from tflab.ui.dialogs.dialog import Dialog
from tflab.ui.sweep.picture import SweepPicture
from tflab.ui.sweep.table import SweepTable
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import box_title
from tflab.ui.widgets.css import beside
from tflab.ui.widgets.drawing_view import DrawingView, legend_content
from tflab.ui.widgets.key_line import KeyLine
from tflab.ui.widgets.notice_line import NoticeLine
from tflab.ui.widgets.table import Table

if TYPE_CHECKING:
    from tflab.export.formats import Format

_AFTER_KEYS = 0.15
_LOOK_SECONDS = 0.05


class SweepRunChosen(NamedTuple):
    """A run of the sweep that is to be used in the workbench."""

    use: RunUse
    run: RunSummary


class SweepChoice(Enum):
    """What is to come after the sweep on the screen."""

    PLAN = auto()


class SweepScreen(Dialog[SweepRunChosen | SweepChoice]):
    """Shows a sweep, live or found again. Leaving it stops nothing.

    Args:
        sweep: What to show; it is carried on elsewhere.
        sweeps: Exports it, and copies the line that makes it again.
    """

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("sweep"),
        Binding("f1", "keys", "Help", show=False),
    ]

    def __init__(self, sweep: Sweep, sweeps: Sweeps) -> None:
        super().__init__()
        self._sweep = sweep
        self._sweeps = sweeps
        self._picture = SweepPicture(sweep)
        self._rows: list[SweepRow] = []
        self._table = SweepTable(sweep.plan, id="sweep-rows")
        self._version = -1
        self._next = 0.0
        self._next_draw = 0.0
        self._drawing_soon: Timer | None = None
        self._pause = 1.0 if os.environ.get("SSH_CONNECTION") else 0.5

    def compose(self) -> ComposeResult:
        """Lay out the chart over the table."""
        with Vertical(id="sweep"):
            yield Static("", id="sweep-progress")
            yield Static("", id="sweep-legend")
            yield DrawingView(id="sweep-picture")
            yield Static("", id="sweep-notes")
            yield self._table
            yield NoticeLine()
            yield KeyLine("sweep", alone=True, id="sweep-keys")

    def on_mount(self) -> None:
        """Show what there is, and follow the theme."""
        box = self.query_one("#sweep")
        box.border_title = box_title(f"Sweep: {self._sweep.plan.each.title}")
        self._table.focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.advance(now=True))
        self.set_interval(_LOOK_SECONDS, self.advance)

    def on_resize(self) -> None:
        """Draw again at the new size."""
        self.call_after_refresh(self.advance, True)

    def advance(self, now: bool = False) -> None:
        """Show what is new, at a pace that a terminal can follow; at once with `now`."""
        changed = self._sweep.version != self._version
        due = changed and (self._sweep.over or time.monotonic() >= self._next)
        if not self.is_mounted or not (now or due):
            return
        began = time.monotonic()
        self._version = self._sweep.version
        self._rows = self._sweep.rows(self._picture.metric)
        self._table.show_sweep(self._rows, self._picture.metric)
        self._show_progress()
        # The chart is most of what is sent, so it follows at half the pace.
        if now or self._sweep.over or began >= self._next_draw:
            self._next_draw = began + 2 * self._pause
            self._draw()
        # A sweep of thousands must not take the loop to itself.
        spent = time.monotonic() - began
        self._next = began + max(self._pause, 5 * spent)

    def action_open_run(self) -> None:
        """Show the run under the cursor in the workbench."""
        self._use(RunUse.SHOW)

    def action_use_values(self) -> None:
        """Put the values under the cursor into the form."""
        self._use(RunUse.VALUES)

    def action_stop_row(self) -> None:
        """Stop the runs of the row under the cursor."""
        row = self._table.row
        going = [run for run in row.runs if not run.over] if row is not None else []
        self._sweeps.stop_runs(self._sweep, going)
        if not going:
            self.notify("These runs have ended.")

    def action_stop_all(self) -> None:
        """Stop the whole sweep."""
        if self._sweep.over:
            self.notify("The sweep is over.")
        else:
            self._sweeps.stop(self._sweep)
            self.advance(now=True)

    def action_log_axis(self) -> None:
        """Change between a linear and a logarithmic y axis."""
        self._picture.toggle_log_y(self._rows)
        self._draw()

    def action_next_parameter(self) -> None:
        """Draw the metric against the next parameter that varies, or the curves again."""
        self._picture.next_parameter()
        self._draw()

    def action_next_metric(self) -> None:
        """Rank by the next metric or result that the runs have given."""
        if self._picture.next_metric():
            self.advance(now=True)

    def action_new_sweep(self) -> None:
        """Plan another sweep."""
        if self._sweeps.running:
            self.notify("This sweep is going on. Stop it first (^x).", severity="warning")
        else:
            self.dismiss(SweepChoice.PLAN)

    def action_go_on(self) -> None:
        """Go on with a sweep that was left: what never began, was lost or was cancelled."""
        if self._sweep.may_go_on:
            self._sweeps.go_on(self._sweep)
        else:
            self.notify("Nothing is left of it to run." if self._sweep.over else "It goes on.")

    def action_importance(self) -> None:
        """Draw how much each parameter decides, or the curves again."""
        self._picture.toggle_importance()
        self._draw()

    def action_export(self) -> None:
        """Ask for a format, and write the sweep as a file."""
        from tflab.export.sweep_formats import SWEEP_FORMATS
        from tflab.ui.dialogs.pick import pick_format

        def take(kind: Format | None) -> None:
            if kind is not None:
                self._sweeps.export(self._sweep, kind)

        what = f"the sweep of {count_of(len(self._sweep.runs), 'run')}"
        self.app.push_screen(pick_format(what, SWEEP_FORMATS), take)

    def action_copy_line(self) -> None:
        """Copy the line that makes the sweep again."""
        self._sweeps.copy_line(self._sweep.plan)

    def action_keys(self) -> None:
        """Show help."""
        from tflab.ui.dialogs.help import HelpScreen

        self.app.push_screen(HelpScreen("sweep"))

    @on(Table.Moved)
    def _moved(self, event: Table.Moved) -> None:
        event.stop()
        # The cursor moves at once. Keys pressed in a row need one drawing, when they pause.
        if self._drawing_soon is not None:
            self._drawing_soon.stop()
        self._drawing_soon = self.set_timer(_AFTER_KEYS, self._draw)

    def _use(self, use: RunUse) -> None:
        row = self._table.row
        run = _best_run(row) if row is not None else None
        summary = run.summary if run is not None else None
        if run is not None and run.live is not None:
            summary = summarise(run.live.record, run.live.state)
        if summary is None:
            self.notify("This run has not begun." if not self._sweep.over else "It never began.")
            return
        self.dismiss(SweepRunChosen(use, summary))

    def _show_progress(self) -> None:
        sweep, dot = self._sweep, f" {glyphs().dot} "
        words = [f"{sweep.done:,} of {sweep.total:,} done"]
        for state in ("running", "queued", "pruned", "failed", "lost", "cancelled", "not begun"):
            count = sweep.count(state, "starting") if state == "running" else sweep.count(state)
            words += [f"{count:,} {state}"] if count else []
        left = sweep.seconds_left
        if sweep.stopping and not sweep.over:
            words.append("stopping")
        elif left and not sweep.over:
            words.append(f"about {duration(left)} to go")
        words += [sweep.note] if sweep.note else []
        words += ["g goes on with it"] if sweep.may_go_on else []
        if sweep.unkept:
            words.append(f"not kept: {sweep.unkept}")
        done = round(16 * sweep.done / max(1, sweep.total))
        bar = Content.assemble(
            (glyphs().filled * done, "$primary"),
            (glyphs().empty * (16 - done), "$border-quiet"),
        )
        self._say("#sweep-progress", bar + Content(f"  {dot.join(words)}"))

    def _draw(self) -> None:
        view = self.query_one("#sweep-picture", DrawingView)
        if view.size.width < 10 or view.size.height < 3:
            return
        picture = self._picture.draw(view, self._rows, self._table.row)
        view.show_drawing(picture.drawing)
        heading = Content.styled(f"{picture.title}   ", "bold")
        self._say("#sweep-legend", heading + legend_content(picture.legend))
        self.query_one("#sweep-notes").display = bool(picture.notes)
        self._say("#sweep-notes", Content(f" {glyphs().dot} ".join(picture.notes)))

    def _say(self, place: str, words: Content) -> None:
        """Show a line. It stays one line, and a new layout would draw the whole screen again."""
        widget = self.query_one(place, Static)
        if widget.content != words:
            widget.update(words, layout=False)


def _best_run(row: SweepRow) -> SweepRun | None:
    """Return the run of a row to look at: one that finished, else one that has begun."""
    begun = [run for run in row.runs if run.id]
    finished = [run for run in begun if run.status == "finished"]
    return next(iter([*finished, *begun]), None)
