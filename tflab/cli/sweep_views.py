"""The four ways to show a sweep: as it comes on a terminal, as lines, as JSON, as a table."""

from __future__ import annotations

import argparse
import shutil
import time
from typing import Protocol

from wcwidth import wcswidth

from tflab.cli.inline_charts import response_rows
from tflab.cli.output import stdout
from tflab.cli.sweep_text import heading, importance_lines, outcome, run_line, table_lines
from tflab.cli.terminal import Terminal, print_json, terminal
from tflab.export.sweep_report import report, table_csv
from tflab.sweeps.estimate import plan_text
from tflab.sweeps.sweep import Sweep
from tflab.sweeps.table import duration, going_first

_REDRAW_SECONDS = 0.2


class SweepView(Protocol):
    """Shows one sweep."""

    def begin(self, sweep: Sweep, usual: float | None) -> None:
        """Say what is about to run; `usual` is how long such a run took before."""

    def update(self, sweep: Sweep) -> None:
        """Show what is new."""

    def end(self, sweep: Sweep) -> None:
        """Show what came out."""


class JsonView:
    """One JSON object at the end, and nothing before it."""

    def begin(self, sweep: Sweep, usual: float | None) -> None:
        """Say nothing."""

    def update(self, sweep: Sweep) -> None:
        """Say nothing."""

    def end(self, sweep: Sweep) -> None:
        """Print the object."""
        print_json(report(sweep))


class CsvView(JsonView):
    """One table at the end, a row for each run, the best first, and nothing before it."""

    def end(self, sweep: Sweep) -> None:
        """Print the table."""
        stdout().document(table_csv(sweep))


class PlainView:
    """A line for each run that has ended, and a table at the end; no control sequence ever."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._told: set[int] = set()
        self._began = time.monotonic()
        self._estimated = False
        self._draws = False

    def begin(self, sweep: Sweep, usual: float | None) -> None:
        """Print title, fields and number of runs, and how long they may take."""
        for line in heading(sweep):
            _print(line)
        words = plan_text(sweep.total, sweep.plan.jobs, usual)
        _print(f"{words}{', going by earlier runs' if usual is not None else ''}.")
        self._estimated = usual is not None

    def update(self, sweep: Sweep) -> None:
        """Print a line for each run that has ended since."""
        for run in sweep.runs:
            if run.over and run.index not in self._told:
                self._told.add(run.index)
                _print(f"[{len(self._told)}/{sweep.total}] {run_line(sweep, run)}")
                self._estimate(sweep)

    def end(self, sweep: Sweep) -> None:
        """Print the table, the best values and how the sweep ended."""
        self.update(sweep)
        _print("")
        for line in table_lines(sweep, sweep.rows(), self._terminal):
            _print(line)
        for line in response_rows(sweep, self._terminal) if self._draws else ():
            _print(line)
        _print("")
        for line in importance_lines(sweep):
            _print(line)
        for line in outcome(sweep, time.monotonic() - self._began, self._terminal):
            _print(line)

    def _estimate(self, sweep: Sweep) -> None:
        left = sweep.seconds_left
        if not self._estimated and left:
            self._estimated = True
            _print(f"About {duration(left)} to go.")


class LiveView(PlainView):
    """The table, drawn over as the runs go on."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(terminal)
        self._lines = 0
        self._next = 0.0
        self._draws = True

    def update(self, sweep: Sweep) -> None:
        """Draw the table again, at most five times a second."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _REDRAW_SECONDS
        room = max(4, shutil.get_terminal_size((80, 24)).lines - 3)
        rows = going_first(sweep.rows(), room // 2)
        lines = table_lines(sweep, rows[: room - 3], self._terminal)
        if len(rows) > room - 3:
            lines.append(f"… {len(rows) - room + 3} more")
        self._draw([*lines, _progress(sweep)])

    def end(self, sweep: Sweep) -> None:
        """Take the drawing away and print the whole table."""
        self._draw([])
        self._told = {run.index for run in sweep.runs}
        super().end(sweep)

    def _draw(self, lines: list[str]) -> None:
        width = self._terminal.columns - 1
        stdout().draw_block_over(self._lines, [_cut(line, width) for line in lines])
        self._lines = len(lines)


def sweep_view(arguments: argparse.Namespace) -> SweepView:
    """Return the view that `--json`, `--csv`, `--plain` and the terminal ask for."""
    if arguments.json:
        return JsonView()
    if arguments.csv:
        return CsvView()
    found = terminal()
    return PlainView(found) if arguments.plain or not found.live else LiveView(found)


def _progress(sweep: Sweep) -> str:
    if sweep.stopping:
        return "Stopping"
    words = [f"{sweep.done} of {sweep.total} done"]
    words.append(f"{sweep.count('starting', 'running')} running")
    queued = sweep.count("queued")
    words += [f"{queued} queued"] if queued else []
    left = sweep.seconds_left
    if left:
        words.append(f"about {duration(left)} to go")
    return ", ".join(words)


def _cut(line: str, width: int) -> str:
    while wcswidth(line) > width:
        line = line[:-1]
    return line


def _print(text: str) -> None:
    print(text, flush=True)
