"""`tflab stop RUN`: stop a run that was started anywhere on this machine."""

from __future__ import annotations

import argparse
import time
from contextlib import suppress

from tflab.cli.command import Command
from tflab.cli.options import add_run
from tflab.cli.run_text import summary_line
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.summary import summarise, write_summary
from tflab.targets.stop import stop_run


def run(arguments: argparse.Namespace) -> int:
    """Stop the run, wait until it is gone and say how it ended; return 0.

    Raises:
        Problem: When there is no such run, it is over already or on another machine, or its end
            cannot be written.
    """
    store = RunStore()
    found = store.find(arguments.run)
    folder = store.folder(found)
    began = time.monotonic()
    try:
        stop_run(folder)
    except OSError as error:
        raise Problem(
            "The run was stopped, but its log does not say so",
            f"{folder}: {error.strerror}.",
            "Make room, then look at it with `tflab attach`.",
        ) from error
    record, state = store.record(found), store.load(found)
    # The summary can be made again from the log at any time.
    with suppress(OSError):
        write_summary(folder, summarise(record, state))
    print(f"{summary_line(record, state)} It took {time.monotonic() - began:.1f} s to stop.")
    return 0


COMMAND = Command("stop a run that is still going", "tflab stop last", run, add_run)
