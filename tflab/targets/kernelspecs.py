"""Jupyter's kernels as they lie on the disk, found by Jupyter's conventions, without Jupyter."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.targets.environments import Candidate, Source

GENERIC = ("python", "python3")
"""Names that every Jupyter gives to the Python that it runs in: they tell of no environment."""

_SPECIFICATION = "kernel.json"
_LARGEST = 1 << 20
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*$")
_VARIABLE = re.compile(r"\$\{(\w+)\}")


def kernels(prefixes: Sequence[str], environ: Mapping[str, str] = os.environ) -> list[Candidate]:
    """Return the Python kernels that are installed, each name once, in Jupyter's order.

    Args:
        prefixes: Environments whose own kernels count too, after the person's own.
        environ: The variables that say where Jupyter keeps things.
    """
    found: dict[str, Candidate] = {}
    for name, file in _specifications(prefixes, environ):
        if name.lower() not in found:
            candidate = _read(name, file, environ)
            if candidate is not None:
                found[name.lower()] = candidate
    return list(found.values())


def find_kernel(
    name: str, prefixes: Sequence[str], environ: Mapping[str, str] = os.environ
) -> Candidate | None:
    """Return what a kernel starts; None when there is no such Python kernel.

    A name that every Jupyter uses counts only where a person installed a kernel under it, since in
    an environment's own folder it says nothing of which environment.
    """
    own = () if name.lower() in GENERIC else prefixes
    for found, file in _specifications(own, environ):
        if found.lower() == name.lower():
            return _read(found, file, environ)
    return None


def _specifications(
    prefixes: Sequence[str], environ: Mapping[str, str]
) -> Iterator[tuple[str, Path]]:
    for folder in _folders(prefixes, environ):
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        for name in names:
            if (folder / name / _SPECIFICATION).is_file():
                yield name, folder / name / _SPECIFICATION


def _folders(prefixes: Sequence[str], environ: Mapping[str, str]) -> list[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        own = home / "Library" / "Jupyter"
    else:
        own = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "jupyter"
    places = [path for path in environ.get("JUPYTER_PATH", "").split(os.pathsep) if path]
    places.append(environ.get("JUPYTER_DATA_DIR") or str(own))
    places += [os.path.join(prefix, "share", "jupyter") for prefix in prefixes]
    places += ["/usr/local/share/jupyter", "/usr/share/jupyter"]
    return [Path(place) / "kernels" for place in places]


def _read(name: str, file: Path, environ: Mapping[str, str]) -> Candidate | None:
    """Return what a specification starts; None for a kernel of another language."""
    told = _load(file)
    if told is None:
        return _unusable(name, f"{plain_line(str(file))} cannot be read.")
    if str(told.get("language", "")).lower() != "python":
        return None
    words = told.get("argv")
    first = words[0] if isinstance(words, list) and words and isinstance(words[0], str) else ""
    # A prefix's own kernels lie in PREFIX/share/jupyter/kernels/NAME.
    prefix = file.parents[4]
    first = first.replace("{prefix}", str(prefix)).replace("{resource_dir}", str(file.parent))
    if not _PYTHON.match(os.path.basename(first)):
        return _unusable(name, f"It is started by {plain_line(first) or 'nothing'}.")
    if not os.path.isabs(first):
        beside = prefix / "bin" / first
        first = str(beside) if beside.exists() else shutil.which(first) or first
    shown = told.get("display_name")
    return Candidate(
        interpreter=first,
        source=Source.KERNEL,
        name=plain_line(shown) if isinstance(shown, str) and shown.strip() else name,
        variables=_variables(told.get("env"), environ),
        kernel=name,
    )


def _load(file: Path) -> dict[str, Any] | None:
    try:
        with file.open("rb") as stream:
            told = json.loads(stream.read(_LARGEST).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _variables(told: object, environ: Mapping[str, str]) -> dict[str, str]:
    """Return a kernel's variables; `${NAME}` in them stands for one that is set already."""
    if not isinstance(told, dict):
        return {}
    texts = {name: text for name, text in told.items() if isinstance(text, str)}
    return {
        name: _VARIABLE.sub(lambda found: environ.get(found[1], found[0]), text)
        for name, text in texts.items()
    }


def _unusable(name: str, cause: str) -> Candidate:
    problem = Problem(
        f"The kernel {plain_line(name)} cannot be used",
        cause,
        "Choose an environment with --python; `tflab envs` lists them.",
    )
    return Candidate("", Source.KERNEL, plain_line(name), problem=problem)
