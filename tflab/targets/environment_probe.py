"""Looking at an environment: its interpreter tells what it has, in a short process of its own.

TensorFlow is not imported, so that a look takes a tenth of a second. What was found is kept until
the interpreter or one of its folders of packages changes.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from tflab.runs.processes import signal_name
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.targets import installed_packages
from tflab.targets.bounded_process import ask_process
from tflab.targets.environments import Candidate, Environment, Installed, Source, why_not
from tflab.targets.virtual_environments import gone_link, read_virtual_environment

PATIENCE = 15.0
"""Seconds that an interpreter has to start and tell what it has; a cold network disk is slow."""

_AT_ONCE = 8
# Any Python from 2.7 on understands this much, and tells its version where it is too old for more.
# The current folder goes first, so that no file that lies there passes for a module.
_START = (
    "import sys; sys.path[:] = [p for p in sys.path if p]; v = sys.version_info;"
    f'print(\'\\n{installed_packages.MARK}{{"python": "%d.%d.%d"}}\' % tuple(v[:3]));'
    "sys.stdout.flush();"
    "v >= (3, 10) and __import__('runpy').run_path(sys.argv[1], run_name='__main__')"
)


class EnvironmentProbe:
    """Looks at environments, each once until it changes. Several threads may use one.

    Args:
        patience: Seconds that an interpreter has.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._kept: dict[str, tuple[list[int], Installed | Problem]] = {}
        self._lock = threading.Lock()

    def look(self, candidate: Candidate, start: bool = True) -> Environment:
        """Return what a candidate has and whether it serves.

        Args:
            candidate: Where it is.
            start: Whether its interpreter may be started. Where it may not, as that beside a
                program that nobody has trusted yet, only the folders of a virtual environment are
                read.
        """
        if candidate.problem is not None:
            return Environment(candidate, None, candidate.problem)
        if candidate.source is Source.OWN:
            found: Installed | Problem = _own()
        elif not start:
            found = read_virtual_environment(candidate.interpreter)
        else:
            found = self._ask(candidate)
        if isinstance(found, Problem):
            return Environment(candidate, None, found)
        if os.path.basename(os.path.dirname(candidate.interpreter)) == "shims":
            # What a version manager's shim starts depends on the folder that it is called from.
            candidate = replace(
                candidate, interpreter=found.executable, name=plain_line(found.executable)
            )
        return Environment(candidate, found, why_not(found))

    def look_at_all(
        self, candidates: Sequence[Candidate], may_start: Callable[[Candidate], bool]
    ) -> list[Environment]:
        """Look at several at once; only the first of those that are one environment is returned."""
        if not candidates:
            return []

        def look(candidate: Candidate) -> Environment:
            return self.look(candidate, may_start(candidate))

        with ThreadPoolExecutor(min(_AT_ONCE, len(candidates)), "environments") as pool:
            return _without_twins(list(pool.map(look, candidates)))

    def _ask(self, candidate: Candidate) -> Installed | Problem:
        interpreter = candidate.interpreter
        with self._lock:
            kept = self._kept.get(interpreter)
        if kept is not None and kept[0] == _stamps(interpreter, kept[1]):
            return kept[1]
        found = ask_interpreter(interpreter, self._patience)
        # A stamp taken after the look may be newer than what was seen, but packages are not
        # installed within the tenth of a second that it takes; an interpreter that failed to
        # start is asked again each time, as what it lacked may lie anywhere.
        if isinstance(found, Installed):
            with self._lock:
                self._kept[interpreter] = (_stamps(interpreter, found), found)
        return found


def ask_interpreter(interpreter: str, patience: float = PATIENCE) -> Installed | Problem:
    """Start an interpreter and have it tell what it has; or say why it does not."""
    script = installed_packages.__file__
    try:
        # Its variables are those that runs there will have.
        answer = ask_process([interpreter, "-c", _START, script], patience)
    except OSError as error:
        return _does_not_start(interpreter, error)
    told = _told(answer.text)
    if "prefix" in told or (told and answer.code == 0):
        return Installed(
            python=str(told["python"]),
            executable=str(told.get("executable") or interpreter),
            prefix=str(told.get("prefix", "")),
            paths=tuple(map(str, told.get("paths", []))),
            packages=dict(told.get("packages", {})),
            gpu=dict(told.get("gpu", {})),
        )
    name = plain_line(interpreter)
    if answer.code is None:
        return Problem(
            "The interpreter does not answer",
            f"{name} was ended after {patience:.0f} s without an answer.",
            "See whether the disk it is on answers, or choose another environment.",
        )
    said = plain_line(answer.text.replace(installed_packages.MARK, ""))[:300]
    how = f"with code {answer.code}" if answer.code >= 0 else f"by {signal_name(-answer.code)}"
    return Problem(
        "The interpreter does not work",
        f"{name} ended {how}. {f'It said: {said}' if said else 'It said nothing.'}",
        "Mend that environment, or choose another one: `tflab envs` lists them.",
    )


def _told(text: str) -> dict[str, Any]:
    """Return what the last whole answer tells; empty when there is none."""
    for line in reversed(text.splitlines()):
        if line.startswith(installed_packages.MARK):
            try:
                found = json.loads(line.removeprefix(installed_packages.MARK))
            except ValueError:
                continue
            if isinstance(found, dict) and "python" in found:
                return found
    return {}


def _does_not_start(interpreter: str, error: OSError) -> Problem:
    name = plain_line(interpreter)
    if link := gone_link(interpreter):
        return Problem(
            "The environment's Python is gone",
            f"{name} leads to {plain_line(link)}, which is not there any more.",
            "Make the environment anew, or choose another one: `tflab envs` lists them.",
        )
    if isinstance(error, FileNotFoundError):
        return Problem(
            "There is no such interpreter",
            f"{name} is not there.",
            "Give the path of a Python, or of the folder of an environment.",
        )
    return Problem(
        "The interpreter does not start",
        f"{name}: {error.strerror or error}.",
        "Mend that environment, or choose another one: `tflab envs` lists them.",
    )


def _own() -> Installed:
    """Look at this process's own environment, which needs no other process."""
    found = installed_packages.installed_packages(sys.path)
    return Installed(
        python=".".join(map(str, sys.version_info[:3])),
        executable=sys.executable,
        prefix=sys.prefix,
        paths=tuple(path for path in sys.path if path),
        packages=found["packages"],
        gpu=found["gpu"],
    )


def _without_twins(found: Sequence[Environment]) -> list[Environment]:
    seen: set[tuple[object, ...]] = set()
    kept = []
    for environment in found:
        if environment.installed is not None and environment.installed.prefix:
            installed, variables = environment.installed, environment.candidate.variables
            key = (installed.prefix, installed.python, tuple(sorted(variables.items())))
            if key in seen:
                continue
            seen.add(key)
        kept.append(environment)
    return kept


def _stamps(interpreter: str, found: Installed | Problem) -> list[int]:
    """Return when the interpreter and its folders of packages were last changed."""
    folders = found.paths if isinstance(found, Installed) else ()
    return [_changed(path) for path in (interpreter, *folders)]


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
