"""`tflab stop RUN`: stop a run or a sweep, wherever it was started."""

from __future__ import annotations

import argparse
import time
from contextlib import suppress

from tflab.cli.command import Command
from tflab.cli.ids import HELP, named_sweep
from tflab.cli.run_text import summary_line
from tflab.cli.sweep_text import outcome
from tflab.cli.terminal import terminal
from tflab.runs.job import has_job
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.summary import summarise, write_summary
from tflab.runs.system_errors import what_to_do
from tflab.sweeps.stop import stop_sweep
from tflab.targets.runner import stop_job
from tflab.targets.stop import stop_run


def run(arguments: argparse.Namespace) -> int:
    """Stop the run or the sweep, wait until it is gone and say how it ended; return 0.

    Raises:
        Problem: When there is no such run, it is over already or on another machine, or its end
            cannot be written.
    """
    store, began = RunStore(), time.monotonic()
    sweep = named_sweep(arguments.run, store)
    if sweep is None:
        words = _stop_run(store, store.find(arguments.run))
    else:
        words = "\n".join(outcome(stop_sweep(sweep, store), None, terminal()))
    print(f"{words} It took {time.monotonic() - began:.1f} s to stop.")
    return 0


def _stop_run(store: RunStore, found: str) -> str:
    folder = store.folder(found)
    try:
        if has_job(folder):
            stop_job(store.record(found), folder)
        else:
            stop_run(folder)
    except OSError as error:
        raise Problem(
            "The run was stopped, but its log does not say so",
            f"{folder}: {error.strerror}.",
            f"{what_to_do(error)} Then look at it with `tflab attach`.",
        ) from error
    record, state = store.record(found), store.load(found)
    # The summary can be made again from the log at any time.
    with suppress(OSError):
        write_summary(folder, summarise(record, state))
    return summary_line(record, state)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help=HELP)


COMMAND = Command(
    "stop a run or a sweep that is still going",
    "tflab stop last\n  tflab stop last-sweep",
    run,
    _add_options,
)
