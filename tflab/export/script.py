"""A run as a Python program: the lesson as run, its values in place, device and seed set first.

It is a lesson file as well, and needs tflab installed, as every lesson does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tflab.export.source import cells_with_values, futures_first, origin, set_up_code
from tflab.programs.program import Cell
from tflab.runs.record import RunRecord


def script(record: RunRecord) -> str:
    """Return the program.

    Raises:
        ProgramError: When this version of tflab cannot read the lesson any more.
    """
    return "\n".join(_lines(record)).rstrip("\n") + "\n"


def _lines(record: RunRecord) -> Iterator[str]:
    yield f"# {origin(record)}, written by `tflab export`."
    yield "# It needs tflab installed: python -m pip install tflab-workbench."
    yield ""
    begun = False
    futures, cells = futures_first(cells_with_values(record.request))
    yield from (*futures, *([""] if futures else []))
    for cell in cells:
        if cell.kind == "code" and not begun:
            begun = True
            yield from ("# %%", set_up_code(record), "")
        yield from cell_lines(cell)


def cell_lines(cell: Cell) -> Iterator[str]:
    """Yield the lines of a cell in the percent format, an empty one after it."""
    if cell.kind == "prose":
        yield "# %% [markdown]"
        # Python begins a new line after a lone carriage return, and prose must not become code.
        for line in re.split(r"\r\n?|\n", cell.source):
            yield f"# {line}" if line.strip() else "#"
    else:
        yield '# %% tags=["parameters"]' if cell.is_parameters else "# %%"
        yield cell.source
    yield ""
