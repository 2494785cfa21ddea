"""The runs of the open lesson, newest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tflab.runs.history import HistoryRow
from tflab.runs.metrics import last_value
from tflab.runs.summary import RunSummary
from tflab.session.history_columns import metric_text
from tflab.session.past_runs import RunUse
from tflab.session.run_names import count_values, name_of_row
from tflab.ui.actions import bindings
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import short_line
from tflab.ui.widgets.run_cells import mark_of, outcome_of
from tflab.ui.workbench.messages import RunChosen

TONES: dict[str, str] = {
    "queued": "$text-quiet",
    "starting": "$secondary",
    "running": "$secondary",
    "finished": "$success",
    "diverged": "$warning",
    "failed": "$error",
    "cancelled": "$warning",
    "pruned": "$text-quiet",
    "lost": "$error",
}

_NONE = Content.styled(" None yet. ^r makes the first.", "$text-quiet")


class RunList(OptionList):
    """A row for each run: its state, its name, seconds, goals and last loss.

    The run on show has a mark, and what tells a run from the others is never cut.
    """

    BINDINGS: ClassVar[list[BindingType]] = list(bindings("runs"))
    _row_put: Region | None = None

    def __init__(self) -> None:
        super().__init__(id="runs")
        self._runs: list[HistoryRow] = []
        self._defaults: Mapping[str, Any] = {}
        self._code = ""
        self._common: Counter[tuple[str, str]] = Counter()
        self._shown_run = ""
        self._loss_cells = 0

    def on_resize(self) -> None:
        """Write the rows for another width."""
        self._draw()

    def mark_shown(self, run: str) -> None:
        """Mark the run, given by its id, whose results are on show."""
        if run != self._shown_run:
            self._shown_run = run
            self._draw()

    @property
    def summaries(self) -> list[RunSummary]:
        """The runs that are listed, newest first."""
        return [row.summary for row in self._runs]

    def show_runs(
        self, runs: list[HistoryRow], defaults: Mapping[str, Any], code: str = ""
    ) -> None:
        """Show runs; the cursor stays on its run.

        Args:
            runs: Newest first.
            defaults: The open program's; values that differ are named.
            code: Marks its code, see `code_mark`; runs of other code say so.
        """
        place = self.highlighted
        chosen = self._runs[place].id if place is not None and place < len(self._runs) else ""
        self._defaults = defaults
        self._code = code
        self._runs = runs
        self._common = count_values((run.summary for run in runs), defaults)
        self._loss_cells = max((len(_loss_text(run.summary)) for run in runs), default=0)
        self.clear_options()
        rows = [Option(self._row(run)) for run in runs]
        self.add_options(rows or [Option(_NONE, disabled=True)])
        self.highlighted = next((i for i, run in enumerate(runs) if run.id == chosen), None)

    def put(self, run: RunSummary) -> None:
        """Add a run at the top, or bring its row up to date."""
        for index, known in enumerate(self._runs):
            if known.id == run.id:
                if known.summary != run:
                    self._runs[index] = row = HistoryRow(run, known.marks)
                    if len(_loss_text(run)) > self._loss_cells:
                        self._loss_cells = len(_loss_text(run))
                        self._draw()
                    else:
                        self._put_row(index, row)
                return
        self.show_runs([HistoryRow(run), *self._runs], self._defaults, self._code)

    def action_show_run(self) -> None:
        """Show the run under the cursor."""
        self._ask(RunUse.SHOW)

    def action_load_values(self) -> None:
        """Put the values of the run under the cursor into the form."""
        self._ask(RunUse.VALUES)

    def action_copy_command(self) -> None:
        """Copy the command line that makes the run under the cursor again."""
        self._ask(RunUse.COMMAND)

    def action_code(self) -> None:
        """Show how the code of the run under the cursor differs from the file's."""
        self._ask(RunUse.CODE)

    def action_go_on(self) -> None:
        """Go on with the run under the cursor where it ended."""
        self._ask(RunUse.CONTINUE)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show the run that was clicked."""
        event.stop()
        self._ask(RunUse.SHOW)

    def _ask(self, use: RunUse) -> None:
        if self.highlighted is not None and self._runs:
            self.post_message(RunChosen(self._runs[self.highlighted].id, use))

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Draw again; where one row alone has changed, only that."""
        if self._row_put is not None and not (regions or layout or recompose):
            regions = (self._row_put,)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _put_row(self, index: int, row: HistoryRow) -> None:
        """Bring one row up to date. The list would be sent with all rows, and the blanks below."""
        self._row_put = Region(0, index - self.scroll_offset.y, self.size.width, 1)
        try:
            self.replace_option_prompt_at_index(index, self._row(row))
        finally:
            self._row_put = None

    def _draw(self) -> None:
        for index, run in enumerate(self._runs):
            self.replace_option_prompt_at_index(index, self._row(run))

    def _row(self, row: HistoryRow) -> Content:
        run, marks = row.summary, row.marks
        on_show = run.id == self._shown_run
        first = Content.styled(glyphs().here if on_show else " ", "bold $primary")
        state = outcome_of(run)
        first += Content.styled(f"{mark_of(state)} ", TONES[state])
        if marks.pinned:
            first += Content.styled(f"{glyphs().pinned} ", "$primary")
        if run.continues:
            first += Content.styled(f"{glyphs().continues} ", "$text-quiet")
        if marks.name:
            first += Content.styled(f"{short_line(marks.name)} ", "bold")
        room = self.scrollable_content_region.width - first.cell_length - 1
        name = name_of_row(run, self._defaults, self._code, self._common)
        outcomes = _outcomes(run, self._loss_cells)
        # What differs says more than seconds and goals, and something of it more than the end.
        whole = [
            outcome
            for outcome, ends in outcomes
            if ends and name.least_width + outcome.cell_length < room
        ]
        for outcome in whole or [outcome for outcome, _ in outcomes]:
            text = name.fit(room - outcome.cell_length - 1)
            if cell_len(text) + outcome.cell_length < room:
                break
        gap = " " * max(room - cell_len(text) - outcome.cell_length, 0)
        return Content.assemble(first, (text, "bold" if on_show else ""), gap, outcome)


def _outcomes(run: RunSummary, loss_cells: int) -> list[tuple[Content, bool]]:
    """Return what came of a run, more of it first, and whether how it ended is whole.

    The loss is last, and so in one column, whatever else there is room for in a row; with seconds
    and goals before it, it has `loss_cells`, so that they stand in columns too.
    """
    ending: list[Content] = []
    if run.status != "finished":
        ending.append(Content.styled(f"  {run.status}", TONES[run.status]))
    if loss := _loss_text(run):
        ending.append(Content(f"  {loss}"))
    rest: list[Content] = []
    if run.seconds is not None:
        rest.append(Content.styled(f"  {run.seconds:.1f} s", "$text-quiet"))
    if run.goals:
        goals = f"  {sum(run.goals.values())}/{len(run.goals)}"
        rest.append(Content.styled(goals, "$text-quiet"))
    pad = Content(" " * (loss_cells - len(loss)))
    found = [([*rest[:count], pad, *ending], True) for count in range(len(rest), 0, -1)]
    found += [(ending[:count], count == len(ending)) for count in range(len(ending), -1, -1)]
    return [(Content("").join(parts), ends) for parts, ends in found]


def _loss_text(run: RunSummary) -> str:
    """Return the last loss of a run; empty where it has none."""
    for tag, metric in run.metrics.items():
        if tag.rsplit("/", 1)[-1] == "loss":
            last = last_value(metric)
            return "" if last is None else metric_text(last)
    return ""
