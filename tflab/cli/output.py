"""Standard streams that are closed or cannot be written."""

from __future__ import annotations

import os
import sys

_NAMES = ("stdin", "stdout", "stderr")


def fill_closed_streams() -> None:
    """Put the null device where stdin, stdout or stderr is closed, as `>&-` leaves it.

    Otherwise the next file that opens gets its number, and what a run prints goes into that file.
    """
    for number, name in enumerate(_NAMES):
        if getattr(sys, name) is None:
            mode = os.O_RDONLY if number == 0 else os.O_WRONLY
            null = os.open(os.devnull, mode)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            os.set_inheritable(number, True)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8"))


def stdout_takes_nothing() -> bool:
    """Return whether stdout refuses another line, as a file on a full disk does."""
    try:
        print(flush=True)
    except OSError:
        return True
    return False


def give_up_stdout() -> None:
    """Let what still waits go to the null device: Python would complain once more at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
