"""Using a run of the past: showing it as it was, its values in the form, run again, as a line."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from tflab.programs.reader import ProgramError, read_program
from tflab.runs.record import RunRequest
from tflab.session.command_line import request_line
from tflab.targets.devices import Device, DeviceList, find_device


class RunUse(Enum):
    """What is to be done with a run of the past."""

    SHOW = "show"
    VALUES = "values"
    RERUN = "rerun"
    COMMAND = "command"


def same_device(request: RunRequest, devices: DeviceList) -> Device:
    """Return the device that a run was on, by its own name for itself or else by its number.

    Raises:
        Problem: When it is not there.
    """
    named = [d for d in devices.devices if d.uuid and d.uuid == request.device_uuid]
    return named[0] if named else find_device(request.device, devices)


def line_of(request: RunRequest) -> tuple[str, bool]:
    """Return the line that makes a run again, and whether the program is still as it was.

    A file that is gone or bad now has no defaults, so every value is written.
    """
    try:
        program = read_program(Path(request.path))
    except ProgramError:
        return request_line(request, {}, ()), False
    questions = tuple(question.text for question in program.questions)
    return request_line(request, program.defaults, questions), program.source == request.source
