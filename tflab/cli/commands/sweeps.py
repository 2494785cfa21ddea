"""`tflab sweeps`: the sweeps of this account, newest first, or one of them again."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tflab.cli.command import Command, UsageProblem
from tflab.cli.commands.runs import NEWEST, ago
from tflab.cli.inline_charts import response_rows
from tflab.cli.options import add_json
from tflab.cli.output import stdout
from tflab.cli.sweep_text import heading, importance_lines, outcome, table_lines
from tflab.cli.terminal import print_json, print_table, terminal
from tflab.export.sweep_report import fields_report, report, table_csv
from tflab.runs.history import History
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.text import plain_line
from tflab.sweeps.store import SweepRecord, SweepStore
from tflab.sweeps.sweep import Sweep, open_sweep

_STATES = (
    "running", "queued", "waiting", "finished", "failed", "lost", "cancelled", "pruned",
    "not begun",
)  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """List the sweeps, or show the one that was named; return 0.

    Raises:
        Problem: When there is no such sweep.
    """
    if arguments.sweep is None:
        if arguments.csv:
            raise UsageProblem("Wrong usage", "--csv shows one sweep.", "Say which one.")
        return _list(arguments)
    sweep = open_sweep(SweepStore().find(arguments.sweep))
    sweep.catch_up()
    if arguments.json:
        print_json(report(sweep))
    elif arguments.csv:
        stdout().document(table_csv(sweep))
    else:
        _show(sweep)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    store, states = SweepStore(), _States()
    ids = list(store.ids())
    records = list(_readable(store, ids if arguments.all else ids[:NEWEST]))
    if arguments.json:
        print_json([_as_json(record, states.of(record)) for record in records])
        return 0
    print_table([_columns(record, states.of(record)) for record in records])
    if len(ids) > NEWEST and not arguments.all:
        print(f"{len(ids) - NEWEST:,} more; see them with --all.")
    if not ids:
        print("There are no sweeps yet. Start one with `tflab sweep LESSON`.")
    return 0


def _readable(store: SweepStore, ids: list[str]) -> Iterator[SweepRecord]:
    """Yield the sweeps; a damaged file is told of and must not hide the others."""
    for sweep in ids:
        try:
            yield store.load(sweep)
        except Problem as problem:
            print(f"{problem.title}: {problem.cause}", file=sys.stderr)


class _States:
    """In which state how many runs of a sweep are."""

    def __init__(self) -> None:
        self._history = History(RunStore())
        self._rows = {row.id: row for row in self._history.rows()}

    def of(self, record: SweepRecord) -> dict[str, int]:
        """Return the number of runs by state, such as `finished`; a deleted run is `lost`."""
        absent = "waiting" if record.driven else "not begun"
        found = Counter(self._state(run) if run else absent for run in record.runs)
        return {state: found[state] for state in _STATES if found[state]}

    def _state(self, run: str) -> str:
        row = self._rows.get(run)
        if row is not None and row.partial:
            row = self._history.mend(row.id) or row
        if row is None:
            return "lost"
        return "running" if row.summary.status == "starting" else row.summary.status


def _columns(record: SweepRecord, states: dict[str, int]) -> tuple[str, ...]:
    plan = record.plan
    counts = ", ".join(f"{count} {state}" for state, count in states.items())
    when = ago(time.time() - record.created)
    return record.id, plain_line(plan.each.lesson), plain_line(plan.about), counts, when


def _as_json(record: SweepRecord, states: dict[str, int]) -> dict[str, Any]:
    plan = record.plan
    return {
        "sweep": record.id,
        "lesson": plan.each.lesson,
        "title": plan.each.title,
        "created": record.created,
        "fields": {name: fields_report(values) for name, values in plan.space.items()},
        "metric": plan.metric,
        "states": states,
        "runs": record.runs,
    }


def _show(sweep: Sweep) -> None:
    found = terminal()
    lines = [*heading(sweep), "", *table_lines(sweep, sweep.rows(), found)]
    lines += [*(response_rows(sweep, found) if found.live else ()), "", *importance_lines(sweep)]
    for line in [*lines, *outcome(sweep, None, found)]:
        print(line)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sweep", metavar="SWEEP", nargs="?", help="show this one: its id, its beginning, or last"
    )
    parser.add_argument("--all", action="store_true", help="all of them, not only the newest")
    output = parser.add_mutually_exclusive_group()
    add_json(output, "JSON")
    output.add_argument("--csv", action="store_true", help="print one table of the sweep's runs")


COMMAND = Command("list the sweeps, or show one again", "tflab sweeps last", run, _add_options)
