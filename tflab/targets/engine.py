"""What every engine does for a target: take runs, tell where they stand, end them.

An engine is asked beside the screen's thread: each of these may wait for a network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from tflab.runs.events import Ended
from tflab.runs.job import Job
from tflab.runs.record import Problem
from tflab.targets.server_pool import ServerPlace


@dataclass(frozen=True)
class JobState:
    """Where a run stands in its queue.

    Attributes:
        phase: `gone` when the engine has it no more, whether or not it ever ran.
        words: Of one that is queued, its place and why it waits.
        node: The machine that it runs on, where the engine tells.
        end: Of one that the engine itself has ended, how: what its log is to say if it has no end.
    """

    phase: Literal["queued", "running", "gone"]
    words: str = ""
    node: str = ""
    end: Ended | None = None


@dataclass(frozen=True)
class NodeReport:
    """What the probe found on a machine of a target.

    Attributes:
        node: Its name.
        problem: Why runs would not work there; None where they would.
        remarks: What is to be known all the same, a sentence each.
    """

    node: str
    problem: Problem | None = None
    remarks: tuple[str, ...] = ()


class QueueFullError(Problem):
    """The queue takes nothing now, or does not answer; asking again later may help."""


class Engine(Protocol):
    """One engine, as a target describes it."""

    def check(self) -> str:
        """Return what the engine has, in words.

        Raises:
            Problem: When it does not serve.
        """

    def submit(self, folders: Sequence[Path], place: ServerPlace) -> list[Job]:
        """Have the runs of some folders done.

        Returns:
            What they are known by, in this order. Fewer than the folders, but one at least, where
            there is no room for all: the rest is to be asked for again.

        Raises:
            QueueFullError: When it takes none now.
            Problem: When it refuses them.
        """

    def states(self, jobs: Sequence[str]) -> Mapping[str, JobState]:
        """Return where some jobs stand.

        Raises:
            Problem: When the engine does not answer.
        """

    def stop(self, job: str, hard: bool) -> None:
        """End a job that waits, and have one that runs look at its stop mark; `hard`, end both.

        Raises:
            Problem: When the engine does not answer.
        """

    def probe(self, place: ServerPlace, patience: float) -> list[NodeReport]:
        """Try what runs need on a machine of the engine: the folder of runs, and the environment.

        Args:
            place: The environment.
            patience: Seconds to wait for it.

        Returns:
            A report for each machine that answered in time; none where the queue is long.

        Raises:
            Problem: When the engine does not answer, or refuses.
        """

    def close(self) -> None:
        """Let go of connections. What was submitted goes on."""
