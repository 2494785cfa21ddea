"""`tflab delete RUN…` and `tflab trash`: runs that are no longer wanted, and room on the disk."""

from __future__ import annotations

import argparse

from tflab.runs.history import History
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.text import count_of
from tflab.runs.trash import KEEP_SECONDS, Trash, bytes_text


def run(arguments: argparse.Namespace) -> int:
    """Delete runs, or show, restore or empty the trash; return 0.

    What has been in the trash for seven days goes for good on every call.
    """
    store = RunStore()
    trash = Trash(store)
    if arguments.command == "delete":
        _delete(store, trash, list(dict.fromkeys(map(store.find, arguments.runs))))
    elif arguments.restore is not None:
        _restore(trash, arguments.restore)
    elif arguments.empty:
        print(f"{count_of(trash.empty(), 'run')} deleted for good.")
    trash.empty(KEEP_SECONDS)
    use = trash.disk_use()
    print(
        f"Runs take {bytes_text(use.runs)}, the trash {bytes_text(use.trash)} "
        f"({count_of(len(trash.ids()), 'run')}); {bytes_text(use.free)} are free."
    )
    return 0


def _delete(store: RunStore, trash: Trash, runs: list[str]) -> None:
    history = History(store)
    for run_id in runs:
        row = history.row(run_id)
        if row is not None and not row.over:
            raise Problem(
                "The run goes on", f"{run_id} has not ended.", f"Stop it: `tflab stop {run_id}`."
            )
    for run_id in runs:
        trash.delete(run_id)
        print(f"Deleted {run_id}; `tflab trash --restore {run_id}` brings it back.")


def _restore(trash: Trash, wanted: str) -> None:
    found = [run_id for run_id in trash.ids() if wanted == "all" or run_id.startswith(wanted)]
    if not found:
        raise Problem(
            "No such run", f"The trash has no run {wanted!r}.", "See `tflab trash` for its size."
        )
    if len(found) > 1 and wanted != "all":
        raise Problem(
            "Which run?", f"{len(found)} runs begin with {wanted!r}.", "Write more of its id."
        )
    for run_id in found:
        trash.restore(run_id)
        print(f"Brought back {run_id}.")
