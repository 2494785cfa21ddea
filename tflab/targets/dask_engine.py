"""Dask as an engine, by the public calls of `distributed`.

A task starts the environment's Python on the folder of a run, as Slurm's script does, so workers
need nothing of ours. Dask cannot interrupt a task that runs: a run looks for its own stop mark.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tflab.runs.job import LOG, Job
from tflab.runs.record import Problem
from tflab.runs.text import count_of, plain_line
from tflab.targets.dask_cluster import address_of
from tflab.targets.dask_keys import dask_module, security_of, with_keys
from tflab.targets.engine import JobState, NodeReport
from tflab.targets.server_pool import ServerPlace
from tflab.targets.target_file import DaskTarget
from tflab.targets.target_probe import Probe
from tflab.targets.worker_command import worker_command

if TYPE_CHECKING:
    from distributed import Client

REACH = ("scheduler", "authority", "certificate", "key")
"""The settings by which the scheduler of a job is found again."""

_SECONDS = 10.0
_SCRIPT = 'test -w "$0" || exit 66; umask 077; exec "$@" "$0" >>"$0/$TFLAB_JOB_LOG" 2>&1'


class Dask:
    """A Dask cluster, reached when it is first asked.

    Args:
        target: What is known of it.
    """

    def __init__(self, target: DaskTarget) -> None:
        self._target = target
        self._connected: Client | None = None
        self._address = ""
        self._futures: dict[str, Any] = {}

    def check(self) -> str:
        """Return how many workers there are, in words; a cluster of ours is started later.

        Raises:
            Problem: When `distributed` is missing, keys do not serve, or nobody answers.
        """
        dask_module()
        self._target = with_keys(self._target)
        security_of(self._target)
        if self._target.hosts and importlib.util.find_spec("asyncssh") is None:
            raise Problem(
                "Dask cannot use SSH",
                "This Python has no `asyncssh`, by which Dask starts workers on other machines.",
                f"`{sys.executable} -m pip install 'tflab-workbench[cluster]'`, then try again.",
            )
        if not self._target.scheduler:
            where = ", ".join(self._target.hosts) or "this machine"
            return f"it starts on {where} with the first run"
        return self._words()

    def submit(self, folders: Sequence[Path], place: ServerPlace) -> list[Job]:
        """Hand a task over for each run. They go on when this process leaves."""
        from distributed import fire_and_forget

        client = self._client()
        command = worker_command(place.interpreter, "tflab.worker", "--job")
        now, jobs = time.time(), []
        for folder in folders:
            key = f"tflab-{folder.name}-{int(now * 1000)}"
            self._task(client, key, folder, command, place)
            fire_and_forget(self._future(client, key))
            jobs.append(self._job(key, now))
        return jobs

    def states(self, jobs: Sequence[str]) -> Mapping[str, JobState]:
        """Return where some tasks stand."""
        client = self._client()
        try:
            processing = _executing(client)
            known: dict[str, str] = client.run_on_scheduler(_states_of, list(jobs))
            workers = client.scheduler_info()["workers"]
        except (OSError, TimeoutError, RuntimeError) as error:
            raise self._silent(error) from error
        words = f"waits for one of {count_of(len(workers), 'worker')}"
        words = words if workers else "waits: no worker is there"
        without = "waits: no worker offers the GPUs that it asks for"
        found = {}
        for job in jobs:
            if job in processing:
                found[job] = JobState("running", node=str(processing[job]))
            elif known.get(job, "forgotten") in ("memory", "erred", "forgotten"):
                found[job] = JobState("gone")
            else:
                unplaced = known.get(job) == "no-worker" and workers
                found[job] = JobState("queued", without if unplaced else words)
        return found

    def stop(self, job: str, hard: bool) -> None:
        """Take a task back that waits; one that runs finds its mark by itself, and climbs.

        Nothing is quicker: Dask cannot interrupt a task.
        """
        del hard
        client = self._client()
        state = self.states([job])[job]
        if state.phase == "queued":
            client.cancel([self._future(client, job)], force=True)

    def probe(self, place: ServerPlace, patience: float) -> list[NodeReport]:
        """Run the probe on every worker, each on its own."""
        client = self._client()
        workers = client.scheduler_info()["workers"]
        reports = []
        for worker, known in workers.items():
            if known.get("resources", {}).get("GPU", 0) < self._target.gpus:
                reports.append(NodeReport(worker, _no_gpu(worker, self._target)))
                continue
            probe = Probe(place)
            folder = probe.make()
            try:
                key = f"tflab-probe-{folder.name}"
                self._task(client, key, folder, probe.command, place, workers=[worker])
                future = self._future(client, key)
                found = probe.wait(patience, future.done)
                if found is None and future.done():
                    found = probe.silent(JobState("gone", node=worker))
                if found is not None:
                    reports.append(found)
                future.cancel()
            finally:
                probe.remove()
        return reports + self._versions(client)

    def close(self) -> None:
        """Let go of the connection. Tasks go on."""
        if self._connected is not None:
            self._connected.close(timeout=2)
            self._connected = None

    def _words(self) -> str:
        info = self._client().scheduler_info()
        workers = info["workers"]
        gpus = sum(one.get("resources", {}).get("GPU", 0) for one in workers.values())
        words = count_of(len(workers), "worker")
        return f"{words}, {count_of(int(gpus), 'GPU')}" if gpus else words

    def _task(
        self,
        client: Client,
        key: str,
        folder: Path,
        command: Sequence[str],
        place: ServerPlace,
        workers: list[str] | None = None,
    ) -> None:
        environment = [f"{name}={value}" for name, value in place.variables]
        words = [
            *("env", f"TFLAB_JOB_LOG={LOG}", *environment),
            *("sh", "-c", _SCRIPT, str(folder), *command),
        ]
        wanted = {"GPU": float(self._target.gpus)} if self._target.gpus else None
        self._futures[key] = client.submit(
            subprocess.call,
            words,
            key=key,
            pure=False,
            resources=wanted,
            workers=workers,
        )

    def _future(self, client: Client, key: str) -> Any:
        from distributed import Future

        return self._futures.get(key) or Future(key, client)

    def _job(self, key: str, now: float) -> Job:
        target = self._target
        reach = {name: getattr(target, name) for name in REACH}
        reach["scheduler"] = self._address
        return Job(target=target.name, engine="dask", id=key, submitted=now, reach=reach)

    def _client(self) -> Client:
        if self._connected is not None:
            return self._connected
        import cloudpickle

        distributed = dask_module()
        # What is asked of a scheduler goes there whole, as it has no package of ours.
        cloudpickle.register_pickle_by_value(sys.modules[__name__])
        self._target = with_keys(self._target)
        security = security_of(self._target)
        self._address = address_of(self._target)
        try:
            self._connected = distributed.Client(
                self._address, security=security, timeout=_SECONDS, set_as_default=False
            )
        except (OSError, TimeoutError, RuntimeError, ValueError) as error:
            raise self._silent(error) from error
        return self._connected

    def _versions(self, client: Client) -> list[NodeReport]:
        found = client.get_versions()
        own = found["client"]["packages"].get("distributed")
        theirs = {str(one["packages"].get("distributed")) for one in found["workers"].values()}
        other = sorted(theirs - {str(own)})
        if not other:
            return []
        text = f"Workers have distributed {', '.join(other)}, this machine {own}."
        return [NodeReport("the workers", remarks=(text,))]

    def _silent(self, error: Exception) -> Problem:
        return Problem(
            "The Dask scheduler does not answer",
            f"{self._target.scheduler or self._target.name}: {plain_line(str(error))[:200]}",
            "Start it, or see its address and keys in targets.toml. Runs that go on do so.",
        )


def _executing(client: Client) -> dict[str, str]:
    """Return the tasks that run, each with its worker.

    Tasks that ask for a resource go to a worker before that has room, and wait there.
    """
    placed = client.processing()
    crowded = [key for keys in placed.values() if len(keys) > 1 for key in keys]
    stacks = client.call_stack(keys=crowded) if crowded else {}
    begun = {key for found in stacks.values() for key in found}
    waiting = set(crowded) - begun
    return {key: worker for worker, keys in placed.items() for key in keys if key not in waiting}


def _no_gpu(worker: str, target: DaskTarget) -> Problem:
    return Problem(
        "The worker offers no GPU",
        f"{worker} offers fewer than the {count_of(target.gpus, 'GPU')} that a run asks for.",
        f"Start it with `--resources GPU={target.gpus}`, or take `gpus` out of [{target.name}] in "
        "targets.toml.",
    )


def _states_of(keys: list[str], dask_scheduler: Any = None) -> dict[str, str]:
    """Return what the scheduler calls the state of tasks. Runs there, where there is no tflab."""
    tasks = dask_scheduler.tasks
    return {key: str(tasks[key].state) for key in keys if key in tasks}
