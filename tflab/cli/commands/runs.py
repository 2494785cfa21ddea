"""`tflab runs`: the runs of this account, those that are still going first."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from tflab.cli.command import Command
from tflab.cli.options import add_json
from tflab.cli.terminal import print_json, print_table
from tflab.programs.parameters import format_value
from tflab.runs.filter import names_in, parse_filter
from tflab.runs.history import History, HistoryRow
from tflab.runs.metrics import last_value, main_metric
from tflab.runs.store import RunStore
from tflab.runs.summary import RunSummary
from tflab.runs.tensor_text import number_text
from tflab.runs.text import plain_line
from tflab.session.discovery import machine_of

NEWEST = 20
"""Rows that are shown unless all are asked for."""


def run(arguments: argparse.Namespace) -> int:
    """Print the runs, newest first, and return 0."""
    store = RunStore()
    history = History(store)
    rows = sorted(_wanted(history, arguments.filter), key=lambda row: row.over)
    going = sum(not row.over for row in rows)
    shown = rows if arguments.all else rows[: max(NEWEST, going)]
    shown = [history.mend(row.id) or row if row.partial else row for row in shown]
    if arguments.json:
        print_json([_as_json(store, row) for row in shown])
        return 0
    _print_rows(store, shown)
    if len(rows) > len(shown):
        print(f"{len(rows) - len(shown):,} more; see them with --all.")
    unreadable = 0 if arguments.filter else sum(1 for _ in store.ids()) - len(rows)
    if unreadable > 0:
        what = "run folder has" if unreadable == 1 else "run folders have"
        print(f"{unreadable:,} {what} no readable run.json.", file=sys.stderr)
    if not rows and arguments.filter:
        print("No run fits the filter.")
    elif not rows:
        print("There are no runs yet. Start one with `tflab run LESSON`.")
    return 0


def _wanted(history: History, text: str) -> list[HistoryRow]:
    """Return the rows that a filter keeps, read in full where they have to be.

    Raises:
        Problem: When the filter makes no sense.
    """
    rows = history.rows()
    if not text.strip():
        return rows
    rows = [history.mend(row.id) or row if row.partial else row for row in rows]
    return parse_filter(text, names_in(rows)).keep(rows)


def ago(seconds: float) -> str:
    """Return how long ago something was, in words; the clock may have been set back since."""
    for size, name in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= size:
            return f"{int(seconds / size)} {name} ago"
    return "just now" if seconds < 5 else f"{int(seconds)} s ago"


def _print_rows(store: RunStore, rows: list[HistoryRow]) -> None:
    defaults = _Defaults()
    print_table([_columns(store, row, defaults) for row in rows])


def _columns(store: RunStore, row: HistoryRow, defaults: _Defaults) -> tuple[str, ...]:
    found = row.summary
    when = ago(time.time() - found.created)
    if found.seconds is not None:
        when += f", took {found.seconds:.1f} s"
    status = found.status
    host = "" if row.over else machine_of(store, row.id)
    changed = defaults.changed(found)
    if found.continues:
        when += f", goes on from {found.continues}"
    words = [when, *([f"on {host}"] if host else []), *([changed] if changed else [])]
    return row.id, status, plain_line(found.lesson), _loss(found), ", ".join(words)


def _loss(found: RunSummary) -> str:
    tag = main_metric(found.metrics)
    if tag is None:
        return ""
    last = last_value(found.metrics[tag])
    return f"{plain_line(tag)} {last:.4g}" if last is not None else ""


def _as_json(store: RunStore, row: HistoryRow) -> dict[str, Any]:
    found = row.summary
    return {
        "run": row.id,
        "status": found.status,
        "lesson": found.lesson,
        "title": found.title,
        "created": found.created,
        "seconds": found.seconds,
        "parameters": found.parameters,
        "device": found.device,
        "target": found.target or None,
        "seed": found.seed,
        "continues": found.continues or None,
        "metrics": found.metrics,
        "goals": found.goals,
        "machine": machine_of(store, row.id) or None,
    }


class _Defaults:
    """The default values of lessons, each lesson read once."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}

    def changed(self, found: RunSummary) -> str:
        """Return the values that are not the lesson's own; all of them where it is gone."""
        if found.lesson not in self._known:
            self._known[found.lesson] = _read(found.lesson)
        own = self._known[found.lesson]
        values = [
            f"{name} {format_value(value)}"
            for name, value in found.parameters.items()
            if name not in own or own[name] != value
        ]
        if found.seed:
            values.append(f"seed {number_text(found.seed)}")
        if found.device != "cpu":
            values.append(found.device)
        if found.target:
            values.append(f"on {found.target}")
        return plain_line(" ".join(values))


def _read(lesson: str) -> dict[str, Any]:
    from tflab.programs.library import resolve
    from tflab.programs.reader import ProgramError, read_program
    from tflab.runs.record import Problem

    try:
        return dict(read_program(resolve(lesson)).defaults)
    except (Problem, ProgramError):
        return {}


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="all of them, not only the newest")
    parser.add_argument(
        "--filter",
        metavar="TEXT",
        default="",
        help='only some, such as "learning_rate<0.1 loss<0.03 state=finished age<2d"',
    )
    add_json(parser, "one JSON array")


COMMAND = Command(
    "list the runs, those that are still going first", "tflab runs --all", run, _add_options
)
