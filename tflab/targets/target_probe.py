"""The probe of a target: a file written here and read there, and an answer that comes back.

It tells, before a run starts, whether both ends share the folder of runs and the environment.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tflab.runs.atomic_files import make_private_folder, new_private_folder, replace_atomically
from tflab.runs.job import LOG
from tflab.runs.paths import data_folder
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.targets.engine import JobState, NodeReport
from tflab.targets.server_pool import ServerPlace
from tflab.targets.target_file import Target
from tflab.targets.worker_command import worker_command
from tflab.worker.node_probe import ANSWER, MARK

CLOCK_SECONDS = 5.0
"""Clocks that differ by more are told of."""

_GOOD_FOR = 24 * 3600.0
_PAUSE = 0.1
_OVER_SECONDS = 1.0
_HERE_SECONDS = 20.0
_SAME = ("python", "tflab")


class Probe:
    """One probe: its folder on the shared home, and what comes back into it.

    Args:
        place: The environment that the runs are to have.
        sleep: Waits some seconds; injected by tests.
    """

    def __init__(self, place: ServerPlace, sleep: Callable[[float], object] = time.sleep) -> None:
        self._place = place
        self._sleep = sleep
        self._mark = secrets.token_hex(8)
        self._made = time.time()
        self.folder = data_folder().absolute() / "probes" / self._mark

    @property
    def command(self) -> list[str]:
        """What is started on the machine; the folder is put behind it."""
        return worker_command(self._place.interpreter, "tflab.worker.node_probe")

    def make(self) -> Path:
        """Make the folder with the mark in it, and return it."""
        make_private_folder(self.folder.parent)
        new_private_folder(self.folder)
        (self.folder / MARK).write_text(self._mark)
        return self.folder

    def remove(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait(self, patience: float, over: Callable[[], bool] = lambda: False) -> NodeReport | None:
        """Return what came back within some seconds, or None.

        Args:
            patience: The seconds.
            over: Whether nothing more will come; asked about once a second.
        """
        end = time.monotonic() + patience
        look = time.monotonic() + _OVER_SECONDS
        while time.monotonic() < end:
            if (found := self._answer()) is not None:
                return self._report(found)
            if time.monotonic() >= look:
                look = time.monotonic() + _OVER_SECONDS
                # What was written a moment before is to be seen first.
                end = min(end, look) if over() else end
            self._sleep(_PAUSE)
        return None

    def silent(self, state: JobState) -> NodeReport:
        """Return what is to be said of a probe that ran and of which nothing came back."""
        node, said = state.node or "a machine of the target", self._said()
        if said:
            python = self._place.interpreter or sys.executable
            cause = f"On {node} it says: {said}"
            step = f"See that {python} is there too, and add `setup` lines that it needs."
            return NodeReport(node, Problem("The environment does not work there", cause, step))
        return NodeReport(node, not_shared(node))

    def _answer(self) -> dict[str, Any] | None:
        with suppress(OSError, ValueError):
            found = json.loads((self.folder / ANSWER).read_bytes())
            if isinstance(found, dict) and found.get("mark") == self._mark:
                return found
        return None

    def _said(self) -> str:
        with suppress(OSError):
            lines = (self.folder / LOG).read_text("utf-8", "replace").split("\n")
            return plain_line(" ".join(line.strip() for line in lines if line.strip())[-400:])
        return ""

    def _report(self, found: dict[str, Any]) -> NodeReport:
        between = (self._made, time.time())
        node = plain_line(str(found.get("host", "")))
        return NodeReport(node, remarks=remarks(found, self._here(), between))

    def _here(self) -> dict[str, Any]:
        """Return the same of this machine, with the same Python."""
        code = "import json; from tflab.worker.node_probe import look; print(json.dumps(look()))"
        folder = Path(__file__).resolve().parent.parent.parent
        python = self._place.interpreter or sys.executable
        words = [python, "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {code}"]
        with suppress(OSError, ValueError, subprocess.SubprocessError):
            done = subprocess.run(
                words, capture_output=True, timeout=_HERE_SECONDS, check=True, text=True
            )
            found: dict[str, Any] = json.loads(done.stdout)
            return found
        return {}


def not_shared(node: str) -> Problem:
    """Return the problem of a machine that does not see the folder of runs."""
    folder = data_folder().absolute()
    return Problem(
        "The target does not share the data folder",
        f"{node} cannot write {folder}, where runs are kept.",
        f"Set TFLAB_DATA to a folder that {node} has too, such as one in a shared home.",
    )


def remarks(
    there: dict[str, Any], here: dict[str, Any], between: tuple[float, float]
) -> tuple[str, ...]:
    """Return what differs between two machines, a sentence each.

    Args:
        there: What the probe told of a machine of the target.
        here: The same of this one; empty where it is not known.
        between: When it was asked and when its answer was read, by the clock here.
    """
    node = plain_line(str(there.get("host", "")))
    found = []
    told = float(there.get("time", between[0]))
    ahead = max(0.0, told - between[1]) - max(0.0, between[0] - told)
    if abs(ahead) > CLOCK_SECONDS:
        way = "ahead of" if ahead > 0 else "behind"
        text = f"The clock of {node} is {abs(ahead):,.0f} s {way} the one here: times of its runs"
        found.append(f"{text} are as that clock says.")
    versions = {name: (str(here.get(name)), str(there.get(name))) for name in _SAME if here}
    packages: dict[str, str] = there.get("packages") or {}
    for name, own in (here.get("packages") or {}).items():
        versions[name] = (str(own), str(packages.get(name, "missing")))
    for name, (own, other) in versions.items():
        if own != other:
            found.append(f"{node} has {name} {plain_line(other)}, this machine {plain_line(own)}.")
    return tuple(found)


class ProbeBook:
    """Which probes went well, so that not every run waits for one: `cache/targets` of the data.

    Args:
        clock: Seconds since the epoch; injected by tests.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    def knows(self, target: Target, place: ServerPlace) -> bool:
        """Return whether a target was seen to serve within the last day, described as it is now."""
        try:
            age = self._clock() - self._path(target, place).stat().st_mtime
        except OSError:
            return False
        return abs(age) < _GOOD_FOR

    def note(self, target: Target, place: ServerPlace) -> None:
        """Note that it serves."""
        path = self._path(target, place)
        # What cannot be kept is probed again.
        with suppress(OSError):
            make_private_folder(path.parent)
            replace_atomically(path, shlex.quote(target.name).encode())

    def _path(self, target: Target, place: ServerPlace) -> Path:
        text = repr((target, place, data_folder().absolute(), sys.executable))
        key = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return data_folder() / "cache" / "targets" / key
