"""Opening a notebook of 100 cells, from the start of the program until its first cell is readable.

Beside it euporie, which is installed into an environment of its own for that. Where it cannot be
had, this is said, and ours is measured alone.
"""

from __future__ import annotations

import subprocess
import tempfile
import venv
from contextlib import ExitStack
from pathlib import Path

from benchmarks.figure import Budget, Figure, in_turn, show
from benchmarks.notebook import CELLS, FIRST_WORDS, write_notebook
from benchmarks.workbench import SIZE, data_folder, open_workbench
from tests.terminal.terminal import Terminal

TITLE = f"Opening a notebook of {CELLS} cells"


def measure(rounds: int = 5) -> list[Figure]:
    """Let the workbench and euporie take turns."""
    with ExitStack() as stack:
        data = stack.enter_context(data_folder())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        path = write_notebook(data.parent / "powers.ipynb")
        cases = {"app": lambda: _open(path)}
        euporie = install_euporie(folder / "environment")
        if euporie is not None:
            home = folder / "home"
            home.mkdir()
            cases["euporie"] = lambda: _open_euporie(euporie, path, home)
        # A first time compiles what was just installed.
        in_turn(cases, 1)
        found = in_turn(cases, rounds)
    budget = Budget(0.5, ratio=True)
    return [Figure("start to readable", "s", found["app"], "euporie", found.get("euporie"), budget)]


def install_euporie(folder: Path) -> Path | None:
    """Return euporie's command in a new environment; None, and why, where it cannot be had."""
    venv.create(folder, with_pip=True)
    done = subprocess.run(
        [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "euporie"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"euporie cannot be installed here: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return folder / "bin" / "euporie-notebook"


def _open(path: Path) -> float:
    with open_workbench(path) as app:
        return app.wait_for(FIRST_WORDS) - app.spawned


def _open_euporie(command: Path, path: Path, home: Path) -> float:
    """Open it with settings of its own, so that nobody's are read or changed."""
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
    own: dict[str, str | None] = {"HOME": str(home), **dict.fromkeys(names)}
    with Terminal([str(command), str(path)], SIZE, own) as euporie:
        return euporie.wait_for(FIRST_WORDS) - euporie.spawned


if __name__ == "__main__":
    show(TITLE, measure())
