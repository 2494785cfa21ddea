"""Virtual environments as they lie on the disk: their configuration, packages and interpreter."""

from __future__ import annotations

import os
from pathlib import Path

from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.targets.environments import Installed
from tflab.targets.installed_packages import installed_packages

CONFIGURATION = "pyvenv.cfg"
FOLDERS = (".venv", "venv")
"""What the folder of a program's environment is called by habit."""

_NAMES = ("python", "python3")


def interpreter_of(folder: Path) -> Path | None:
    """Return the interpreter of an environment's folder, virtual or conda; None when it has none.

    One whose link leads nowhere any more counts, so that a person hears of it.
    """
    for name in _NAMES:
        path = folder / "bin" / name
        if os.path.lexists(path):
            return path
    return None


def beside(program: Path) -> list[Path]:
    """Return the virtual environments in a program's folder and in those above it, nearest first.

    The search ends with the person's home folder, or at the top.
    """
    found = []
    for folder in program.parents:
        for name in FOLDERS:
            if (folder / name / CONFIGURATION).is_file():
                found.append(folder / name)
        if folder == Path.home():
            break
    return found


def gone_link(interpreter: str) -> str:
    """Return where an interpreter's link leads when nothing is there any more; else nothing."""
    path = Path(interpreter)
    if not path.is_symlink() or path.exists():
        return ""
    return os.path.realpath(path)


def read_virtual_environment(interpreter: str) -> Installed | Problem:
    """Read what a virtual environment has, without starting anything that lies in it."""
    folder = Path(interpreter).parent.parent
    told = _configuration(folder / CONFIGURATION)
    libraries = [str(path) for path in folder.glob("lib/python3.*/site-packages")]
    version = told.get("version") or ".".join(told.get("version_info", "").split(".")[:3])
    found = installed_packages(libraries)
    elsewhere = told.get("include-system-site-packages", "").lower() == "true"
    if not version or not libraries or (elsewhere and "tensorflow" not in found["packages"]):
        return Problem(
            "The environment was not looked at",
            f"{plain_line(interpreter)} is not started before you trust the program beside it.",
            "Trust the program first, or name an environment with --python.",
        )
    return Installed(
        python=version,
        executable=interpreter,
        prefix=str(folder),
        paths=tuple(libraries),
        packages=found["packages"],
        gpu=found["gpu"],
        started=False,
    )


def _configuration(file: Path) -> dict[str, str]:
    try:
        with file.open("rb") as stream:
            text = stream.read(1 << 16).decode("utf-8", "replace")
    except OSError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
