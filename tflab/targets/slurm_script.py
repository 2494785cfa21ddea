"""The script that Slurm runs on a node, and the words of the `sbatch` that hands it over.

It is plain shell, so the node needs a shell and the environment's Python, and nothing of ours or
of a library's: see `docs/decisions.md`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from tflab.runs.job import LOG
from tflab.runs.paths import data_folder
from tflab.runs.queue_words import QUEUE_LOG
from tflab.targets.target_file import SlurmTarget
from tflab.worker.exit_codes import NOT_SHARED

WARNING_SECONDS = 60
"""How long before the end of its time a run is interrupted, to keep what it has."""

_UNSET = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
_TIME = re.compile(r"(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?")


def job_script(
    folders: Sequence[Path],
    command: Sequence[str],
    setup: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
) -> str:
    """Return the script of a job, or of an array of jobs, that runs one folder each.

    Args:
        folders: Where the runs are; the first is that of task 0.
        command: What is started on the node; the folder is put behind it.
        setup: Lines of the person's own that come before.
        variables: What is set in the environment.
    """
    quoted = "\n".join(shlex.quote(str(folder)) for folder in folders)
    exports = [f"export {name}={shlex.quote(value)}" for name, value in (variables or {}).items()]
    said = said_folder()
    name = "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" if len(folders) > 1 else "$SLURM_JOB_ID"
    words = " ".join(shlex.quote(word) for word in command)
    return "\n".join(
        [
            "#!/bin/bash",
            "# Written by tflab; each task runs one folder.",
            f"folders=(\n{quoted}\n)",
            "folder=${folders[${SLURM_ARRAY_TASK_ID:-0}]}",
            f'test -w "$folder" || exit {NOT_SHARED}',
            f'umask 077; exec >>"$folder/{LOG}" 2>&1',
            f"export {QUEUE_LOG}={shlex.quote(str(said))}/{name}",
            f"unset {' '.join(_UNSET)}",
            *exports,
            *setup,
            f'exec {words} "$folder"',
            "",
        ]
    )


def sbatch_words(target: SlurmTarget, count: int, name: str) -> list[str]:
    """Return the options of `sbatch` for so many runs, one job each.

    Args:
        target: What is asked of Slurm.
        count: How many tasks; one alone is no array.
        name: What the queue shows.
    """
    most = f"%{target.at_once}" if target.at_once else ""
    options = {
        "job-name": name,
        "partition": target.partition,
        "account": target.account,
        "gpus": target.gpus,
        "time": target.time,
        "mem": target.memory,
        "cpus-per-task": str(target.cpus) if target.cpus else "",
        "array": f"0-{count - 1}{most}" if count > 1 else "",
        "signal": f"B:USR2@{WARNING_SECONDS}" if _minutes(target.time) >= 5 else "",
        "output": f"{said_folder()}/{'%A_%a' if count > 1 else '%j'}",
    }
    words = [f"--{option}={value}" for option, value in options.items() if value]
    # A run has one life: what Slurm would begin again is run anew, or resumed, by its person.
    return ["--parsable", "--ntasks=1", "--no-requeue", *words, *target.options]


def said_folder() -> Path:
    """Return where Slurm itself writes of a job: why it ends one, before it does."""
    return data_folder().absolute() / "jobs"


def _minutes(text: str) -> float:
    """Return the minutes of a time limit as Slurm writes them; 0 for none, or of another form."""
    match = _TIME.fullmatch(text)
    if match is None:
        return 0.0
    days, *parts = match.groups()
    numbers = [int(part) for part in parts if part is not None]
    if days is not None:
        hours, minutes, seconds = (*numbers, 0, 0)[:3]
        return int(days) * 1440 + hours * 60 + minutes + seconds / 60
    if len(numbers) == 3:
        return numbers[0] * 60 + numbers[1] + numbers[2] / 60
    return numbers[0] + (numbers[1] / 60 if len(numbers) == 2 else 0)
