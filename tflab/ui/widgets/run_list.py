"""The runs of the open lesson, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tflab.lessons.parameters import format_value
from tflab.runs.summary import RunSummary
from tflab.runs.tensor_text import number_text
from tflab.runs.transcript import plain_line
from tflab.ui.actions import bindings
from tflab.ui.glyphs import glyphs
from tflab.ui.messages import RunChosen

TONES: dict[str, str] = {
    "starting": "$secondary",
    "running": "$secondary",
    "finished": "$success",
    "failed": "$error",
    "cancelled": "$warning",
    "lost": "$error",
}


def mark_of(status: str) -> str:
    """Return the mark of a state; states differ by more than colour."""
    marks = glyphs()
    by_status = {
        "finished": marks.passed,
        "failed": marks.failed,
        "cancelled": marks.stopped,
        "lost": marks.lost,
        "waiting": marks.open,
    }
    return by_status.get(status, marks.bullet)


class RunList(OptionList):
    """A row for each run: its state, the values that differ from the defaults, its last loss."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings("runs"))

    def __init__(self) -> None:
        super().__init__(id="runs")
        self._runs: list[RunSummary] = []
        self._defaults: Mapping[str, Any] = {}

    def show_runs(self, runs: list[RunSummary], defaults: Mapping[str, Any]) -> None:
        """Show `runs`, newest first."""
        self._defaults = defaults
        self._runs = runs
        self.clear_options()
        self.add_options([Option(self._row(run)) for run in runs])

    def put(self, run: RunSummary) -> None:
        """Add a run at the top, or bring its row up to date."""
        for index, known in enumerate(self._runs):
            if known.id == run.id:
                if known != run:
                    self._runs[index] = run
                    self.replace_option_prompt_at_index(index, self._row(run))
                return
        self.show_runs([run, *self._runs], self._defaults)

    def action_show_run(self) -> None:
        """Show the run under the cursor."""
        self._ask("show")

    def action_load_values(self) -> None:
        """Put the values of the run under the cursor into the form."""
        self._ask("values")

    def action_copy_command(self) -> None:
        """Copy the command line that makes the run under the cursor again."""
        self._ask("command")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show the run that was clicked."""
        event.stop()
        self._ask("show")

    def _ask(self, wish: Literal["show", "values", "command"]) -> None:
        if self.highlighted is not None and self._runs:
            self.post_message(RunChosen(self._runs[self.highlighted], wish))

    def _row(self, run: RunSummary) -> Content:
        changed = [
            f"{name} {format_value(value)}"
            for name, value in run.parameters.items()
            if value != self._defaults.get(name)
        ]
        if run.seed:
            changed.append(f"seed {run.seed}")
        values = ", ".join(changed) or "defaults"
        first = Content.assemble((f"{mark_of(run.status)} ", TONES[run.status]), plain_line(values))
        second = Content.styled(f"\n  {_outcome(run)}", "$text-quiet")
        return first + second


def _outcome(run: RunSummary) -> str:
    words: list[str] = [] if run.status == "finished" else [run.status]
    for tag, metric in run.metrics.items():
        if tag.rsplit("/", 1)[-1] == "loss":
            last = metric["last"]
            text = f"{last:.4g}" if isinstance(last, float) else number_text(last)
            words.append(f"loss {text}")
            break
    if run.seconds is not None:
        words.append(f"{run.seconds:.1f} s")
    return f" {glyphs().dot} ".join(words)
