"""How a run ended, from what its program raised; and what a process that it forked leaves with."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tflab.recording.values import to_text
from tflab.runs.events import Ended, Error
from tflab.runs.record import RunRequest
from tflab.worker.errors import explain, leaving
from tflab.worker.flush_files import flush_open_files
from tflab.worker.leaving import ExitHandlers

_WRONG_OPTIONS = 2
"""What `argparse` leaves with when it refuses what it is given."""


def outcome(
    error: BaseException | None,
    request: RunRequest,
    interrupted: bool,
    cell: int | None,
    names: Iterable[str],
    refused: str = "",
) -> tuple[list[Error], Ended]:
    """Return the error if there was one, and how the run ended.

    Args:
        error: What the program raised.
        request: The run.
        interrupted: Whether it was asked to stop; what comes of that is no failure of the program.
        cell: Index of the cell that was running, or ran last.
        names: The program's global names.
        refused: What its parser said, where it refused its options.
    """
    if error is None:
        return [], Ended(state="finished", time=time.time(), exit_code=0)
    if isinstance(error, KeyboardInterrupt):
        return [], cancelled("Stopped.")
    if isinstance(error, SystemExit):
        if interrupted:
            return [], cancelled("The program left when it was interrupted.")
        return [], _left(error, request, refused)
    found = explain(error, Path(request.path), cell, names, request.cells)
    cause = f"{found.title}: {found.cause}".partition("\n")[0][:300]
    if interrupted:
        return [], cancelled(f"While it was stopped: {cause}")
    return [found], Ended(
        state="failed",
        time=time.time(),
        cause=cause,
        next_step=found.next_step,
        exit_code=1,
    )


def cancelled(cause: str) -> Ended:
    """Return the end of a run that was stopped."""
    return Ended(state="cancelled", time=time.time(), cause=cause, exit_code=130)


def code_of_child(error: BaseException | None, handlers: ExitHandlers) -> int:
    """Return what a forked child leaves with, as plain `python` would, and say what it raised."""
    code = _said_by_child(error)
    with suppress(KeyboardInterrupt):
        handlers.run()
    flush_open_files()
    return code


def _left(error: SystemExit, request: RunRequest, refused: str) -> Ended:
    code, said = leaving(error)
    if code == _WRONG_OPTIONS and refused:
        return Ended(
            state="failed",
            time=time.time(),
            cause=f"The program refused its options: {to_text(refused)[:300]}.",
            next_step="Give other options; `tflab check --parameters` lists them.",
            exit_code=code,
        )
    if code == 0:
        return Ended(
            state="finished",
            time=time.time(),
            cause="The program left early, by sys.exit.",
            exit_code=0,
        )
    return Ended(
        state="failed",
        time=time.time(),
        cause=f"The program left by sys.exit with code {code}{f': {said}' if said else '.'}",
        next_step="Read what it says of its options, and give others."
        if code == _WRONG_OPTIONS and request.command
        else "Look at what it printed before, or remove the call of sys.exit.",
        exit_code=code,
    )


def _said_by_child(error: BaseException | None) -> int:
    if error is None:
        return 0
    if isinstance(error, SystemExit):
        code, said = leaving(error)
        if said:
            sys.stderr.write(f"{said}\n")
        return code
    traceback.print_exception(type(error), error, error.__traceback__)
    return 130 if isinstance(error, KeyboardInterrupt) else 1
