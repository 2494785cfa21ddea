"""Tensors and results as text: aligned grids for a screen or a report."""

from __future__ import annotations

from typing import Any

from tflab.runs.events import Result, TensorValue
from tflab.runs.text import plain_line

_MAX_ROWS = 12
_MAX_COLUMNS = 10


def describe(tensor: TensorValue) -> str:
    """Return dtype, shape and device on one line, such as `float32 (2, 1) on CPU:0`."""
    shape = f"({', '.join(map(str, tensor.shape))}{',' if len(tensor.shape) == 1 else ''})"
    device = f" on {tensor.device}" if tensor.device else ""
    return f"{tensor.dtype} {shape}{device}"


def grid(tensor: TensorValue) -> list[str]:
    """Return the values as aligned rows; blocks of rank 3 and more are set apart by empty rows.

    At most 12 rows and 10 columns are shown; an ellipsis stands for the rest.
    """
    if tensor.truncated:
        return [" ".join(_cells(tensor.values[:_MAX_COLUMNS])) + " …"]
    rows = _rows(tensor.values)
    shown = [row if row is None else _cells(row) for row in rows[:_MAX_ROWS]]
    width = max((len(cell) for row in shown if row for cell in row), default=0)
    lines = ["" if row is None else "  ".join(cell.rjust(width) for cell in row) for row in shown]
    if len(rows) > _MAX_ROWS:
        lines.append("…")
    return lines


def result_text(result: Result) -> str:
    """Return the value of a result on one line; a tensor of many values as its first ones."""
    if result.tensor is None:
        return plain_line(number_text(result.value))
    lines = [line.strip() for line in grid(result.tensor)]
    if len(lines) == 1:
        return lines[0]
    return f"{lines[0]} …"


def number_text(value: Any) -> str:
    """Return a number with seven digits at most, anything else as Python writes it."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float):
        return f"{value:.7g}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(number_text(item) for item in value)}]"
    return str(value)


def _rows(values: Any) -> list[list[Any] | None]:
    if not isinstance(values, list):
        return [[values]]
    if not values or not isinstance(values[0], list):
        return [values]
    if values[0] and isinstance(values[0][0], list):
        rows: list[list[Any] | None] = []
        for block in values:
            if rows:
                rows.append(None)
            rows.extend(_rows(block))
            if len(rows) > _MAX_ROWS + 1:
                break
        return rows
    return list(values)


def _cells(row: list[Any]) -> list[str]:
    cells = [plain_line(number_text(value)) for value in row[:_MAX_COLUMNS]]
    return [*cells, "…"] if len(row) > _MAX_COLUMNS else cells
