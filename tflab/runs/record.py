"""What was asked of a run: the content of `run.json`, and the error that people see."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from tflab.runs.text import count_of

RECORD_VERSION = 1

LARGEST_SEED = 2**32 - 1
"""What NumPy takes; Python and TensorFlow take it too."""

MOST_NICE = 19
MOST_THREADS = 1024
LEAST_MEMORY = 256
"""MiB. With less, TensorFlow's first threads and kernels already find no memory."""


class Problem(Exception):
    """Something went wrong that a person can mend: a title, a cause and a next step.

    Every error that this project shows to people is one of these.
    """

    def __init__(self, title: str, cause: str, next_step: str) -> None:
        super().__init__(f"{title}: {cause}")
        self.title = title
        self.cause = cause
        self.next_step = next_step


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a shared machine runs may take; see `RunRequest` for what each means."""

    nice: Annotated[int, msgspec.Meta(ge=0, le=MOST_NICE)] = 0
    threads: Annotated[int, msgspec.Meta(ge=0, le=MOST_THREADS)] = 0
    memory_limit: Annotated[int, msgspec.Meta(ge=0)] = 0

    @property
    def words(self) -> str:
        """Say which of them are set; empty when none is."""
        parts = [f"nice {self.nice}"] if self.nice else []
        parts += [count_of(self.threads, "thread")] if self.threads else []
        parts += [f"{self.memory_limit} MiB"] if self.memory_limit else []
        return ", ".join(parts)


class RunRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides what a run does.

    Attributes:
        lesson: Id of the lesson.
        title: Title of the lesson.
        path: Absolute path of the lesson file.
        source: Text of the lesson file as it is to be run.
        parameters: A value for every parameter of the lesson.
        device: `cpu` or `gpu:N`.
        seed: Seed of Python, NumPy and TensorFlow.
        until: Index of the last cell to run, or None for the whole lesson.
        guesses: The learner's guesses, by question.
        device_uuid: The GPU's UUID, so that the number means the same card to CUDA; empty for CPU.
        nice: Added to the priority value of the run's process, 0 to 19; 19 yields to all others.
        threads: Threads that TensorFlow computes with; 0 leaves it to TensorFlow.
        memory_limit: Memory for the run in MiB, on top of what TensorFlow itself takes; 0 for none.
        python: The interpreter that it is to run in; empty for the one that tflab runs in.
    """

    lesson: str
    title: str
    path: str
    source: str
    parameters: dict[str, Any]
    device: str = "cpu"
    seed: int = 0
    until: int | None = None
    guesses: dict[str, Any] = {}
    device_uuid: str = ""
    nice: int = 0
    threads: int = 0
    memory_limit: int = 0
    python: str = ""


class RunRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`run.json`: a request with its id, when it was made, and the versions it ran with."""

    id: str
    created: float
    request: RunRequest
    versions: dict[str, str] = {}
    version: int = RECORD_VERSION
