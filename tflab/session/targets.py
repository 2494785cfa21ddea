"""The targets that a person has described: what each is, and whether it serves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tflab.runs.record import Problem
from tflab.runs.text import count_of
from tflab.targets.engines import engine_of
from tflab.targets.target import device_on
from tflab.targets.target_file import SlurmTarget, Target, load_targets


@dataclass(frozen=True)
class FoundTarget:
    """A target as it is now.

    Attributes:
        target: What the file says.
        state: What its engine has, in words; empty where it does not serve.
        problem: Why it does not serve.
        device: The key of the device that runs get there.
    """

    target: Target
    state: str = ""
    problem: Problem | None = None
    device: str = "cpu"

    @property
    def words(self) -> str:
        """What is asked of it, in words."""
        return target_words(self.target)


def list_targets() -> list[FoundTarget]:
    """Return every target as it is now. Asks their engines, which may take seconds.

    Raises:
        Problem: When the file is wrong.
    """
    targets = list(load_targets().values())
    if not targets:
        return []
    with ThreadPoolExecutor(len(targets)) as pool:
        return list(pool.map(look_at, targets))


def look_at(target: Target) -> FoundTarget:
    """Return a target as it is now."""
    try:
        engine = engine_of(target)
        try:
            return FoundTarget(target, state=engine.check(), device=device_on(target))
        finally:
            engine.close()
    except Problem as problem:
        return FoundTarget(target, problem=problem)


def target_words(target: Target) -> str:
    """Return what is asked of a target, such as `Slurm, partition gpu, 1 GPU, 2:00:00`."""
    if isinstance(target, SlurmTarget):
        words = ["Slurm"]
        words += [f"partition {target.partition}"] if target.partition else []
        words += [f"GPUs {target.gpus}"] if target.gpus else []
        words += [count_of(target.cpus, "core")] if target.cpus else []
        words += [target.memory] if target.memory else []
        words += [f"time {target.time}"] if target.time else []
        words += [f"account {target.account}"] if target.account else []
        return ", ".join(words)
    words = ["Dask", target.scheduler] if target.scheduler else ["Dask"]
    words += [f"on {', '.join(target.hosts)}"] if target.hosts else []
    words += [f"{count_of(target.workers, 'worker')} here"] if target.workers else []
    words += [count_of(target.gpus, "GPU") + " a run"] if target.gpus else []
    return ", ".join(words)
