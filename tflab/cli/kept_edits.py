"""The person's edits of a lesson on the command line: taken when asked for, and told otherwise."""

from __future__ import annotations

import argparse
import sys

from tflab.programs.edit_store import EditStore
from tflab.programs.edits import code_cells_of, with_edits
from tflab.programs.program import Program
from tflab.runs.record import Problem


def add_edits(parser: argparse.ArgumentParser) -> None:
    """Add `--edits`."""
    parser.add_argument(
        "--edits",
        action="store_true",
        help="run with your edits of the lesson's cells, not the file as it is",
    )


def with_kept_edits(program: Program, wanted: bool) -> Program:
    """Return a program with what the person wrote in the workbench, if that is wanted.

    Answers to exercises are taken either way. What else there is and not wanted is told on stderr.

    Raises:
        ProgramError: When the program cannot be used with the edits.
        Problem: When they are wanted and cannot be read.
    """
    try:
        found = EditStore().read(program).placement
    except Problem:
        if wanted:
            raise
        return program
    texts = {one.cell: one.edit.text for one in found.placed}
    if wanted:
        return with_edits(program, texts)
    answers = {i: text for i, text in texts.items() if program.cells[i].exercise is not None}
    texts = {i: text for i, text in texts.items() if i not in answers}
    if texts:
        cells = [cell.index for cell in code_cells_of(program)]
        names = ", ".join(str(cells.index(index) + 1) for index in texts)
        what = f"cell {names}" if len(texts) == 1 else f"the cells {names}"
        text = f"You have edits of {what}; this runs the file as it is. --edits takes them."
        print(text, file=sys.stderr)
    return with_edits(program, answers)
