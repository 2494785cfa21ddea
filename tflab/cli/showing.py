"""The three ways to show a run: as it comes on a terminal, as linear text, as JSON at its end."""

from __future__ import annotations

from typing import Protocol

from tflab.cli import ending
from tflab.cli.linear import LinearReport
from tflab.cli.printing import Terminal, print_json
from tflab.cli.progress import ProgressLine
from tflab.cli.report import report
from tflab.programs.parameters import format_value
from tflab.runs.record import RunRequest
from tflab.runs.text import plain_line
from tflab.targets.live_run import LiveRun


class View(Protocol):
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
        print_json(report(run.record, run.state))


class LinearView:
    """Plain lines in the order in which things happen; no control sequence ever."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._report = LinearReport(_print)

    def begin(self, run: LiveRun) -> None:
        """Print title and settings."""
        _print(heading(run.record.request))

    def update(self, run: LiveRun) -> None:
        """Print what is new."""
        self._report.update(run.state)

    def end(self, run: LiveRun) -> None:
        """Print metrics, what went wrong, and how the run ended."""
        self._report.update(run.state)
        lines = [
            *ending.metric_lines(run.state),
            *ending.diagnosis_lines(run.record, run.state),
            *ending.error_lines(run.state),
        ]
        for line in [*lines, ending.summary_line(run.record, run.state)]:
            _print(line)


class LiveView:
    """A progress line while the run goes on; figures, chart, results and goals drawn inline."""

    def __init__(self, terminal: Terminal) -> None:
        from tflab.cli.drawing import figure_rows

        self._terminal = terminal
        self._line = ProgressLine(terminal.columns, "━─" if terminal.unicode else "#.")
        self._report = LinearReport(
            self._above,
            draw=lambda figure, _frames: figure_rows(figure, terminal),
            brief=True,
        )

    def begin(self, run: LiveRun) -> None:
        """Print title and settings."""
        _print(heading(run.record.request))
        self._line.update(run.state, "Starting TensorFlow")

    def update(self, run: LiveRun) -> None:
        """Print what is new above the progress line."""
        self._report.update(run.state)
        self._line.update(run.state, "Stopping" if run.stopping else "")

    def end(self, run: LiveRun) -> None:
        """Print chart, results and goals, what went wrong, and how the run ended."""
        from tflab.cli.drawing import chart_rows

        self._report.update(run.state)
        self._line.clear()
        for line in chart_rows(run.state, self._terminal):
            _print(line)
        for title, lines in (
            ("Metrics", [f"  {line}" for line in ending.metric_lines(run.state)]),
            ("Diagnosis", [f"  {t}" for t in ending.diagnosis_lines(run.record, run.state)]),
            ("Results", ending.result_lines(run.state)),
            ("Goals", ending.goal_lines(run.state, self._terminal)),
        ):
            if lines:
                _print("\n".join(["", title, *lines]))
        _print("")
        for line in ending.error_lines(run.state):
            _print(line)
        _print(ending.summary_line(run.record, run.state))

    def _above(self, text: str) -> None:
        self._line.clear()
        _print(text)


def heading(request: RunRequest) -> str:
    """Return title, values, device and seed of a run, on one line."""
    values = [f"{name}={format_value(value)}" for name, value in request.parameters.items()]
    settings = ", ".join([*values, f"seed={request.seed}", request.device])
    return plain_line(f"{request.title} ({settings})")


def _print(text: str) -> None:
    print(text, flush=True)
