"""The engine behind a target, or a job that was found; each is imported once it is needed."""

from __future__ import annotations

from typing import Any

from tflab.runs.job import Job
from tflab.runs.record import Problem
from tflab.targets.engine import Engine
from tflab.targets.target_file import DaskTarget, SlurmTarget, Target


def engine_of(target: Target) -> Engine:
    """Return the engine of a target. Nothing is reached yet.

    Raises:
        Problem: When what it needs is not installed.
    """
    if isinstance(target, SlurmTarget):
        from tflab.targets.slurm import Slurm

        return Slurm(target)
    from tflab.targets.dask_engine import Dask

    return Dask(target)


def engine_of_job(job: Job) -> Engine:
    """Return the engine that has a job, whatever has become of its target since.

    Raises:
        Problem: When it is of an engine that is not known here.
    """
    if job.engine == "slurm":
        return engine_of(SlurmTarget(name=job.target, commands=job.reach.get("commands", "")))
    if job.engine == "dask":
        from tflab.targets.dask_engine import REACH

        known: dict[str, Any] = {name: job.reach.get(name, "") for name in REACH}
        return engine_of(DaskTarget(name=job.target, **known))
    raise Problem(
        "The run's engine is not known here",
        f"It was handed to {job.engine!r}, perhaps by a newer tflab.",
        "Follow it with that one; what it logs is shown all the same.",
    )
