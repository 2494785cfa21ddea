"""Slurm as an engine: `sbatch`, `squeue`, `scancel`, each with its public options."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tflab.runs.atomic_files import make_private_folder
from tflab.runs.job import Job
from tflab.runs.paths import unreadable
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.targets.engine import JobState, NodeReport, QueueFullError
from tflab.targets.server_pool import ServerPlace
from tflab.targets.slurm_queue import (
    FORMAT,
    ORDER_FORMAT,
    QueueOrder,
    base_ids,
    partition_words,
    read_lines,
    state_of,
)
from tflab.targets.slurm_script import job_script, said_folder, sbatch_words
from tflab.targets.target_file import SlurmTarget
from tflab.targets.worker_command import worker_command

MOST_TASKS = 500
"""Runs in one array: half of what Slurm allows unless it is told otherwise."""

_SECONDS = 20.0
_RETRIES = "sleeping and retrying"
_FULL = (
    _RETRIES,
    "temporarily unable",
    "job queue full",
    "submit limit",
    "submitlimit",
    "too many jobs",
    "violates accounting",
)
_AWAY = ("unable to contact", "communication", "socket timed out")
_TOO_LONG = "invalid job array specification"
_UNKNOWN = "invalid job id"
_NOTHING = "nothing"


class Slurm:
    """A Slurm queue.

    Args:
        target: What is asked of it.
    """

    def __init__(self, target: SlurmTarget) -> None:
        self._target = target
        self._most = MOST_TASKS

    def check(self) -> str:
        """Return the partitions that there are, in words.

        Raises:
            Problem: When the commands are missing, the queue does not answer, or has no such
                partition.
        """
        named = [f"--partition={self._target.partition}"] if self._target.partition else []
        words = partition_words(self._ask("sinfo", "--noheader", "--format=%P|%a|%D|%G", *named))
        if not words:
            wanted = f"no partition {self._target.partition!r}" if named else "no partitions"
            raise Problem(
                "The queue is not there",
                f"Slurm has {wanted}.",
                "`sinfo` lists those that there are; change `partition` in targets.toml.",
            )
        return words

    def submit(self, folders: Sequence[Path], place: ServerPlace) -> list[Job]:
        """Put runs into the queue, as an array where there are several.

        How many it takes at once is found by trying: where there is no room for all, for half.
        """
        command = worker_command(place.interpreter, "tflab.worker", "--job")
        while True:
            folders = folders[: self._most]
            name = "tflab" if len(folders) > 1 else f"tflab {folders[0].name}"
            try:
                id_ = self._submit(folders, command, place, name)
            except QueueFullError:
                if len(folders) == 1:
                    raise
                self._most = len(folders) // 2
            else:
                break
        self._most = min(2 * self._most, MOST_TASKS)
        now = time.time()
        ids = [id_] if len(folders) == 1 else [f"{id_}_{task}" for task in range(len(folders))]
        reach = {"commands": self._target.commands}
        return [
            Job(target=self._target.name, engine="slurm", id=one, submitted=now, reach=reach)
            for one in ids
        ]

    def states(self, jobs: Sequence[str]) -> Mapping[str, JobState]:
        """Return where some jobs stand; of those that Slurm has forgotten, that they are gone."""
        text = self._ask_for(base_ids(jobs))
        lines = {line.id: line for line in read_lines(text)}
        waiting = any(line.state == "PENDING" for line in lines.values())
        order = QueueOrder(self._order() if waiting else "")
        gone = JobState("gone")
        return {job: state_of(lines[job], order) if job in lines else gone for job in jobs}

    def stop(self, job: str, hard: bool) -> None:
        """Take a job out of the queue; have one that runs look at its mark, or end it."""
        self._cancel([] if hard else ["--state=PENDING"], job)
        if not hard:
            self._cancel(["--batch", "--signal=USR1"], job)

    def probe(self, place: ServerPlace, patience: float) -> list[NodeReport]:
        """Run the probe as a job of the queue."""
        from tflab.targets.target_probe import Probe

        probe = Probe(place)
        folder = probe.make()
        try:
            job = self._submit([folder], probe.command, place, "tflab probe")
        except QueueFullError:
            # Runs wait for room in it; whether they would work is not known by then.
            probe.remove()
            return []
        try:
            found = probe.wait(patience, lambda: self.states([job])[job].phase == "gone")
            if found is not None:
                return [found]
            state = self.states([job])[job]
            if state.phase == "gone":
                return [probe.silent(state)]
            self.stop(job, hard=True)
            return []
        finally:
            probe.remove()

    def close(self) -> None:
        """There is nothing to let go of."""

    def _submit(
        self, folders: Sequence[Path], command: Sequence[str], place: ServerPlace, name: str
    ) -> str:
        script = job_script(folders, command, self._target.setup, dict(place.variables))
        try:
            make_private_folder(said_folder())
        except OSError as error:
            raise unreadable("The run cannot be handed over", said_folder(), error) from error
        words = sbatch_words(self._target, len(folders), name)
        done = self._hand_over(words, script, folders[0])
        if done.returncode:
            raise self._refused(done.stderr, len(folders))
        # With several clusters their name stands behind the number.
        return done.stdout.strip().partition(";")[0]

    def _hand_over(
        self, words: Sequence[str], script: str, folder: Path
    ) -> subprocess.CompletedProcess[str]:
        """Call `sbatch`, which tries for two minutes where the queue is full: not that long."""
        path = self._command("sbatch")
        with tempfile.TemporaryFile("w+") as text, _started(path):
            text.write(script)
            text.seek(0)
            process = subprocess.Popen(
                [path, *words],
                stdin=text,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                cwd=folder,
            )
        patience = threading.Timer(_SECONDS, process.kill)
        patience.start()
        said = []
        with process:
            assert process.stdout is not None
            assert process.stderr is not None
            for line in process.stderr:
                said.append(line)
                if _RETRIES in line.lower():
                    # It sleeps now, so it cannot be taken at this very moment.
                    process.kill()
            out = process.stdout.read()
        patience.cancel()
        return subprocess.CompletedProcess(process.args, process.returncode, out, "".join(said))

    def _refused(self, stderr: str, count: int) -> Problem:
        said = _said(stderr)
        words = said.lower()
        if any(word in words for word in _FULL) or (count > 1 and _TOO_LONG in words):
            cause, step = f"Slurm says: {said}", "Wait, or stop some."
            return QueueFullError("The queue takes no more now", cause, step)
        if said == _NOTHING or any(word in words for word in _AWAY):
            cause, step = f"sbatch says: {said}", "Try `squeue` in a shell; it is asked again."
            return QueueFullError("Slurm does not answer", cause, step)
        return Problem(
            "Slurm refuses the run",
            f"sbatch says: {said}",
            f"Change [{self._target.name}] in targets.toml; `sinfo` tells what the queue has.",
        )

    def _order(self) -> str:
        words = ("--noheader", "--states=PENDING", "--sort=-p,i", f"--format={ORDER_FORMAT}")
        return self._ask("squeue", *words)

    def _ask_for(self, ids: Sequence[str]) -> str:
        words = ("--noheader", "--array", "--states=all", f"--format={FORMAT}")
        done = self._call("squeue", *words, f"--jobs={','.join(ids)}")
        if done.returncode and _UNKNOWN not in done.stderr.lower():
            raise _silent("squeue", _said(done.stderr))
        return done.stdout

    def _cancel(self, words: Sequence[str], job: str) -> None:
        done = self._call("scancel", *words, job)
        said = _said(done.stderr).lower()
        if done.returncode and not any(word in said for word in (_UNKNOWN, "already", "no active")):
            raise _silent("scancel", _said(done.stderr))

    def _ask(self, command: str, *words: str) -> str:
        done = self._call(command, *words)
        if done.returncode:
            raise _silent(command, _said(done.stderr))
        return done.stdout

    def _call(self, command: str, *words: str) -> subprocess.CompletedProcess[str]:
        path = self._command(command)
        try:
            with _started(path):
                return subprocess.run(
                    [path, *words],
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    errors="replace",
                    timeout=_SECONDS,
                    check=False,
                )
        except subprocess.TimeoutExpired as error:
            raise Problem(
                "Slurm does not answer",
                f"{command} said nothing for {_SECONDS:g} s.",
                "Try `squeue` in a shell; the runs that it has go on.",
            ) from error

    def _command(self, name: str) -> str:
        folder = self._target.commands
        found = shutil.which(name, path=folder or os.environ.get("PATH"))
        if found is None:
            where = f"not in {folder}" if folder else "not on the path"
            raise Problem(
                "Slurm is not here",
                f"{name} is {where}.",
                "Start tflab on a login node, or name their folder: `commands` in targets.toml.",
            )
        return found


@contextmanager
def _started(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Problem(
            "Slurm's commands cannot be started",
            f"{path}: {error.strerror}.",
            "Ask whoever looks after the cluster.",
        ) from error


def _said(stderr: str) -> str:
    lines = [plain_line(line) for line in stderr.splitlines() if line.strip()]
    return " ".join(line.partition("error: ")[2] or line for line in lines)[:400] or _NOTHING


def _silent(command: str, said: str) -> Problem:
    return Problem(
        "Slurm does not answer",
        f"{command} says: {said}",
        "The runs that it has go on; it is asked again.",
    )
