"""Opening a file in the person's editor, with the workbench out of the way meanwhile."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from textual.app import SuspendNotSupported

from tflab.runs.record import Problem


def edit_file(path: Path, suspend: Callable[[], AbstractContextManager[None]]) -> None:
    """Open `path` in `$VISUAL`, `$EDITOR` or the first common editor found, and wait for it.

    Args:
        path: The file.
        suspend: Gives the terminal away while the editor has it.

    Raises:
        Problem: When there is no editor, or it fails.
    """
    command = _editor()
    try:
        with suspend():
            code = subprocess.run([*command, str(path)], check=False).returncode
    except (OSError, SuspendNotSupported) as error:
        raise Problem(
            "The editor did not start", f"{command[0]}: {error}.", "Set EDITOR to another one."
        ) from error
    if code != 0:
        raise Problem(
            "The editor reported a failure",
            f"{command[0]} ended with exit code {code}.",
            "The lesson is read again as it stands on disk.",
        )


def _editor() -> list[str]:
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if chosen:
        return shlex.split(chosen)
    for name in ("nano", "vim", "vi"):
        if shutil.which(name):
            return [name]
    raise Problem("No editor found", "EDITOR is not set.", "Set it, such as `export EDITOR=nano`.")
