"""`tflab` and `tflab open LESSON`: the workbench."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from tflab.cli.command import Command
from tflab.runs.paths import check_data_folder
from tflab.runs.problem import Problem

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Open the workbench at a lesson and return its exit code."""
    if arguments.python:
        from tflab.cli.environments import keep_python
        from tflab.programs.library import resolve

        keep_python(resolve(arguments.lesson), arguments.python)
    return open_workbench(arguments.lesson)


def open_workbench(lesson: str | None) -> int:
    """Open the workbench and return its exit code.

    Args:
        lesson: An id, a number or a path; None for the one last open.

    Raises:
        Problem: When there is no such lesson, or no terminal to draw on.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Problem(
            "The workbench needs a terminal",
            "Standard input or output is no terminal here.",
            "Run a program as plain text with `tflab run LESSON --plain`.",
        )
    check_data_folder()
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        # Such a terminal promises no colour at all; Textual would send it 16 million.
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "standard")
    # Collecting garbage while thousands of lasting objects are made takes a fifth of the time to
    # the first paint; the app turns it on again once there is something to read.
    gc.disable()
    from tflab.ui.app import run_app

    return run_app(lesson)


def _add_options(parser: argparse.ArgumentParser) -> None:
    # The first paint needs nothing that reads words.
    from tflab.cli.options import add_lesson, add_python

    add_lesson(parser)
    add_python(parser)


COMMAND = Command(
    "open the workbench at a program", "tflab open linear-classifier", run, _add_options
)
