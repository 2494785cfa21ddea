"""`tflab delete RUN…`: runs that are no longer wanted move to the trash."""

from __future__ import annotations

import argparse

from tflab.cli.command import Command
from tflab.cli.commands.trash import tidy
from tflab.runs.history import History
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.trash import Trash


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
            raise Problem(
                "The run goes on", f"{run_id} has not ended.", f"Stop it: `tflab stop {run_id}`."
            )
    for run_id in runs:
        trash.delete(run_id)
        print(f"Deleted {run_id}; `tflab trash --restore {run_id}` brings it back.")
    tidy(trash)
    return 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "runs", metavar="RUN", nargs="+", help="a run's id, the beginning of one, or last"
    )


COMMAND = Command("move runs to the trash", "tflab delete last", run, _add_options)
