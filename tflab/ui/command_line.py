"""The command line that makes a run again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from tflab.lessons.parameters import format_value
from tflab.runs.summary import RunSummary


def command_line(run: RunSummary, defaults: Mapping[str, Any]) -> str:
    """Return `tflab run …` with every value that is not the lesson's default."""
    words = ["tflab", "run", run.lesson]
    for name, value in run.parameters.items():
        if name not in defaults or defaults[name] != value:
            words += ["-p", f"{name}={format_value(value)}"]
    if run.seed:
        words += ["--seed", str(run.seed)]
    if run.device != "cpu":
        words += ["--device", run.device]
    return shlex.join(words)
