"""`tflab` and `tflab open LESSON`: the workbench."""

from __future__ import annotations

import argparse
import sys

from tflab.runs.record import Problem


def run(arguments: argparse.Namespace) -> int:
    """Open the workbench and return its exit code.

    Raises:
        Problem: When there is no such lesson, or no terminal to draw on.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Problem(
            "The workbench needs a terminal",
            "Standard input or output is no terminal here.",
            "Run a lesson as plain text with `tflab run LESSON --plain`.",
        )
    from tflab.ui.app import run_app

    return run_app(getattr(arguments, "lesson", None))
