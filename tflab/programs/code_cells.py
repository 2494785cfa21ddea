"""What a run executes of a program: its code cells, and where a run's values go."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from tflab.programs.edits import cell_hash, program_as_run
from tflab.programs.environment_variables import loading_variables, may_set_variables
from tflab.programs.exercises import Exercise
from tflab.programs.magics import plain_python
from tflab.programs.program import Cell, Program
from tflab.programs.syntax import parse_quietly
from tflab.runs.record import CodeCell, CommandOption, ExerciseCode, ParameterPlace, RunRequest


def code_cells(program: Program) -> tuple[CodeCell, ...]:
    """Return the code cells of a program, each with the places of its parameters' literals.

    Magics of notebooks are plain Python by then, each on its line.
    """
    return tuple(_code_cell(program, cell) for cell in program.cells if cell.kind == "code")


def _code_cell(program: Program, cell: Cell) -> CodeCell:
    source = cell.source if program.kind == "lesson" else plain_python(cell.source).source
    tree = parse_quietly(source, notebook=True) if may_set_variables(source) else None
    return CodeCell(
        index=cell.index,
        source=source,
        line=cell.line,
        places=tuple(_places(program, cell)),
        variables=loading_variables(tree) if tree is not None else (),
        label=cell.label,
        exercise=_exercise_code(program, cell.exercise) if cell.exercise is not None else None,
        checks=cell.checks,
    )


def _exercise_code(program: Program, exercise: Exercise) -> ExerciseCode:
    plain = exercise.text if program.kind == "lesson" else plain_python(exercise.text).source
    return ExerciseCode(
        id=exercise.id,
        title=exercise.title,
        answer=plain,
        written=exercise.answer is not None,
        solved=bool(exercise.solution),
        by_hand=exercise.by_hand,
        seconds=exercise.seconds,
        mark=cell_hash(exercise.text),
    )


def command_options(program: Program) -> tuple[CommandOption, ...]:
    """Return how a run gives the program those of its parameters that it reads as options."""
    return tuple(
        CommandOption(
            name=parameter.name,
            flag=parameter.option.flag,
            style=parameter.option.style,
            negative=parameter.option.negative,
            default=parameter.default,
            under=parameter.option.under,
            dest=parameter.option.dest,
        )
        for parameter in program.parameters
        if parameter.option is not None
    )


def with_cells(request: RunRequest) -> RunRequest:
    """Return a request that can be run: one that an older tflab kept has no cells.

    Raises:
        ProgramError: When its source is not a good program any more.
    """
    if request.cells:
        return request
    program = program_as_run(request)
    return dataclasses.replace(request, cells=code_cells(program), command=command_options(program))


def _places(program: Program, cell: Cell) -> Iterator[ParameterPlace]:
    for parameter in program.parameters:
        place = parameter.place
        if place is not None and place.cell == cell.index:
            yield ParameterPlace(
                name=parameter.name,
                type=parameter.type,
                line=place.line - cell.line + 1,
                column=place.column,
                target=parameter.code_name,
            )
