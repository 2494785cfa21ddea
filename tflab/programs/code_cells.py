"""What a run executes of a program: its code cells, and where a run's values go in them."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path

from tflab.programs.program import Cell, Program
from tflab.programs.reader import parse_program
from tflab.runs.record import CodeCell, ParameterPlace, RunRequest


def code_cells(program: Program) -> tuple[CodeCell, ...]:
    """Return the code cells of a program, each with the places of its parameters' literals."""
    return tuple(
        CodeCell(
            index=cell.index,
            source=cell.source,
            line=cell.line,
            places=tuple(_places(program, cell)) if cell.is_parameters else (),
        )
        for cell in program.cells
        if cell.kind == "code"
    )


def with_cells(request: RunRequest) -> RunRequest:
    """Return a request that can be run: one that an older tflab kept has no cells.

    Raises:
        ProgramError: When its source is not a good program any more.
    """
    if request.cells:
        return request
    program = parse_program(request.source, Path(request.path))
    return dataclasses.replace(request, cells=code_cells(program))


def _places(program: Program, cell: Cell) -> Iterator[ParameterPlace]:
    for statement in ast.parse(cell.source).body:
        match statement:
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as literal)
                | ast.Assign(targets=[ast.Name(id=name)], value=literal)
            ):
                parameter = program.parameter(name)
                if parameter is not None:
                    yield ParameterPlace(
                        name=name,
                        type=parameter.type,
                        line=literal.lineno,
                        column=literal.col_offset,
                    )
            case _:
                continue
