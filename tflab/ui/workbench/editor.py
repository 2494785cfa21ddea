"""Opening a file in the person's editor: in a pane of tmux, or in the workbench's place."""

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
from tflab.runs.text import plain

_AT_LINE = frozenset(
    ["emacs", "emacsclient", "joe", "kak", "micro", "nano", "nvim", "pico", "vi", "vim", "view"]
)
"""Editors that take `+LINE` before the file."""

_WIDE = 160
"""Columns from which two things stand well side by side."""

_TMUX_SECONDS = 3.0


def edit_beside(path: Path, line: int, width: int) -> bool:
    """Open a file in a pane of tmux beside the workbench; return whether there is a tmux.

    What is saved there is read by the workbench as it comes.

    Args:
        path: The file.
        line: Where to open it, from 1.
        width: The columns that the workbench has now.

    Raises:
        Problem: When there is no editor, or tmux opens no pane.
    """
    pane = os.environ.get("TMUX_PANE", "")
    if not os.environ.get("TMUX") or not pane or not shutil.which("tmux"):
        return False
    command = shlex.join(command_line(_editor(), path, line))
    # Its own pane, not the one that somebody looks at by now.
    split = ["tmux", "split-window", "-h" if width >= _WIDE else "-v", "-t", pane]
    try:
        done = subprocess.run(
            [*split, "-c", str(path.parent), command],
            check=False,
            capture_output=True,
            text=True,
            timeout=_TMUX_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Problem("tmux opened no pane", f"{error}.", _ENLARGE) from error
    if done.returncode != 0:
        raise Problem("tmux opened no pane", f"{plain(done.stderr.strip())}.", _ENLARGE)
    return True


_ENLARGE = "Make the window larger, or unset TMUX to have the editor in the workbench's place."


def command_line(editor: list[str], path: Path, line: int) -> list[str]:
    """Return the command that opens a file at a line, as far as the editor is known."""
    name = Path(editor[0]).name
    if line > 1 and name in _AT_LINE:
        return [*editor, f"+{line}", str(path)]
    if line > 1 and name in ("hx", "helix"):
        return [*editor, f"{path}:{line}"]
    return [*editor, str(path)]


def edit_file(path: Path, line: int, suspend: Callable[[], AbstractContextManager[None]]) -> None:
    """Open `path` in `$VISUAL`, `$EDITOR` or the first common editor found, and wait for it.

    Args:
        path: The file.
        line: Where to open it, from 1.
        suspend: Gives the terminal away while the editor has it.

    Raises:
        Problem: When there is no editor, or it fails.
    """
    command = _editor()
    try:
        with suspend():
            code = subprocess.run(command_line(command, path, line), check=False).returncode
    except (OSError, SuspendNotSupported) as error:
        raise Problem(
            "The editor did not start", f"{command[0]}: {error}.", "Set EDITOR to another one."
        ) from error
    if code != 0:
        raise Problem(
            "The editor reported a failure",
            f"{command[0]} ended with exit code {code}.",
            "The program is read again as it stands on disk.",
        )


def _editor() -> list[str]:
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if chosen:
        return shlex.split(chosen)
    for name in ("nano", "vim", "vi"):
        if shutil.which(name):
            return [name]
    raise Problem("No editor found", "EDITOR is not set.", "Set it, such as `export EDITOR=nano`.")
