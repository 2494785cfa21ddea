"""Opening a file in the person's editor, with the workbench out of the way meanwhile."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from tflab.runs.record import Problem


def edit_file(app: App[Any], path: Path) -> None:
    """Open `path` in `$VISUAL`, `$EDITOR` or the first common editor found, and wait for it.

    Raises:
        Problem: When there is no editor, or it fails.
    """
    command = _editor()
    try:
        with app.suspend():
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
