"""How much of a shared machine runs may take. Small: the settings need it at the first paint."""

from __future__ import annotations

from dataclasses import dataclass

from tflab.runs.text import count_of

MOST_NICE = 19
MOST_THREADS = 1024
LEAST_MEMORY = 256
"""MiB. With less, TensorFlow's first threads and kernels already find no memory."""


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """How much of a shared machine runs may take; see `RunRequest` for what each means.

    Raises:
        ValueError: When one of them is out of its bounds.
    """

    nice: int = 0
    threads: int = 0
    memory_limit: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.nice <= MOST_NICE or not 0 <= self.threads <= MOST_THREADS:
            raise ValueError("nice or threads is out of its bounds")
        if self.memory_limit < 0:
            raise ValueError("memory_limit is below 0")

    @property
    def words(self) -> str:
        """Say which of them are set; empty when none is."""
        parts = [f"nice {self.nice}"] if self.nice else []
        parts += [count_of(self.threads, "thread")] if self.threads else []
        parts += [f"{self.memory_limit} MiB"] if self.memory_limit else []
        return ", ".join(parts)
