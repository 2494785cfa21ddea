"""Where environments are looked for, in the order in which one is chosen for a program."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.targets.environment_probe import EnvironmentProbe
from tflab.targets.environments import (
    KERNEL_MARK,
    Candidate,
    Environment,
    Source,
    nowhere,
    with_tensorflow,
)
from tflab.targets.kernelspecs import GENERIC, find_kernel, kernels
from tflab.targets.virtual_environments import FOLDERS, beside, interpreter_of

OWN_NAME = "tflab's own"

_MOST_LISTED = 40
_ON_PATH = ("python3", "python")
_CONDA_LIST = ".conda/environments.txt"


@dataclass(frozen=True)
class Wanted:
    """What a program says of its environment, and what a person says for it.

    Attributes:
        program: Its file, an absolute path; None for no program.
        kernel: The name of the kernel that a notebook was written with.
        named: The interpreter, or the kernel, that a person chose, as `named_interpreter` has it.
        trusted: Whether what lies beside the program may be started.
        trusted_at: Where the same program was trusted, if not where it is: then only what lies
            beside both may be started.
        tensorflow: Whether it imports TensorFlow, so that Keras on something else will not do.
    """

    program: Path | None = None
    kernel: str = ""
    named: str = ""
    trusted: bool = True
    tensorflow: bool = False
    trusted_at: Path | None = None

    def may_start(self, candidate: Candidate) -> bool:
        """Return whether an interpreter may be started to be looked at."""
        return self.trusted or candidate.source is not Source.VENV


@dataclass(frozen=True)
class Choice:
    """The environment of a program, and those before it in order that do not serve."""

    environment: Environment
    passed_over: tuple[Environment, ...] = ()


def named_interpreter(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the interpreter that a person means: a path, an environment's folder, or a name.

    Raises:
        Problem: When there is none.
    """
    if text.startswith(KERNEL_MARK):
        return text
    path = Path(text).expanduser()
    if os.sep not in text and not os.path.lexists(path):
        found = shutil.which(text, path=environ.get("PATH"))
        if found is None:
            raise _no_interpreter(text, "no folder of PATH has it")
        return os.path.abspath(found)
    if not os.path.lexists(path):
        raise _no_interpreter(text, "it is not there")
    # Whether a file starts is seen when it is looked at.
    inside = interpreter_of(path) if path.is_dir() else path
    if inside is None:
        raise _no_interpreter(text, "this folder holds no bin/python")
    return os.path.abspath(inside)


def choose(
    wanted: Wanted, probe: EnvironmentProbe, environ: Mapping[str, str] = os.environ
) -> Choice:
    """Return the environment that a program runs in: the first one that serves.

    What a person chose is taken or refused, never passed over.

    Raises:
        Problem: When what was chosen does not serve, or nothing does.
    """
    passed: list[Environment] = []
    for candidate in _unlike(candidates(wanted, environ)):
        environment = probe.look(candidate, wanted.may_start(candidate))
        if wanted.named and environment.problem is not None:
            raise environment.problem
        if wanted.tensorflow and not wanted.named:
            environment = with_tensorflow(environment)
        if environment.serves:
            return Choice(environment, tuple(passed))
        passed.append(environment)
    raise nowhere(passed)


def list_environments(
    wanted: Wanted, probe: EnvironmentProbe, environ: Mapping[str, str] = os.environ
) -> list[Environment]:
    """Return all environments that are known on this machine, looked at, in their order."""
    found = [*candidates(wanted, environ)]
    if wanted.named:
        found += candidates(replace(wanted, named=""), environ)
    found += _others(wanted, environ)
    unlike = list(islice(_unlike(found), _MOST_LISTED))
    return probe.look_at_all(unlike, wanted.may_start)


def candidates(wanted: Wanted, environ: Mapping[str, str] = os.environ) -> Iterator[Candidate]:
    """Yield what a program may run in, in order, without looking into it.

    After our own environment comes the Python that the shell finds: a cluster's modules put
    TensorFlow there.
    """
    if wanted.named.startswith(KERNEL_MARK):
        yield _named_kernel(wanted, environ)
        return
    if wanted.named:
        yield _as_own(Candidate(wanted.named, Source.NAMED, folder_name(wanted.named)))
        return
    active = list(_active(environ))
    if wanted.kernel:
        yield from _kernel(wanted, [folder for folder, _ in active], environ)
    for folder in beside(wanted.program) if wanted.program else ():
        candidate = _in_folder(folder, Source.VENV)
        if candidate is not None and not _meant(folder, wanted):
            candidate = replace(candidate, problem=_MEANT_ELSEWHERE)
        if candidate is not None and candidate.interpreter not in {
            c.interpreter for _, c in active
        }:
            yield candidate
    for _, candidate in active:
        yield candidate
    yield own()
    yield from _on_path(environ)


def own() -> Candidate:
    """Return the environment that tflab itself runs in."""
    return Candidate(sys.executable, Source.OWN, OWN_NAME)


