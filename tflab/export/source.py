"""The lesson of a run with the run's values in place of the defaults."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tflab.programs.program import Cell, Program
from tflab.programs.reader import parse_program
from tflab.runs.record import RunRecord, RunRequest
from tflab.runs.text import plain_line


def lesson_as_run(request: RunRequest) -> Program:
    """Return the lesson that a request holds.

    Raises:
        ProgramError: When this version of tflab cannot read it any more.
    """
    return parse_program(request.source, Path(request.path))


def cells_with_values(request: RunRequest) -> list[Cell]:
    """Return the cells that the run had, up to its last one, with its values in place."""
    lesson = lesson_as_run(request)
    cells: list[Cell] = []
    for cell in lesson.cells:
        if request.until is not None and cell.index > request.until:
            break
        if cell.is_parameters and cell.kind == "code":
            source = put_values(cell.source, request.parameters)
            cell = msgspec.structs.replace(cell, source=source)  # noqa: PLW2901
        cells.append(cell)
    return cells


def put_values(source: str, values: Mapping[str, Any]) -> str:
    """Return the code of a parameters cell with the literal of each named assignment replaced."""
    text = source.encode()
    starts = [0]
    for line in text.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    spans: list[tuple[int, int, bytes]] = []
    for statement in ast.parse(source).body:
        match statement:
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value)
            ) if name in values:
                # Columns count bytes of UTF-8, so the text is cut as bytes.
                first = starts[value.lineno - 1] + value.col_offset
                last = starts[(value.end_lineno or value.lineno) - 1] + (value.end_col_offset or 0)
                spans.append((first, last, repr(values[name]).encode()))
    for first, last, literal in sorted(spans, reverse=True):
        text = text[:first] + literal + text[last:]
    return text.decode()


def set_up_code(record: RunRecord) -> str:
    """Return the code that gives a plain Python process the run's device and seed."""
    request = record.request
    device = ""
    if request.device != "cpu":
        device = request.device_uuid or request.device.removeprefix("gpu:")
    return "\n".join(
        [
            "# What tflab sets before a run: the device, then the seed.",
            "import os",
            "",
            'os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"',
            f'os.environ["CUDA_VISIBLE_DEVICES"] = {json.dumps(device)}',
            "",
            "import keras",
            "",
            f"keras.utils.set_random_seed({request.seed})",
        ]
    )


def origin(record: RunRecord) -> str:
    """Say in one line which run this is, and with which versions it ran."""
    versions = ", ".join(f"{name} {version}" for name, version in record.versions.items())
    words = f"Run {record.id} of {record.request.lesson}" + (f" ({versions})" if versions else "")
    return plain_line(words)
