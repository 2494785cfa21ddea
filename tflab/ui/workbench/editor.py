"""Opening a file in the person's editor, with the workbench out of the way meanwhile."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from textual.app import SuspendNotSupported

from tflab.programs.program import Program
from tflab.programs.reader import parse_program
from tflab.runs.record import Problem

_PLUS = re.compile("nano|pico|n?vim?|vim|view|ex|emacs|emacsclient|kak|joe|jed|mg|ne|gedit")
_COLON = re.compile("hx|helix|micro|subl|zed")
_GOTO = re.compile("code|codium|code-insiders|cursor")
"""Editors by how they are told the line: `+12 file`, `file:12`, `--goto file:12`."""


def edit_file(
    path: Path, suspend: Callable[[], AbstractContextManager[None]], line: int = 0
) -> None:
    """Open `path` in `$VISUAL`, `$EDITOR` or the first common editor found, and wait for it.

    Args:
        path: The file.
        suspend: Gives the terminal away while the editor has it.
        line: Where to begin, from 1, in an editor that is known to take a line; 0 for its own way.

    Raises:
        Problem: When there is no editor, or it fails.
    """
    command = _editor()
    try:
        with suspend():
            code = subprocess.run(
                [*command, *_place(command[0], path, line)], check=False
            ).returncode
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


def line_in_file(program: Program, cell: int) -> int:
    """Return the line of a program's file where a cell begins; 0 where its file has no such line.

    A notebook's file is no text of cells, and edits move the lines below them.
    """
    if program.kind == "notebook":
        return 0
    if program.source != program.file_source:
        program = parse_program(program.file_source, program.path)
    return program.cells[cell].line if cell < len(program.cells) else 0


def _place(command: str, path: Path, line: int) -> list[str]:
    """Return the arguments that name a file and a line of it, as an editor takes them."""
    name = Path(command).name
    if line > 0 and _PLUS.fullmatch(name):
        return [f"+{line}", str(path)]
    if line > 0 and _COLON.fullmatch(name):
        return [f"{path}:{line}"]
    if line > 0 and _GOTO.fullmatch(name):
        return ["--goto", f"{path}:{line}"]
    return [str(path)]


def _editor() -> list[str]:
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if chosen:
        return shlex.split(chosen)
    for name in ("nano", "vim", "vi"):
        if shutil.which(name):
            return [name]
    raise Problem("No editor found", "EDITOR is not set.", "Set it, such as `export EDITOR=nano`.")
