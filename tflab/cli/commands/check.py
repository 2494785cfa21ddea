"""`tflab check PATH…`: are these files good lessons?"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from tflab.cli.command import Command
from tflab.programs.reader import check_program
from tflab.runs.text import plain_line

_ENDINGS = (".py", ".ipynb")


def run(arguments: argparse.Namespace) -> int:
    """Print every problem with file and line; 1 when there is any, or no lesson at all."""
    good = bad = 0
    for path in _files([Path(text) for text in arguments.paths]):
        found = check_program(path)
        for finding in found:
            print(plain_line(str(finding)))
        if any(finding.level != "advice" for finding in found):
            bad += 1
        else:
            good += 1
            print(f"{plain_line(os.fspath(path))}: a good lesson")
    if good + bad == 0:
        print("There is no lesson file here. Give a path that ends in .py or .ipynb.")
    elif good + bad > 1:
        print(f"{good} good, {bad} with problems")
    return 0 if good and not bad else 1


def _files(paths: list[Path]) -> Iterator[Path]:
    """Yield the files; a folder stands for the programs right in it."""
    for path in paths:
        if path.is_dir():
            # Not `glob`, to which a folder that may not be read is an empty one.
            names = sorted(os.listdir(path))
            yield from (path / n for n in names if n.endswith(_ENDINGS) and n[0] not in "._")
        else:
            yield path


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="PATH", nargs="+", help="a file, or a folder of them")


COMMAND = Command(
    "say whether files are good lessons", "tflab check my_lesson.py", run, _add_options
)
