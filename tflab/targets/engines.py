"""The engine behind a target, or behind a job that was found."""

from __future__ import annotations

from typing import Any

from tflab.runs.job import Job
from tflab.runs.record import Problem
from tflab.targets.dask_engine import REACH as DASK_REACH
from tflab.targets.dask_engine import Dask
from tflab.targets.engine import Engine
from tflab.targets.slurm import Slurm
from tflab.targets.target_file import DaskTarget, SlurmTarget, Target


def engine_of(target: Target) -> Engine:
    """Return the engine of a target. Nothing is reached yet.

    Raises:
        Problem: When what it needs is not installed.
    """
    if isinstance(target, SlurmTarget):
        return Slurm(target)
    return Dask(target)


def engine_of_job(job: Job) -> Engine:
    """Return the engine that has a job, whatever has become of its target since.

    Raises:
        Problem: When it is of an engine that is not known here.
    """
    if job.engine == "slurm":
        return Slurm(SlurmTarget(name=job.target, commands=job.reach.get("commands", "")))
    if job.engine == "dask":
        known: dict[str, Any] = {name: job.reach.get(name, "") for name in DASK_REACH}
        return Dask(DaskTarget(name=job.target, **known))
    raise Problem(
        "The run's engine is not known here",
        f"It was handed to {job.engine!r}, perhaps by a newer tflab.",
        "Follow it with that one; what it logs is shown all the same.",
    )
