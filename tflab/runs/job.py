"""`job.json` of a run folder: what a queue knows a run by, written once the queue has taken it.

The log alone tells what the run did. This tells whom to ask where it stands before it has begun,
and what became of it when it fell silent; so anybody who finds the run can ask.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tflab.runs.atomic_files import replace_atomically

JOB = "job.json"
LOG = "job.log"
"""What the job itself says, before the run has its own files."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A run in a queue.

    Attributes:
        target: The name of the target.
        engine: What runs it: `slurm` or `dask`.
        id: What the engine calls it.
        submitted: When the engine took it, in seconds since the epoch.
        reach: How the engine is reached, by the names of its settings.
    """

    target: str
    engine: str
    id: str
    submitted: float
    reach: dict[str, str] = field(default_factory=dict)


def write_job(folder: Path, job: Job) -> None:
    """Keep what a queue knows a run by.

    Raises:
        OSError: When it cannot be written.
    """
    replace_atomically(folder / JOB, json.dumps(asdict(job)).encode())


def read_job(folder: Path) -> Job | None:
    """Return what a queue knows a run by; None where there is none, or it is damaged."""
    try:
        return Job(**json.loads((folder / JOB).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def has_job(folder: Path) -> bool:
    """Return whether a queue has taken a run."""
    return (folder / JOB).is_file()
