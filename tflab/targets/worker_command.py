"""How the run side is started in an interpreter, whatever is installed there.

Another environment's interpreter finds our package and nothing else of ours: a compiled package of
another Python would not load there. So its path gets a folder in which a link to our package lies
alone. Processes that a program starts by multiprocessing inherit that path.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import sys
from contextlib import suppress
from pathlib import Path

from tflab.runs.atomic_files import make_private_folder, replace_atomically
from tflab.runs.paths import data_folder, writable_by_others
from tflab.runs.record import Problem

_WORKER = "tflab.worker"
_PACKAGE = Path(__file__).resolve().parent.parent
_START = b'''"""Starts the module of tflab that the command line names. Written by tflab."""

import importlib
import os
import shlex
import sys

here = os.path.dirname(os.path.abspath(__file__))
if here not in sys.path:
    sys.path.insert(0, here)
# What a run executes is called from here, so that little lies beneath the program.
execute_run = importlib.import_module(sys.argv.pop(1)).main()
if execute_run is not None:
    execute_run()
'''


def worker_command(interpreter: str, module: str, *words: str) -> list[str]:
    """Return the command that runs the `main` of a module of the run side.

    Args:
        interpreter: The Python to run it in; empty for our own.
        module: Such as `tflab.worker`.
        words: Its arguments.

    Raises:
        OSError: When the folder with the link cannot be made.
        Problem: When others may write that folder, so that what lies there may be theirs.
    """
    if not interpreter or interpreter == sys.executable:
        # -P: a file of the user's in the current folder must not pass for a module.
        if module == _WORKER:
            # By its path, since `-m` would put two more frames beneath every program.
            return [sys.executable, "-P", str(_PACKAGE / "worker" / "__main__.py"), *words]
        return [sys.executable, "-P", "-m", module, *words]
    main = f"{_WORKER}.__main__" if module == _WORKER else module
    # A script's own folder stands in for the current one on the path.
    return [interpreter, str(_start_script()), main, *words]


def _start_script() -> Path:
    key = hashlib.sha256(os.fsencode(_PACKAGE)).hexdigest()[:12]
    folder = data_folder().absolute() / "cache" / f"run-side-{key}"
    make_private_folder(folder)
    loose = writable_by_others(folder)
    if loose is not None:
        raise Problem(
            "The environment cannot be used safely",
            f"Others may write {loose}, from where its Python would start our code.",
            f"`chmod go-w {shlex.quote(str(loose))}`, then start again.",
        )
    link, script = folder / "tflab", folder / "start.py"
    if _leads_to(link) != str(_PACKAGE):
        # Made beside and moved there: another workbench may be about to use it.
        beside = folder / f".link-{os.getpid()}"
        with suppress(FileNotFoundError):
            beside.unlink()
        beside.symlink_to(_PACKAGE, target_is_directory=True)
        beside.replace(link)
    with suppress(OSError):
        if script.read_bytes() == _START:
            return script
    replace_atomically(script, _START)
    return script


def _leads_to(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""
