"""The lesson of a run with the run's values in place of the defaults."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence

import msgspec

from tflab.programs.edits import program_as_run
from tflab.programs.magics import plain_python
from tflab.programs.program import Cell, Program
from tflab.runs.record import CommandOption, RunRecord, RunRequest
from tflab.runs.text import plain_line

_FUTURE = re.compile(r"^from[ \t]+__future__[ \t]+import[ \t]+[\w, \t]+$", re.MULTILINE)


def lesson_as_run(request: RunRequest) -> Program:
    """Return the lesson that a request holds.

    Raises:
        ProgramError: When this version of tflab cannot read it any more.
    """
    return program_as_run(request)


def cells_with_values(request: RunRequest, magics: bool = False) -> list[Cell]:
    """Return the cells that the run had, up to its last one, with its values in place.

    Args:
        request: What was run.
        magics: Whether a notebook keeps its magics; as plain Python they are comments otherwise.
    """
    program = lesson_as_run(request)
    values = {name: repr(value) for name, value in request.parameters.items()}
    cells: list[Cell] = []
    for cell in program.cells:
        if request.until is not None and cell.index > request.until:
            break
        if cell.kind == "code":
            source = code_with_values(program, cell, values, magics)
            cell = msgspec.structs.replace(cell, source=source)  # noqa: PLW2901
        cells.append(cell)
    return cells


def code_with_values(
    program: Program, cell: Cell, values: Mapping[str, str], magics: bool = False
) -> str:
    """Return the code of a cell with other code in the places of its parameters' literals.

    Args:
        program: The program that the cell is of.
        cell: A code cell of it.
        values: The code for each parameter; those that are left out stay as they are.
        magics: Whether magics stay; as plain Python they are comments otherwise.
    """
    is_lesson = program.kind == "lesson"
    plain = cell.source if is_lesson else plain_python(cell.source).source
    wanted = {
        (p.place.line - cell.line + 1, p.place.column): values[p.name]
        for p in program.parameters
        if p.place is not None and p.place.cell == cell.index and p.name in values
    }
    filled = put_values(plain, wanted)
    if plain == cell.source:
        return filled
    # A value may take more lines than its literal did, but no literal spans any of a magic's.
    changed = [
        (before, after)
        for before, after in zip(cell.source.split("\n"), plain.split("\n"), strict=True)
        if before != after and (not after.strip() or "get_ipython()" in after or after == "pass")
    ]
    return _with_magics(filled, changed, magics)


def put_values(source: str, wanted: Mapping[tuple[int, int], str]) -> str:
    """Return some code with other code in the place of literals.

    Args:
        source: The code.
        wanted: What goes where: lines count from 1, columns count the bytes before the literal.
    """
    if not wanted:
        return source
    text = source.encode()
    starts = [0]
    for line in text.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    spans: dict[tuple[int, int], tuple[int, int, bytes]] = {}
    for node in ast.walk(ast.parse(source)):
        place = (getattr(node, "lineno", 0), getattr(node, "col_offset", -1))
        if place not in wanted or not isinstance(node, ast.Constant | ast.UnaryOp | ast.BinOp):
            continue
        # Columns count bytes of UTF-8, so the text is cut as bytes.
        first = starts[node.lineno - 1] + node.col_offset
        last = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        if last > spans.get(place, (0, 0, b""))[1]:
            spans[place] = (first, last, wanted[place].encode())
    for first, last, code in sorted(spans.values(), reverse=True):
        text = text[:first] + code + text[last:]
    return text.decode()


def futures_first(cells: Sequence[Cell]) -> tuple[list[str], list[Cell]]:
    """Return the `from __future__` imports of some cells, and the cells without them.

    In one file they have to come first of all.
    """
    futures: list[str] = []
    left: list[Cell] = []
    for cell in cells:
        if cell.kind == "code" and "__future__" in cell.source:
            futures += (line.strip() for line in _FUTURE.findall(cell.source))
            source = _FUTURE.sub("# (It stands at the top of the file.)", cell.source)
            cell = msgspec.structs.replace(cell, source=source)  # noqa: PLW2901
        left.append(cell)
    return list(dict.fromkeys(futures)), left


def option_code(command: Sequence[CommandOption], values: str) -> list[str]:
    """Return the lines that give a program its options as a run has them; none if it has none.

    Args:
        command: How the program reads them.
        values: Code for the values.
    """
    if not command:
        return []
    return [
        "import sys",
        "",
        "from tflab.runs.record import CommandOption",
        "from tflab.worker.command_line import command_line",
        "",
        "# The options that the program reads from its command line.",
        f"OPTIONS = {list(command)!r}",
        f"sys.argv[1:] = command_line(OPTIONS, {values})",
    ]


def _with_magics(source: str, changed: list[tuple[str, str]], magics: bool) -> str:
    """Return plain code with its magics back, or as comments, line by line."""
    lines = source.split("\n")
    place = 0
    for before, after in changed:
        if after not in lines[place:]:
            continue
        place = lines.index(after, place)
        indent = after[: len(after) - len(after.lstrip())]
        if magics:
            lines[place] = before
        elif after.strip():
            lines[place] = f"{indent}pass  # {before.strip()}"
        elif before.strip():
            lines[place] = f"# {before.strip()}"
        place += 1
    return "\n".join(lines)


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
            *option_code(request.command, repr(request.parameters)),
        ]
    )


def origin(record: RunRecord) -> str:
    """Say in one line which run this is, and with which versions it ran."""
    versions = ", ".join(f"{name} {version}" for name, version in record.versions.items())
    words = f"Run {record.id} of {record.request.lesson}" + (f" ({versions})" if versions else "")
    return plain_line(words)
