"""The magics of a notebook that need no shell: folders, environment variables, files and names."""

from __future__ import annotations

import os
import runpy
import shlex
import sys
from collections.abc import Collection, Mapping
from typing import Any

_LONGEST_VALUE = 60


def change_folder(line: str) -> None:
    """Do what `%cd` does: go into a folder and print where that is."""
    words = shlex.split(line)
    folder = os.path.expanduser(words[-1] if words else "~")
    try:
        os.chdir(folder)
    except OSError as error:
        # As under IPython the notebook goes on where it is.
        print(error)
    if "-q" not in words:
        print(os.getcwd())


def environment_variable(line: str) -> Any:
    """Do what `%env` does: return all variables, return one, or set one."""
    name, mark, value = line.partition("=" if "=" in line else " ")
    if not line.strip():
        return dict(os.environ)
    if not mark:
        return os.environ.get(name.strip())
    os.environ[name.strip()] = value.strip()
    print(f"env: {name.strip()}={value.strip()}")
    return None


def run_file(line: str, names: dict[str, Any]) -> None:
    """Do what `%run` does: run a script with its arguments, and take over the names it leaves."""
    words = shlex.split(line)
    path = next((word for word in words if not word.startswith("-")), "")
    before = sys.argv
    sys.argv = words[words.index(path) :] if path else before
    try:
        names.update(
            (name, value)
            for name, value in runpy.run_path(path, run_name="__main__").items()
            if not name.startswith("__")
        )
    finally:
        sys.argv = before


def own_names(line: str, names: Mapping[str, Any], others: Collection[str]) -> list[str]:
    """Return the notebook's own names, or those of the types that the line names.

    Args:
        line: Names of types; empty for all.
        names: The notebook's global names.
        others: Those that are none of its own.
    """
    kinds = line.split()
    return sorted(
        name
        for name, value in names.items()
        if not name.startswith("_") and name not in others
        if not kinds or type(value).__name__ in kinds
    )


def print_values(own: Collection[str], names: Mapping[str, Any]) -> None:
    """Do what `%whos` does: print names with types and values."""
    for name in own:
        value = names[name]
        text = " ".join(repr(value).split())
        print(f"{name:<20} {type(value).__name__:<20} {text[:_LONGEST_VALUE]}")


def import_pylab(names: dict[str, Any]) -> None:
    """Do what `%pylab` does: import NumPy and pyplot, and all of their names."""
    exec("import numpy\nimport numpy as np\nfrom matplotlib import pyplot as plt", names)
    exec("from numpy import *\nfrom matplotlib.pyplot import *", names)


def write_file(path: str, cell: str, append: bool) -> None:
    """Do what `%%writefile` does: write a cell to a file, or append it."""
    path = os.path.expanduser(path)
    with open(path, "a" if append else "w", encoding="utf-8") as file:
        file.write(cell)
    print(f"{'Appending to' if append else 'Writing'} {path}")
