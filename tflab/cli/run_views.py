"""The three ways to show a run: as it comes on a terminal, as linear text, as JSON at its end."""

from __future__ import annotations

import argparse
from typing import Protocol

from tflab.cli import run_text
from tflab.cli.output import stdout
from tflab.cli.progress_line import ProgressLine
from tflab.cli.run_json import run_json
from tflab.cli.run_printer import RunPrinter
from tflab.cli.terminal import Terminal, print_json, terminal
from tflab.runs.events import Figure
from tflab.targets.live_run import LiveRun


class RunView(Protocol):
    """Shows one run."""

    def begin(self, run: LiveRun) -> None:
        """Say what is about to run."""

    def update(self, run: LiveRun) -> None:
        """Show what is new."""

    def end(self, run: LiveRun) -> None:
        """Show what is known at the end."""


class JsonView:
    """One JSON object at the end, and nothing before it."""

    def begin(self, run: LiveRun) -> None:
        """Say nothing."""

    def update(self, run: LiveRun) -> None:
        """Say nothing."""

    def end(self, run: LiveRun) -> None:
        """Print the object."""
        print_json(run_json(run.record, run.state))


class LinearView:
    """Plain lines in the order in which things happen; no control sequence ever."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._printer = RunPrinter(_print)

    def begin(self, run: LiveRun) -> None:
        """Print title and settings."""
        _print(run_text.heading(run.record.request))

    def update(self, run: LiveRun) -> None:
        """Print what is new."""
        self._printer.update(run.state)

    def end(self, run: LiveRun) -> None:
        """Print metrics, what went wrong, and how the run ended."""
        self._printer.update(run.state)
        lines = [
            *run_text.metric_lines(run.state),
            *run_text.diagnosis_lines(run.record, run.state),
            *run_text.error_lines(run.state),
        ]
        for line in [*lines, run_text.summary_line(run.record, run.state)]:
            _print(line)


class LiveView:
    """A progress line while the run goes on; figures, chart, results and goals drawn inline."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._line = ProgressLine(terminal.columns, "━─" if terminal.unicode else "#.")
        self._printer = RunPrinter(self._above, self._draw, brief=True)

    def begin(self, run: LiveRun) -> None:
        """Print title and settings."""
        _print(run_text.heading(run.record.request))
        self._line.update(run.state, "Starting TensorFlow")

    def update(self, run: LiveRun) -> None:
        """Print what is new above the progress line."""
        self._printer.update(run.state)
        self._line.update(run.state, "Stopping" if run.stopping else "")

    def end(self, run: LiveRun) -> None:
        """Print chart, results and goals, what went wrong, and how the run ended."""
        from tflab.cli.inline_charts import chart_rows

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
        for line in run_text.error_lines(run.state):
            _print(line)
        _print(run_text.summary_line(run.record, run.state))

    def _above(self, text: str) -> None:
        self._line.clear()
        _print(text)

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
