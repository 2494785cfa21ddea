"""The three ways to show a run: as it comes on a terminal, as linear text, as JSON at its end."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Protocol

from tflab.cli import run_text
from tflab.cli.output import stdout
from tflab.cli.progress_line import ProgressLine
from tflab.cli.run_json import run_json
from tflab.cli.run_printer import RunPrinter
from tflab.cli.terminal import Terminal, print_json, terminal
from tflab.runs.events import Figure, Picture
from tflab.targets.live_run import LiveRun


class RunView(Protocol):
    """Shows one run."""

    def begin(self, run: LiveRun) -> None:
        """Say what is about to run."""

    def update(self, run: LiveRun) -> None:
        """Show what is new."""

    def end(self, run: LiveRun) -> None:
        """Show what is known at the end."""

    def ask(self, run: LiveRun) -> None:
        """Show what the run asks for, up to where a person types."""

    def answered(self, run: LiveRun, shown: str) -> None:
        """Take that it was answered here, so that the terminal shows `shown` already."""


class JsonView:
    """One JSON object at the end, and nothing before it."""

    def begin(self, run: LiveRun) -> None:
        """Say nothing."""

    def update(self, run: LiveRun) -> None:
        """Say nothing."""

    def end(self, run: LiveRun) -> None:
        """Print the object."""
        print_json(run_json(run.record, run.state))

    def ask(self, run: LiveRun) -> None:
        """Say nothing: nobody is asked."""

    def answered(self, run: LiveRun, shown: str) -> None:
        """Say nothing."""


class _TextView:
    """What both ways of printing a run share: the line on which a person types.

    Args:
        printer: Prints what is new.
    """

    def __init__(self, printer: RunPrinter) -> None:
        self._printer = printer
        self._asking = False

    def ask(self, run: LiveRun) -> None:
        """Print what the program says before it waits."""
        self._asking = True
        prompt = self._printer.begun_line(run.state) or "(the program waits for a line) "
        print(prompt, end="", flush=True)
        if not sys.stdout.isatty():
            print(prompt, end="", file=sys.stderr, flush=True)

    def answered(self, run: LiveRun, shown: str) -> None:
        """Pass over what the terminal shows already."""
        self._asking = False
        self._printer.pass_over(run.state, shown)

    def _end_line(self, run: LiveRun) -> None:
        """End the line of a question that got no answer."""
        if self._asking and run.state.question is None:
            self._asking = False
            if run.state.ended is not None:
                _print("")


class LinearView(_TextView):
    """Plain lines in the order in which things happen; no control sequence ever."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(RunPrinter(_print))
        self._terminal = terminal

    def begin(self, run: LiveRun) -> None:
        """Print title and settings."""
        _print(run_text.heading(run.record.request))

    def update(self, run: LiveRun) -> None:
        """Print what is new."""
        self._printer.update(run.state)

    def end(self, run: LiveRun) -> None:
        """Print metrics, what went wrong, and how the run ended."""
        self._end_line(run)
        self._printer.update(run.state)
        lines = [
            *run_text.metric_lines(run.state),
            *run_text.machine_lines(run.state),
            *run_text.diagnosis_lines(run.record, run.state),
            *run_text.error_lines(run.state),
        ]
        for line in [*lines, run_text.summary_line(run.record, run.state)]:
            _print(line)


class LiveView(_TextView):
    """A progress line while the run goes on; figures, chart, results and goals drawn inline."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(RunPrinter(self._above, self._draw, self._show, brief=True))
        self._folder: Path | None = None
        self._terminal = terminal
        self._line = ProgressLine(terminal.columns, "━─" if terminal.unicode else "#.")

    def begin(self, run: LiveRun) -> None:
        """Print title and settings."""
        self._folder = run.folder
        _print(run_text.heading(run.record.request))
        self._line.update(run.state, "" if run.state.queued else "Starting TensorFlow")

    def update(self, run: LiveRun) -> None:
        """Print what is new above the progress line."""
        self._end_line(run)
        self._printer.update(run.state)
        if run.state.question is None:
            self._line.update(run.state, "Stopping" if run.stopping else "")

    def ask(self, run: LiveRun) -> None:
        """Print what the program says before it waits, where the progress line was."""
        self._line.clear()
        super().ask(run)

    def end(self, run: LiveRun) -> None:
        """Print chart, results and goals, what went wrong, and how the run ended."""
        from tflab.cli.inline_charts import chart_rows

        self._end_line(run)
        self._printer.update(run.state)
        self._line.clear()
        for line in chart_rows(run.state, self._terminal):
            stdout().painted(line)
        for title, lines in (
            ("Metrics", [f"  {line}" for line in run_text.metric_lines(run.state)]),
            ("Diagnosis", [f"  {t}" for t in run_text.diagnosis_lines(run.record, run.state)]),
            ("Results", run_text.result_lines(run.state)),
            ("Goals", run_text.goal_lines(run.state, self._terminal)),
        ):
            if lines:
                _print("\n".join(["", title, *lines]))
        _print("")
        for line in [*run_text.machine_lines(run.state), *run_text.error_lines(run.state)]:
            _print(line)
        _print(run_text.summary_line(run.record, run.state))

    def _above(self, text: str) -> None:
        self._line.clear()
        _print(text)

    def _show(self, picture: Picture, _frames: int) -> None:
        from tflab.cli.inline_charts import picture_rows

        self._line.clear()
        for row in picture_rows(picture, self._folder, self._terminal):
            stdout().painted(row)

    def _draw(self, figure: Figure, _frames: int) -> None:
        from tflab.cli.inline_charts import figure_rows

        self._line.clear()
        for row in figure_rows(figure, self._terminal):
            stdout().painted(row)


def run_view(arguments: argparse.Namespace) -> RunView:
    """Return the view that `--json`, `--plain` and the terminal ask for."""
    if arguments.json:
        return JsonView()
    found = terminal()
    return LinearView(found) if arguments.plain or not found.live else LiveView(found)


def _print(text: str) -> None:
    print(text, flush=True)
