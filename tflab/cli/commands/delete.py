"""`tflab delete RUN…`: runs that are no longer wanted move to the trash."""

from __future__ import annotations

import argparse
import time

from tflab.cli.command import Command
from tflab.cli.commands.trash import tidy
from tflab.runs.history import History, HistoryRow
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash

_LONGEST_START = 600.0
"""Seconds. TensorFlow takes a minute at most, on a disk that is very slow."""


def run(arguments: argparse.Namespace) -> int:
    """Delete runs and return 0; nothing is deleted when one of them goes on.

    Raises:
        Problem: When there is no such run, or it has not ended.
    """
    store = RunStore()
    history, trash = History(store), Trash(store)
    runs = list(dict.fromkeys(map(store.find, arguments.runs)))
    for run_id in runs:
        row = history.row(run_id)
        if row is not None and not row.over:
            _check_abandoned(row)
    for run_id in runs:
        trash.delete(run_id)
        print(f"Deleted {run_id}; `tflab trash --restore {run_id}` brings it back.")
    tidy(trash)
    return 0


def _check_abandoned(row: HistoryRow) -> None:
    """Let a run go that never got a process: nothing of it is there to stop.

    Raises:
        Problem: When it goes on, or may yet begin.
    """
    if row.summary.status != "starting":
        raise Problem(
            "The run goes on", f"{row.id} has not ended.", f"Stop it: `tflab stop {row.id}`."
        )
    if time.time() - row.summary.created < _LONGEST_START:
        raise Problem(
            "The run is about to begin",
            f"{row.id} waits for its process.",
            "Wait until it runs; one that has waited for ten minutes can be deleted.",
        )


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "runs", metavar="RUN", nargs="+", help="a run's id, the beginning of one, or last"
    )


COMMAND = Command("move runs to the trash", "tflab delete last", run, _add_options)
