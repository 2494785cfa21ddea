"""The helper process that splits lessons, so that jupytext need not come into the workbench.

`python -m tflab.programs.split_helper` reads texts from standard input and writes what they were
split into to standard output, both as JSON. It imports little else: somebody waits for it.
"""

from __future__ import annotations

import gc
import os
import sys

import msgspec

from tflab.programs.percent import MarkError, split_cells
from tflab.programs.program import Cell


class Split(msgspec.Struct, frozen=True):
    """What a text was split into, or the line (from 1) of the cell mark that makes no sense."""

    cells: tuple[Cell, ...] = ()
    bad_mark: int | None = None


def split(source: str) -> Split:
    """Split one text in this process."""
    try:
        return Split(split_cells(source))
    except MarkError as error:
        return Split(bad_mark=error.line)


def main() -> None:
    """Split the texts on standard input."""
    # TensorFlow is being imported beside it as a rule, and that takes longer.
    os.nice(5)
    # It ends before there is anything worth collecting.
    gc.disable()
    sources = msgspec.json.decode(sys.stdin.buffer.read(), type=list[str])
    sys.stdout.buffer.write(msgspec.json.encode([split(source) for source in sources]))


if __name__ == "__main__":
    main()
