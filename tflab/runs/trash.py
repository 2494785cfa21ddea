"""Deleted runs: their folders move to `trash`, and come back from there until it is emptied.

The folder's modification time tells when it was deleted. It can be set on a full disk too, and
emptying needs no room either.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tflab.runs.private import make_private
from tflab.runs.record import Problem
from tflab.runs.store import RunStore, is_run_id

KEEP_SECONDS = 7 * 86400.0


class DiskUse(NamedTuple):
    """Bytes on disk: of all runs, of the trash, and what is free."""

    runs: int
    trash: int
    free: int


class Trash:
    """Deletes runs and brings them back.

    Args:
        store: Where the runs are; the trash lies beside it.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self.root = store.root.parent / "trash"

    def delete(self, run: str) -> None:
        """Move a run to the trash.

        Raises:
            Problem: When there is no such run, or it cannot be moved.
        """
        folder = self._store.folder(run)
        try:
            make_private(self.root)
            target = self.root / run
            folder.rename(target)
            os.utime(target)
        except OSError as error:
            raise _problem("deleted", folder, error) from error

    def restore(self, run: str) -> None:
        """Bring a deleted run back.

        Raises:
            Problem: When it is not in the trash, or cannot be moved.
        """
        folder = self.root / run
        if not is_run_id(run) or not folder.is_dir():
            raise Problem(
                "The run is gone",
                f"{run!r} is not in the trash.",
                "Deleted runs are kept for seven days, or until the trash is emptied.",
            )
        try:
            make_private(self._store.root)
            folder.rename(self._store.root / run)
            os.utime(self._store.root / run)
        except OSError as error:
            raise _problem("brought back", folder, error) from error

    def ids(self) -> list[str]:
        """Return the ids of the runs in the trash, newest first."""
        return sorted(filter(is_run_id, _names(self.root)), reverse=True)

    def empty(self, older_than: float = 0.0) -> int:
        """Delete for good what was put here more than `older_than` seconds ago; return how many.

        Raises:
            Problem: When a folder cannot be removed.
        """
        gone = 0
        for run in self.ids():
            folder = self.root / run
            try:
                if time.time() - folder.stat().st_mtime >= older_than:
                    shutil.rmtree(folder)
                    gone += 1
            except FileNotFoundError:
                # Another workbench empties the trash as well.
                continue
            except OSError as error:
                raise _problem("removed", folder, error) from error
        return gone

    def disk_use(self) -> DiskUse:
        """Return how much room runs and trash take, and how much is left. Takes a moment."""
        place = self._store.root if self._store.root.is_dir() else Path.home()
        free = shutil.disk_usage(place).free
        return DiskUse(_size([self._store.root]), _size([self.root]), free)


def bytes_text(size: int) -> str:
    """Return a size as people read it: `512 B`, `1.4 MB`, `23 GB`."""
    amount, units = float(size), ["B", "kB", "MB", "GB", "TB"]
    while amount >= 999.5 and len(units) > 1:
        amount /= 1000
        units.pop(0)
    return (
        f"{amount:.1f} {units[0]}"
        if amount < 9.95 and units[0] != "B"
        else f"{amount:.0f} {units[0]}"
    )


def _size(folders: Iterable[Path | str]) -> int:
    """Return the bytes that files below `folders` take on disk, links not followed."""
    total, waiting = 0, [str(folder) for folder in folders]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue
    return total


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def _problem(what: str, folder: Path, error: OSError) -> Problem:
    return Problem(
        f"The run cannot be {what}",
        f"{folder}: {error.strerror}.",
        "Give write access to the data folder, or do it by hand.",
    )
