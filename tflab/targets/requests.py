"""What becomes of a program and values: the request for a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from tflab.programs.code_cells import code_cells, command_options
from tflab.programs.magics import plain_python
from tflab.runs.record import CodeCell, RunOptions, RunRequest

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.targets.devices import Device


def new_request(
    program: Program,
    values: Mapping[str, Any],
    *,
    seed: int = 0,
    device: Device | None = None,
    until: int | None = None,
    guesses: Mapping[str, Any] | None = None,
    options: RunOptions | None = None,
    python: str = "",
    shell_commands: bool = False,
    solutions: bool = False,
    stdin: Literal["none", "asked", "piped"] = "none",
    target: str = "",
) -> RunRequest:
    """Return the request for a run.

    Args:
        program: The program as it was read: this text is run, whatever becomes of the file.
        values: A good value for every parameter.
        seed: Seed of all random numbers.
        device: The one device that the run will see, or a target; None for the CPU.
        until: Index of the last cell to run, or None for the whole program; of an exercise, what
            checks it runs too.
        guesses: The person's guesses, by question.
        options: How much of a shared machine the run may take.
        python: The interpreter that it is to run in; empty for our own.
        shell_commands: Whether the shell commands of a notebook run too.
        solutions: Whether exercises run as their solutions, whatever the learner wrote.
        stdin: What the program reads as its standard input; see `RunRequest`.
        target: The name of the target that it is to run on; empty for this machine.
    """
    return RunRequest(
        lesson=program.id,
        title=program.title,
        path=str(program.path),
        source=program.source,
        original=program.original,
        edits=program.edits,
        parameters=dict(values),
        cells=code_cells(program),
        command=command_options(program),
        device=(device.gives or device.key) if device is not None else "cpu",
        device_uuid=device.uuid if device is not None else "",
        seed=seed,
        until=_to_last_check(program, until),
        guesses=dict(guesses or {}),
        python=python,
        shell_commands=shell_commands,
        solutions=solutions,
        stdin=stdin,
        target=target or (device.target if device is not None else ""),
        **dataclasses.asdict(options or RunOptions()),
    )


def with_scratch(
    program: Program, values: Mapping[str, Any], cell: int, text: str, **options: Any
) -> tuple[RunRequest, int]:
    """Return the request to run a program up to a cell and then some lines that are not in it.

    Args:
        program: The program as it was read.
        values: A good value for every parameter.
        cell: Index of the last cell to run.
        text: The lines.
        options: The rest, as for `new_request`.

    Returns:
        The request, and the index that the lines have in it.
    """
    request = new_request(program, values, **options)
    index = len(program.cells)
    # Below the program's own lines, so that tracebacks show what they are of.
    line = request.source.count("\n") + 3
    source = text if program.kind == "lesson" else plain_python(text).source
    last = CodeCell(index=index, source=source, line=line, label="what you tried")
    cells = [each for each in request.cells if each.index <= cell]
    request = dataclasses.replace(
        request, source=f"{request.source}\n\n{source}\n", cells=(*cells, last)
    )
    return request, index


def _to_last_check(program: Program, until: int | None) -> int | None:
    """Return the last cell to run: what checks an exercise runs with it, or it would not count."""
    for exercise in program.exercises:
        if until is not None and exercise.tests and exercise.cell <= until < exercise.tests[-1]:
            return exercise.tests[-1]
    return until
