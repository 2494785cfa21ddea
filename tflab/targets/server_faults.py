"""What can be wrong with a fork server: it does not start, does not answer, or is gone."""

from __future__ import annotations

import signal
from pathlib import Path

from tflab.runs.atomic_files import read_file
from tflab.runs.processes import signal_name
from tflab.runs.record import Problem
from tflab.runs.system_errors import what_to_do


def cannot_start(error: OSError, interpreter: str) -> Problem:
    """Return why a server could not be started in `interpreter`, empty for our own."""
    if interpreter and error.filename == interpreter:
        return Problem(
            "The environment's Python cannot be started",
            f"{error.filename}: {error.strerror}.",
            "Choose another environment, or make this one anew; `tflab envs` lists them.",
        )
    return Problem(
        "The fork server cannot be started",
        f"{error.filename or 'The system'}: {error.strerror}.",
        what_to_do(error),
    )


def does_not_answer(seconds: float) -> Problem:
    """Return the problem of a server that has not begun a run for so long."""
    return Problem(
        "The fork server does not answer",
        f"It was asked for a run {seconds:.0f} s ago and has not begun it. It may "
        "have been stopped, or the machine is short of memory.",
        "Run again; a new one starts by itself. Runs that were going on go on.",
    )


def gone(code: int | None, said: str) -> Problem:
    """Return why a server is gone: its exit code, if that is known, and its last words."""
    if code == -signal.SIGILL:
        return Problem(
            "TensorFlow does not fit this CPU",
            "It used an instruction that this CPU does not have (most builds need AVX).",
            "Install a TensorFlow that was built for this machine.",
        )
    how = {None: "", 0: " by itself"}.get(code, f" with code {code}")
    if code is not None and code < 0:
        how = f" by {signal_name(-code)}"
    return Problem(
        "The fork server is gone",
        f"It ended{how}. {f'It said last: {said}' if said else 'It said nothing.'}",
        "Start it again; runs that were going on have logs of their own.",
    )


def last_words(log: Path, begin: int) -> str:
    """Return the last lines that a server wrote to its log, which had `begin` bytes before it."""
    try:
        data = read_file(log)[begin:]
    except OSError:
        return ""
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines()]
    return " ".join([line for line in lines if line][-3:])[-600:]
