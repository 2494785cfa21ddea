"""The targets that a person has described: what each is, and whether it serves."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem, RunRequest
from tflab.runs.text import count_of, plain
from tflab.session.events import Emit, Notice, ProblemRaised
from tflab.targets.device import Device
from tflab.targets.engines import engine_of
from tflab.targets.host import Host
from tflab.targets.server_pool import ServerPlace
from tflab.targets.target import entry_of, key_of, make_sure, open_host
from tflab.targets.target_file import SlurmTarget, Target, find_target, load_targets
from tflab.targets.target_host import TargetHost


@dataclass(frozen=True)
class FoundTarget:
    """A target as it is now.

    Attributes:
        target: What the file says.
        state: What its engine has, in words; empty where it does not serve.
        problem: Why it does not serve.
    """

    target: Target
    state: str = ""
    problem: Problem | None = None

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
            return FoundTarget(target, state=engine.check())
        finally:
            engine.close()
    except Problem as problem:
        return FoundTarget(target, problem=problem)


def place_key(request: RunRequest) -> str:
    """Return the key of the entry, among the devices, that a run was on."""
    return key_of(request.target) if request.target else request.device


def target_entries() -> tuple[Device, ...]:
    """Return the targets as entries beside the devices of this machine, for a choice of place.

    Asks their engines, which may take seconds. A file that is wrong is one entry that says so.
    """
    try:
        found = list_targets()
    except Problem as problem:
        said = f"{problem.cause} {problem.next_step}"
        name = problem.title
        return (Device("on:", name, 0, "", 0, 0, target="targets.toml", gives="cpu", problem=said),)
    return tuple(map(_entry, found))


def _entry(found: FoundTarget) -> Device:
    problem = found.problem
    said = "" if problem is None else f"{problem.title}. {problem.cause}"
    return entry_of(found.target, f"{found.target.name}: {found.words}", found.state, said)


class Targets:
    """Makes targets ready for runs, beside the screen's thread, and carries them on.

    Args:
        queue: Where engines are asked: what hangs there hangs nothing else.
        emit: Is told what stands in the way, and what differs.
        place: Gives what an interpreter's runs are started with.
    """

    def __init__(
        self, queue: DiskQueue, emit: Emit, place: Callable[[str], ServerPlace] = ServerPlace
    ) -> None:
        self._queue = queue
        self._emit = emit
        self._place = place
        self._hosts: list[TargetHost] = []

    def take(self, request: RunRequest, then: Callable[[Host], object]) -> None:
        """Call `then` with what takes the run of a request; it is carried on here."""

        def carry(host: TargetHost) -> None:
            self._hosts = [one for one in self._hosts if one.busy]
            self._hosts.append(host)
            then(host)

        self.require(request.target, request.python, carry)

    def require(self, name: str, python: str, then: Callable[[TargetHost], object]) -> None:
        """Call `then` with what takes runs for a target, once it was tried; or say why not.

        Args:
            name: The target's.
            python: The interpreter that runs are to have; empty for our own.
            then: Takes it, started, and polls and closes it.
        """
        place = self._place(python)

        def ready() -> tuple[Target, list[str]]:
            target, notes = find_target(name), list[str]()
            make_sure(target, place, notes.append)
            return target, notes

        def take(done: Future[tuple[Target, list[str]]]) -> None:
            try:
                target, notes = done.result()
                host = open_host(target, place)
            except Problem as problem:
                self._emit(ProblemRaised(problem))
                return
            for note in notes:
                self._emit(Notice(plain(note), severity="warning"))
            host.start()
            then(host)

        self._emit(Notice(f"Asking {name} …"))
        self._queue.do_then(ready, take)

    def advance(self) -> None:
        """Hand over what waits."""
        for host in self._hosts:
            host.poll()

    def close(self) -> None:
        """Hand over what waits, and let go: what the queues have goes on."""
        for host in self._hosts:
            host.close()
        self._hosts.clear()


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