def folder_name(interpreter: str) -> str:
    """Return what people call an environment, from where its interpreter lies."""
    path = Path(interpreter)
    folder = path.parent.parent
    if path.parent.name != "bin" or not _is_environment(folder):
        return plain_line(interpreter)
    if folder.name in (*FOLDERS, "env"):
        return plain_line(os.path.join(folder.parent.name, folder.name))
    return plain_line(folder.name)


def _named_kernel(wanted: Wanted, environ: Mapping[str, str]) -> Candidate:
    """Return the kernel that a person chose, with the variables that it has by now."""
    asked = replace(wanted, named="", kernel=wanted.named.removeprefix(KERNEL_MARK))
    prefixes = [*(folder for folder, _ in _active(environ)), sys.prefix]
    if wanted.program is not None and wanted.trusted:
        prefixes = [*map(str, beside(wanted.program)), *prefixes]
    # Under the name of every Jupyter too: the person saw which one it is.
    found = next((k for k in kernels(prefixes, environ) if k.kernel == asked.kernel), None)
    if found is None:
        name = plain_line(asked.kernel)
        return Candidate("", Source.NAMED, name, problem=_no_kernel(asked, "You chose it"))
    return replace(found, source=Source.NAMED)


def _kernel(wanted: Wanted, active: list[str], environ: Mapping[str, str]) -> Iterator[Candidate]:
    prefixes = [*active, sys.prefix]
    if wanted.program is not None and wanted.trusted and wanted.trusted_at is None:
        prefixes = [*map(str, beside(wanted.program)), *prefixes]
    found = find_kernel(wanted.kernel, prefixes, environ)
    if found is not None:
        yield _as_own(found)
    elif wanted.kernel.lower() not in GENERIC:
        yield Candidate("", Source.KERNEL, plain_line(wanted.kernel), problem=_no_kernel(wanted))


def _active(environ: Mapping[str, str]) -> Iterator[tuple[str, Candidate]]:
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        folder = environ.get(variable)
        if folder and (candidate := _in_folder(Path(folder), Source.ACTIVE)) is not None:
            yield folder, candidate


def _on_path(environ: Mapping[str, str]) -> Iterator[Candidate]:
    for name in _ON_PATH:
        if found := shutil.which(name, path=environ.get("PATH")):
            path = os.path.abspath(found)
            yield _as_own(Candidate(path, Source.OTHER, folder_name(path)))


def _others(wanted: Wanted, environ: Mapping[str, str]) -> Iterator[Candidate]:
    """Yield what is never chosen without a person, but may be offered to one."""
    trusted = beside(wanted.program) if wanted.program and wanted.trusted else ()
    prefixes = [*map(str, trusted), *(folder for folder, _ in _active(environ)), sys.prefix]
    yield from map(_as_own, kernels(prefixes, environ))
    try:
        listed = (Path.home() / _CONDA_LIST).read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in listed:
        if line.strip() and (found := _in_folder(Path(line.strip()), Source.OTHER)) is not None:
            yield found


def _in_folder(folder: Path, source: Source) -> Candidate | None:
    interpreter = interpreter_of(folder)
    if interpreter is None:
        return None
    path = os.path.abspath(interpreter)
    return _as_own(Candidate(path, source, folder_name(path)))


def _as_own(candidate: Candidate) -> Candidate:
    """Return our own environment where a path leads to it, which needs no look from outside."""
    if candidate.variables or _place(candidate.interpreter) != _place(sys.executable):
        return candidate
    return own()


def _unlike(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield the first of those that start the same with the same variables."""
    seen: set[object] = set()
    for candidate in found:
        variables = tuple(sorted(candidate.variables.items()))
        key = (_place(candidate.interpreter), variables, candidate.problem)
        if key not in seen:
            seen.add(key)
            yield candidate


def _place(interpreter: str) -> tuple[str, str]:
    """Return what tells interpreters apart: a folder, for a link's matters, and the file."""
    return os.path.realpath(os.path.dirname(interpreter)), os.path.realpath(interpreter)


def _meant(folder: Path, wanted: Wanted) -> bool:
    """Return whether an environment lay beside the program too when that was trusted."""
    at = wanted.trusted_at
    return at is None or not wanted.trusted or folder.parent in at.parents


_MEANT_ELSEWHERE = Problem(
    "The environment beside it is not used",
    "You trusted this program in another folder, and what lies beside it here is other code.",
    "Choose it by its path if you trust it as well: `--python`, or the list of environments.",
)


def _is_environment(folder: Path) -> bool:
    return (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()


def _no_interpreter(text: str, why: str) -> Problem:
    return Problem(
        "There is no such interpreter",
        f"{plain_line(text)}: {why}.",
        "Give the path of a Python or of an environment's folder; `tflab envs` lists some.",
    )


def _no_kernel(wanted: Wanted, who: str = "The notebook names it") -> Problem:
    name = plain_line(wanted.kernel)
    return Problem(
        f"The kernel {name} is not on this machine",
        f"{who}, and no folder of Jupyter's has it.",
        "Choose an environment with --python; `tflab envs` lists them. `--python auto` forgets "
        "what was chosen.",
    )
