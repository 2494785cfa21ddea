"""A run as a Jupyter notebook: the lesson as run, its values in place."""

from __future__ import annotations

import json
from typing import Any

from tflab.export.source import cells_with_values, origin, set_up_code
from tflab.lessons.lesson import Cell
from tflab.runs.record import RunRecord


def notebook(record: RunRecord) -> str:
    """Return the notebook as JSON (nbformat 4.5).

    Raises:
        LessonError: When this version of tflab cannot read the lesson any more.
    """
    cells: list[dict[str, Any]] = []
    for cell in cells_with_values(record.request):
        if cell.kind == "code" and not any(c["cell_type"] == "code" for c in cells):
            cells.append(_code("set-up", set_up_code(record)))
        cells.append(_cell(cell))
    found = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            "tflab": {"run": record.id, "origin": origin(record)},
        },
        "cells": cells,
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _cell(cell: Cell) -> dict[str, Any]:
    if cell.kind == "code":
        return _code(f"cell-{cell.index}", cell.source, cell.tags)
    return {
        "id": f"cell-{cell.index}",
        "cell_type": "markdown",
        "metadata": {},
        "source": cell.source,
    }


def _code(name: str, source: str, tags: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "id": name,
        "cell_type": "code",
        "metadata": {"tags": list(tags)} if tags else {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }
