"""The number of a run among those of its program, as people count: the first one is 1.

It is kept in the run's record. What is counted is a file for each program, in which every run of it
has a line: the place of a line tells the number, and appending needs no lock.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from tflab.runs.atomic_files import new_private_folder

FOLDER = "numbers"
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW


def take_number(root: Path, lesson: str, run: str) -> int:
    """Count a run of a program, and return its number; deleting runs changes no number.

    Args:
        root: The folder of all runs.
        lesson: Id of the program.
        run: Id of the run. All are of one length.

    Raises:
        OSError: When the disk is full or the folder cannot be written.
    """
    folder, line = root / FOLDER, f"{run}\n".encode()
    if not folder.is_dir():
        # Another workbench may be quicker.
        with suppress(FileExistsError):
            new_private_folder(folder)
    name = hashlib.sha256(lesson.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    fd = os.open(folder / name, _FLAGS, 0o600)
    try:
        os.write(fd, line)
        return max(1, os.lseek(fd, 0, os.SEEK_CUR) // len(line))
    finally:
        os.close(fd)
