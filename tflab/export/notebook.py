"""A run as a Jupyter notebook: the lesson as run, its values in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tflab.export.source import cells_with_values, origin, set_up_code
from tflab.programs.program import Cell
from tflab.runs.record import RunRecord
from tflab.runs.text import harmless_json

_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def notebook(record: RunRecord) -> str:
    """Return the notebook as JSON (nbformat 4.5).

    Raises:
        ProgramError: When this version of tflab cannot read the lesson any more.
    """
    cells: list[Any] = []
    for cell in cells_with_values(record.request, magics=True):
        if cell.kind == "code" and not any(made.cell_type == "code" for made in cells):
            cells.append(code_cell("set-up", set_up_code(record)))
        cells.append(_cell(cell))
    return notebook_json(cells, {"run": record.id, "origin": origin(record)})


def notebook_json(cells: Sequence[Any], about: dict[str, str]) -> str:
    """Return cells as a notebook; `about` is kept in its metadata."""
    metadata = {"kernelspec": _KERNEL, "language_info": {"name": "python"}, "tflab": about}
    found = new_notebook(cells=list(cells), metadata=metadata)
    return harmless_json(nbformat.writes(found, nbformat.current_nbformat)) + "\n"


def prose_cell(name: str, text: str) -> Any:
    """Return a cell of Markdown; `name` is its id."""
    return new_markdown_cell(text, id=name)


def code_cell(name: str, source: str, tags: tuple[str, ...] = ()) -> Any:
    """Return a cell of code that has not run; `name` is its id."""
    return new_code_cell(source, id=name, metadata={"tags": list(tags)} if tags else {})


def _cell(cell: Cell) -> Any:
    name = f"cell-{cell.index}"
    if cell.kind == "code":
        return code_cell(name, cell.source, cell.tags)
    return prose_cell(name, cell.source)
