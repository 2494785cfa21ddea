"""Environments: the Pythons that programs may run in, what each has, and why one does not serve."""

from __future__ import annotations

import importlib.machinery
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from tflab.runs.record import Problem
from tflab.runs.text import plain_line

OLDEST_PYTHON = (3, 10)
OLDEST_TENSORFLOW = (2, 16)
OLDEST_KERAS = (3,)
BACKENDS = ("tensorflow", "jax", "torch")
"""What Keras computes on, the first one unless the program or the shell says otherwise."""

_MOST_NAMED = 5
_BACKEND = "KERAS_BACKEND"

SHOWN_NAMES = {
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "numpy": "NumPy",
    "jax": "JAX",
    "torch": "PyTorch",
}


class Source(Enum):
    """What led to an environment, in the order in which they are tried."""

    NAMED = "named"
    KERNEL = "kernel"
    VENV = "venv"
    ACTIVE = "active"
    OWN = "own"
    OTHER = "other"


KERNEL_MARK = "kernel:"
"""Begins a choice that names a kernel of Jupyter's, and not an interpreter."""


@dataclass(frozen=True)
class Candidate:
    """An interpreter that may be an environment; nothing of it was looked at yet.

    Attributes:
        interpreter: The path that starts it. Never resolved: a link may be what makes it a virtual
            environment.
        source: What led to it.
        name: What people call it, such as a kernel's name or a folder's.
        variables: What a kernel sets in the environment of its process.
        problem: Why it cannot even be tried; None when it can.
        kernel: The name of the kernel that it is.
    """

    interpreter: str
    source: Source
    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None
    kernel: str = ""


@dataclass(frozen=True)
class Installed:
    """What an interpreter told of itself, or its folders did.

    Attributes:
        python: Its version.
        executable: What it takes itself for.
        prefix: The folder that its packages belong to; two interpreters of one are one environment.
        paths: Where it finds modules.
        packages: A version for each of TensorFlow, Keras, NumPy, JAX and PyTorch that is there.
        gpu: What TensorFlow, JAX and PyTorch were built for, such as `CUDA 12.5.1`.
        started: False when only its folders were read.
    """

    python: str
    executable: str
    prefix: str
    paths: tuple[str, ...]
    packages: Mapping[str, str]
    gpu: Mapping[str, str]
    started: bool = True

    def has(self, module: str) -> bool:
        """Return whether a module can be imported there, as far as its folders tell."""
        name = module.partition(".")[0]
        return importlib.machinery.PathFinder.find_spec(name, list(self.paths)) is not None


@dataclass(frozen=True)
class Environment:
    """An interpreter that was looked at.

    Attributes:
        candidate: Where it is and what led to it.
        installed: What it has; None when it did not tell.
        problem: Why it does not serve; None when it does.
    """

    candidate: Candidate
    installed: Installed | None
    problem: Problem | None

    @property
    def serves(self) -> bool:
        """Whether programs can run in it."""
        return self.problem is None

    @property
    def interpreter(self) -> str:
        """The path that starts it."""
        return self.candidate.interpreter

    @property
    def choice(self) -> str:
        """What is kept when a person chooses it: a kernel's name, where it sets variables too."""
        kernel = self.candidate.kernel
        named = bool(kernel and self.candidate.variables)
        return f"{KERNEL_MARK}{kernel}" if named else self.interpreter

    @property
    def own(self) -> bool:
        """Whether it is the one that tflab itself runs in."""
        return self.candidate.source is Source.OWN

    @property
    def variables(self) -> Mapping[str, str]:
        """What its fork server is started with: what its kernel sets, and a backend that is there.

        Keras would look for TensorFlow where nobody names another backend.
        """
        found = dict(self.candidate.variables)
        if self.backends and "tensorflow" not in self.backends and not os.environ.get(_BACKEND):
            found.setdefault(_BACKEND, self.backends[0])
        return found

    @property
    def started(self) -> bool:
        """Whether its interpreter was seen to start."""
        return self.installed is not None and self.installed.started

    @property
    def request_python(self) -> str:
        """The interpreter as the request of a run has it: empty for our own."""
        return "" if self.own else self.interpreter

    @property
    def python(self) -> str:
        """Its version; empty when it did not tell."""
        return self.installed.python if self.installed else ""

    def version(self, package: str) -> str:
        """Return the version of a package that was looked for; empty when it is not there."""
        return self.installed.packages.get(package, "") if self.installed else ""

    @property
    def backends(self) -> tuple[str, ...]:
        """What Keras can compute on there."""
        if not _at_least(self.version("keras"), OLDEST_KERAS):
            return ()
        return tuple(name for name in BACKENDS if self.version(name))

    @property
    def gpu(self) -> str:
        """What it was built for, such as `CUDA 12.5.1`; empty when it computes on the CPU only."""
        found = self.installed.gpu if self.installed else {}
        return next((found[name] for name in BACKENDS if name in found), "")

    @property
    def words(self) -> str:
        """The environment in a few words, such as `.venv (Python 3.12.1, TensorFlow 2.18.1)`."""
        parts = [f"Python {self.python}"] if self.python else []
        for name in ("tensorflow", "jax", "torch"):
            if self.version(name):
                parts.append(f"{SHOWN_NAMES[name]} {self.version(name)}")
        return f"{self.candidate.name} ({', '.join(parts)})" if parts else self.candidate.name


