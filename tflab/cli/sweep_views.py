"""The four ways to show a sweep: as it comes on a terminal, as lines, as JSON, as a table."""

from __future__ import annotations

import shutil
import sys
import time
from typing import Protocol

from wcwidth import wcswidth

from tflab.cli.printing import Terminal, print_json
from tflab.export.sweep_report import report, table_csv
from tflab.programs.parameters import format_value
from tflab.runs.text import plain_line
from tflab.sweeps.estimate import plan_text
from tflab.sweeps.run import SweepRun
from tflab.sweeps.sweep import Sweep
from tflab.sweeps.table import (
    SweepRow,
    cells,
    columns,
    duration,
    going_first,
    mean_text,
    number,
)

_REDRAW_SECONDS = 0.2
_LONGEST_CAUSE = 100
_STATES = (
    "starting", "running", "waiting", "finished", "failed", "lost", "cancelled", "not begun"
)  # fmt: skip


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
        sys.stdout.write(table_csv(sweep))


class PlainView:
    """A line for each run that has ended, and a table at the end; no control sequence ever."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._told: set[int] = set()
        self._began = time.monotonic()
        self._estimated = False

    def begin(self, sweep: Sweep, usual: float | None) -> None:
        """Print title, fields and number of runs, and how long they may take."""
        for line in heading(sweep):
            _print(line)
        words = plan_text(len(sweep.runs), sweep.plan.jobs, usual)
        _print(f"{words}{', going by earlier runs' if usual is not None else ''}.")
        self._estimated = usual is not None

    def update(self, sweep: Sweep) -> None:
        """Print a line for each run that has ended since."""
        for run in sweep.runs:
            if run.over and run.index not in self._told:
                self._told.add(run.index)
                _print(f"[{len(self._told)}/{len(sweep.runs)}] {_run_line(sweep, run)}")
                self._estimate(sweep)

    def end(self, sweep: Sweep) -> None:
        """Print the table, the best values and how the sweep ended."""
        self.update(sweep)
        _print("")
        for line in table_lines(sweep, sweep.rows(), self._terminal):
            _print(line)
        _print("")
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
        up = f"\x1b[{self._lines}A" if self._lines else ""
        width = self._terminal.columns - 1
        sys.stdout.write(f"{up}\r\x1b[J" + "".join(f"{_cut(line, width)}\n" for line in lines))
        sys.stdout.flush()
        self._lines = len(lines)


def table_lines(sweep: Sweep, rows: list[SweepRow], terminal: Terminal) -> list[str]:
    """Return rows of a sweep as aligned text, with a header; the best one is marked."""
    plus_minus = "±" if terminal.unicode else "+/-"
    mark = "▸" if terminal.unicode else ">"
    found = [["", *columns(sweep.plan)]]
    for row in rows:
        texts = cells(sweep.plan, row, plus_minus)
        found.append([mark if row.best else "", *texts[:-1], _state(row, texts[-1])])
    widths = [max(wcswidth(line[place]) for line in found) for place in range(len(found[0]))]
    last = len(widths) - 1
    return [
        "  ".join(_pad(cell, widths[place], place == last) for place, cell in enumerate(line))
        for line in found
    ]


def _state(row: SweepRow, state: str) -> str:
    if row.best:
        return f"{state}, best"
    cause = next((run.cause for run in row.runs if run.cause), "")
    return f"{state}: {plain_line(cause)[:_LONGEST_CAUSE]}" if cause else state


def _pad(cell: str, width: int, last: bool) -> str:
    room = " " * (width - wcswidth(cell))
    return cell if last else room + cell


def _cut(line: str, width: int) -> str:
    while wcswidth(line) > width:
        line = line[:-1]
    return line


def heading(sweep: Sweep) -> list[str]:
    """Return title, fields, sample and seeds of a sweep as lines."""
    plan = sweep.plan
    lines = [plain_line(plan.title)]
    for name, values in plan.fields.items():
        lines.append("  " + plain_line(f"{name} = {', '.join(map(format_value, values))}"))
    if plan.sample is not None:
        lines.append(f"  {plan.sample} of these combinations, drawn at random")
    if plan.repeat > 1:
        seed = plan.points[0].seed
        lines.append(f"  each with the seeds {seed} to {seed + plan.repeat - 1}")
    return lines


def _run_line(sweep: Sweep, run: SweepRun) -> str:
    plan = sweep.plan
    words: str = run.status
    if run.status == "finished":
        words = f"{plan.metric} {number(run.value(plan.metric))}"
    if run.seconds is not None:
        words += f" in {run.seconds:.1f} s"
    if run.cause:
        words += f": {run.cause[:_LONGEST_CAUSE]}"
    return plain_line(f"{plan.label(run.point)}: {words}")


def _progress(sweep: Sweep) -> str:
    if sweep.stopping:
        return "Stopping"
    words = [f"{sweep.done} of {len(sweep.runs)} done"]
    words.append(f"{sweep.count('starting', 'running')} running")
    left = sweep.seconds_left
    if left:
        words.append(f"about {duration(left)} to go")
    return ", ".join(words)


def outcome(sweep: Sweep, seconds: float | None, terminal: Terminal) -> list[str]:
    """Return the best values and how many runs ended how, as lines.

    Args:
        sweep: What to tell of.
        seconds: How long it took, where that is known.
        terminal: Where it is shown.
    """
    plan, best, lines = sweep.plan, sweep.best, []
    if best is not None:
        values = [f"{name}={format_value(best.parameters[name])}" for name in plan.shown]
        value = mean_text(best, "±" if terminal.unicode else "+/-")
        lines.append(plain_line(f"Best: {', '.join(values)} with {plan.metric} {value}."))
    elif sweep.count("finished") and plan.metric not in sweep.metrics():
        known = ", ".join(sweep.metrics()) or "nothing"
        lines.append(plain_line(f"No run gave {plan.metric}; they gave {known}. See --metric."))
    counts = [f"{count} {state}" for state in _STATES if (count := sweep.count(state))]
    took = "" if seconds is None else f" in {duration(seconds)}"
    lines.append(f"{', '.join(counts)}{took}. Sweep {sweep.id}.")
    if sweep.unkept:
        lines.append(f"The sweep is not kept: {sweep.unkept}.")
    return lines


def _print(text: str) -> None:
    print(text, flush=True)
