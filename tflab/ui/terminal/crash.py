"""A fault of our own: a short message, and a file for whoever mends it.

The file has the calls and no values: a value may be a secret.
"""

from __future__ import annotations

import contextlib
import platform
import time
import traceback
from pathlib import Path

from textual.worker import WorkerFailed

from tflab import __version__
from tflab.runs.atomic_files import write_atomically
from tflab.runs.paths import data_folder
from tflab.runs.text import plain, plain_line

_KEPT = 10
_LONGEST = 300


def report_crash(error: BaseException) -> str:
    """Keep what is known of a fault, and return what to tell the person.

    Where it cannot be kept, all of it is told.
    """
    if isinstance(error, WorkerFailed):
        error = error.error
    name = plain_line(f"{type(error).__name__}: {error}")[:_LONGEST]
    lines = [
        "tflab: A fault of its own ended the workbench",
        f"  {name}",
        "  Runs that were going on go on: start tflab again, it finds them.",
    ]
    details = "".join(traceback.format_exception(error))
    try:
        path = _keep(details)
    except OSError as problem:
        lines += [f"  The details cannot be kept ({problem.strerror}):", plain(details)]
    else:
        lines += [f"  The details are in {plain_line(str(path))}; please report them."]
    return "\n".join(lines)


def _keep(details: str) -> Path:
    """Write a file that nobody else may read; only the newest few stay."""
    folder = data_folder() / "crashes"
    versions = f"tflab {__version__}, Python {platform.python_version()}, {platform.platform()}"
    path = folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09}.txt"
    write_atomically(path, f"{versions}\n\n{details}".encode("utf-8", "backslashreplace"))
    for old in sorted(folder.glob("*.txt"))[:-_KEPT]:
        with contextlib.suppress(OSError):
            old.unlink()
    return path
