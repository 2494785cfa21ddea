"""The command line that makes a run again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tflab.lessons.library import find_lessons
from tflab.lessons.parameters import format_value
from tflab.runs.record import RunRequest


def request_line(
    request: RunRequest, defaults: Mapping[str, Any], questions: Sequence[str] = ()
) -> str:
    """Return `tflab run …` with every value that is not the lesson's default.

    Args:
        request: What was asked of the run.
        defaults: The lesson's defaults now.
        questions: The lesson's questions in order. Guesses are given by place, so those after the
            first one that was passed over cannot be told.
    """
    words = ["tflab", "run", _lesson(request)]
    for name, value in request.parameters.items():
        if name not in defaults or defaults[name] != value:
            words += ["-p", f"{name}={format_value(value)}"]
    if request.seed:
        words += ["--seed", str(request.seed)]
    if request.device != "cpu":
        words += ["--device", request.device]
    if request.until is not None:
        words += ["--until", str(request.until)]
    limits = (request.nice, request.threads, request.memory_limit)
    for option, value in zip(("--nice", "--threads", "--memory-limit"), limits, strict=True):
        words += [option, str(value)] if value else []
    for question in questions:
        if question not in request.guesses:
            break
        words.append(f"--guess={format_value(request.guesses[question])}")
    return shlex.join(words)


def _lesson(request: RunRequest) -> str:
    """Return the lesson's id where that names the same file, and else the file's path."""
    known = {entry.id: entry.path for entry in find_lessons()}
    path = Path(request.path)
    return request.lesson if known.get(request.lesson) == path else str(path)
