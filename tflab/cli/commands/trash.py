"""`tflab trash`: deleted runs, and room on the disk."""

from __future__ import annotations

import argparse

from tflab.cli.command import Command
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.text import count_of
from tflab.runs.trash import KEEP_SECONDS, Trash, bytes_text


def run(arguments: argparse.Namespace) -> int:
    """Show, restore or empty the trash; return 0.

    Raises:
        Problem: When a run is not there, or cannot be moved or removed.
    """
    trash = Trash(RunStore())
    if arguments.restore is not None:
        _restore(trash, arguments.restore)
    elif arguments.empty:
        print(f"{count_of(trash.empty(), 'run')} deleted for good.")
    tidy(trash)
    return 0


def tidy(trash: Trash) -> None:
    """Delete for good what has been in the trash for seven days, and say how much room is used.

    Raises:
        Problem: When something cannot be removed.
    """
    trash.empty(KEEP_SECONDS)
    use = trash.disk_use()
    print(
        f"Runs take {bytes_text(use.runs)}, the trash {bytes_text(use.trash)} "
        f"({count_of(len(trash.ids()), 'run')}); {bytes_text(use.free)} are free."
    )


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


def _add_options(parser: argparse.ArgumentParser) -> None:
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--restore", metavar="RUN", help="bring this run back; `all` for all")
    choice.add_argument("--empty", action="store_true", help="delete them for good")


COMMAND = Command(
    "show the trash, bring runs back, or empty it", "tflab trash --empty", run, _add_options
)
