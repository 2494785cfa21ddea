"""Temporary files of a run: in a folder of their own, and gone with the run.

A run ends without the handlers that clean up at the end of an interpreter, or is killed. AutoGraph
leaves a file for each function that it converts to such a handler: they would pile up in the
folder for temporary files, on a machine that many share.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from tflab.runs.atomic_files import new_private_folder


def make_scratch(run: str) -> None:
    """Give this process, and those that it starts, a folder of the run's own for temporary files.

    Where there can be none, they go where they went before.
    """
    with suppress(OSError):
        folder = _folder(run)
        # Whoever may have put something else there first is not followed: then this fails.
        new_private_folder(folder)
        tempfile.tempdir = os.environ["TMPDIR"] = str(folder)


def remove_scratch(run: str) -> None:
    """Remove the folder that `make_scratch` made, from whichever process; what refuses stays."""
    with suppress(OSError):
        folder = _folder(run)
        if folder.lstat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)


def _folder(run: str) -> Path:
    place = Path(tempfile.gettempdir())
    name = f"tflab-{run}"
    return place if place.name == name else place / name
