"""What the form and the learner's guesses make of a lesson: the request for a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from tflab.programs.code_cells import code_cells, command_options
from tflab.programs.program import Program
from tflab.runs.record import RunOptions, RunRequest
from tflab.ui.workbench.parameter_form import ParameterForm


def new_request(
    lesson: Program,
    form: ParameterForm,
    guesses: Mapping[str, Any],
    until: int | None,
    options: RunOptions,
) -> RunRequest:
    """Return the request for a run of `lesson` with the values in `form`.

    Args:
        lesson: The lesson as it was read.
        form: Its form, with no bad value.
        guesses: The learner's guesses, by question.
        until: Index of the last cell to run, or None for the whole lesson.
        options: How much of a shared machine the run may take.
    """
    device = form.device.device
    return RunRequest(
        lesson=lesson.id,
        title=lesson.title,
        path=str(lesson.path),
        source=lesson.source,
        parameters=form.values,
        cells=code_cells(lesson),
        command=command_options(lesson),
        device=form.device.key,
        device_uuid=device.uuid if device is not None else "",
        seed=form.seed,
        until=until,
        guesses=dict(guesses),
        **dataclasses.asdict(options),
    )