def why_not(installed: Installed) -> Problem | None:
    """Return why programs cannot run in an environment that starts; None when they can."""
    packages, where = installed.packages, plain_line(installed.executable)
    if not _at_least(installed.python, OLDEST_PYTHON):
        return Problem(
            f"Python {installed.python} is too old",
            f"Runs need Python 3.10 or later; this is {where}.",
            "Make an environment of a later Python, with TensorFlow in it.",
        )
    tensorflow = packages.get("tensorflow")
    if tensorflow is None and not _other_backend(packages):
        return _missing("tensorflow", installed)
    if tensorflow is not None and not _at_least(tensorflow, OLDEST_TENSORFLOW):
        return Problem(
            f"TensorFlow {tensorflow} is too old",
            f"Runs need TensorFlow 2.16 or later; this is {where}.",
            f"Bring it up to date: `{pip_line(installed, '--upgrade', 'tensorflow')}`.",
        )
    absent = [name for name in ("keras", "numpy") if name not in packages]
    return _missing(absent[0], installed) if absent else None


def with_tensorflow(environment: Environment) -> Environment:
    """Return an environment that serves only if TensorFlow itself is there."""
    if environment.problem is not None or environment.version("tensorflow"):
        return environment
    assert environment.installed is not None
    return replace(environment, problem=_missing("tensorflow", environment.installed))


def pip_line(installed: Installed, *words: str) -> str:
    """Return the command that installs something into an environment, fit for a shell."""
    return plain_line(shlex.join([installed.executable, "-m", "pip", "install", *words]))


def package_words(environment: Environment) -> str:
    """Say in one line what an environment has, and what it has not."""
    parts = [f"Python {environment.python}"]
    for name in ("tensorflow", "keras"):
        parts.append(f"{SHOWN_NAMES[name]} {environment.version(name) or 'none'}")
    if environment.backends and environment.backends != ("tensorflow",):
        parts.append(f"Keras on {', '.join(SHOWN_NAMES[name] for name in environment.backends)}")
    if environment.version("tensorflow") or environment.backends:
        parts.append(environment.gpu or "CPU only")
    return ", ".join(parts)


def who_has(environments: Sequence[Environment], module: str) -> list[Environment]:
    """Return those that serve and have a module, in their order."""
    return [e for e in environments if e.serves and e.installed and e.installed.has(module)]


def nowhere(looked_at: Sequence[Environment]) -> Problem:
    """Return the problem of a program for which no environment was found that serves."""
    words = [f"{e.candidate.name}: {e.problem.title}." for e in looked_at if e.problem is not None]
    # Where it starts at all, a package can be installed.
    starting = [e.installed for e in looked_at if e.installed is not None and e.started]
    line = f" (`{pip_line(starting[0], 'tensorflow')}`)" if starting else ""
    return Problem(
        "No environment has TensorFlow",
        " ".join(words) or "No Python was found.",
        f"Install it in one of them{line}, or name one that has it: `--python PATH`, or "
        "Environment among the commands of the workbench. `tflab envs` lists them.",
    )


def with_the_others(problem: Problem, known: Sequence[Environment]) -> Problem:
    """Return a problem of environments with those named that serve."""
    serving = [environment for environment in known if environment.serves]
    if not serving:
        return problem
    lines = "; ".join(f"{e.words}: {plain_line(e.interpreter)}" for e in serving[:_MOST_NAMED])
    return Problem(
        problem.title,
        f"{problem.cause} Here is what would serve: {lines}.",
        "Choose one of these for the program: `--python PATH`, or Environment among the commands "
        "of the workbench.",
    )


def _missing(name: str, installed: Installed) -> Problem:
    return Problem(
        f"{SHOWN_NAMES[name]} is not installed",
        f"{plain_line(installed.executable)} has no package {name!r}.",
        f"Install it there: `{pip_line(installed, name)}`. Or choose another environment.",
    )


def _other_backend(packages: Mapping[str, str]) -> bool:
    """Return whether Keras is there with something other than TensorFlow to compute on."""
    keras = packages.get("keras", "")
    return _at_least(keras, OLDEST_KERAS) and any(name in packages for name in BACKENDS[1:])


def _at_least(version: str, least: tuple[int, ...]) -> bool:
    """Compare versions by their first numbers; one that tells no number is not held against it."""
    if not version:
        return False
    found = re.match(r"\d+(?:\.\d+)*", version)
    numbers = tuple(map(int, found[0].split("."))) if found else least
    return numbers[: len(least)] >= least
