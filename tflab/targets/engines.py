"""The engine behind a target, or behind a job that was found."""

from __future__ import annotations

from tflab.runs.job import Job
from tflab.runs.record import Problem
from tflab.targets.engine import Engine
from tflab.targets.slurm import Slurm
from tflab.targets.target_file import SlurmTarget, Target


def engine_of(target: Target) -> Engine:
    """Return the engine of a target. Nothing is reached yet.

    Raises:
        Problem: When what it needs is not installed.
    """
    if isinstance(target, SlurmTarget):
        return Slurm(target)
    raise NotImplementedError


def engine_of_job(job: Job) -> Engine:
    """Return the engine that has a job, whatever has become of its target since.

    Raises:
        Problem: When it is of an engine that is not known here.
    """
    if job.engine == "slurm":
        return Slurm(SlurmTarget(name=job.target, commands=job.reach.get("commands", "")))
    raise Problem(
        "The run's engine is not known here",
        f"It was handed to {job.engine!r}, perhaps by a newer tflab.",
        "Follow it with that one; what it logs is shown all the same.",
    )
