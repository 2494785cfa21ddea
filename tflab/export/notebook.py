"""A run as a Jupyter notebook: the lesson as run, its values in place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tflab.export.source import cells_with_values, origin, set_up_code
from tflab.programs.program import Cell
from tflab.runs.record import RunRecord


def notebook(record: RunRecord) -> str:
    """Return the notebook as JSON (nbformat 4.5).

    Raises:
        ProgramError: When this version of tflab cannot read the lesson any more.
    """
    cells: list[dict[str, Any]] = []
    for cell in cells_with_values(record.request):
        if cell.kind == "code" and not any(c["cell_type"] == "code" for c in cells):
            cells.append(code_cell("set-up", set_up_code(record)))
        cells.append(_cell(cell))
    return notebook_json(cells, {"run": record.id, "origin": origin(record)})


def notebook_json(cells: Sequence[dict[str, Any]], about: dict[str, str]) -> str:
    """Return cells as a notebook; `about` is kept in its metadata."""
    found = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            "tflab": about,
        },
        "cells": cells,
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def prose_cell(name: str, text: str) -> dict[str, Any]:
    """Return a cell of Markdown; `name` is its id."""
    return {"id": name, "cell_type": "markdown", "metadata": {}, "source": text}


def code_cell(name: str, source: str, tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a cell of code that has not run; `name` is its id."""
    return {
        "id": name,
        "cell_type": "code",
        "metadata": {"tags": list(tags)} if tags else {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    name = f"cell-{cell.index}"
    if cell.kind == "code":
        return code_cell(name, cell.source, cell.tags)
    return prose_cell(name, cell.source)
