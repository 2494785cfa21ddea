"""`tflab new PATH`: a lesson to start from."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from tflab.cli.command import Command
from tflab.programs.library import lesson_id
from tflab.programs.template import new_lesson
from tflab.runs.record import Problem
from tflab.runs.text import plain_line


def run(arguments: argparse.Namespace) -> int:
    """Write the template; never over a file that is there.

    Raises:
        Problem: When the file exists or cannot be written.
    """
    path = Path(arguments.path).expanduser()
    if path.suffix != ".py":
        path = path.with_name(f"{path.name}.py")
    name, _ = lesson_id(path)
    try:
        if path.exists():
            raise Problem("There is such a file already", f"{path} exists.", "Choose another name.")
        _write(path, new_lesson(name.replace("-", " ").capitalize()))
    except OSError as error:
        raise Problem(
            "The lesson cannot be written",
            f"{path}: {error.strerror}.",
            "Choose a folder that you may write to, on a disk with room.",
        ) from error
    shown = plain_line(shlex.quote(str(path)))
    print(f"Wrote {shown}.")
    print(f"Read it and run it: tflab open {shown}")
    print(f"After a change:     tflab check {shown}")
    return 0


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("x", encoding="utf-8")
    try:
        with file:
            file.write(text)
    except OSError:
        # What a full disk did not take would be in the way of the next try.
        path.unlink()
        raise


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="the file to write; it must not exist")


COMMAND = Command("write a lesson to start from", "tflab new my_lesson.py", run, _add_options)
