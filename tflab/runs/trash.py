"""Deleted runs: their folders move to `trash`, and come back from there until it is emptied.

The folder's modification time tells when it was deleted. It can be set on a full disk too, and
emptying needs no room either.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tflab.runs.atomic_files import make_private_folder
from tflab.runs.history import INDEX
from tflab.runs.paths import unreadable
from tflab.runs.record import Problem
from tflab.runs.store import RunStore, is_run_id
from tflab.runs.summary import SUMMARY

KEEP_SECONDS = 7 * 86400.0
_GONE = ".gone-"


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
        """Move a run to the trash. That takes no room, and so it works on a full disk.

        What is in the trash already, because another workbench was faster, stays there.

        Raises:
            Problem: When there is no such run, or it cannot be moved.
        """
        if _has(self.root, run):
            return
        folder = self._store.folder(run)
        try:
            # The time comes first: a run that is in the trash with the time of its last log line
            # would be gone for good at the next look for old ones.
            os.utime(folder)
            self._move(folder)
        except OSError as error:
            if not _has(self.root, run):
                raise _problem("deleted", folder, error, self.root) from error

    def restore(self, run: str) -> None:
        """Bring a deleted run back, unless it is back already.

        Raises:
            Problem: When it is not in the trash, or cannot be moved.
        """
        if _has(self._store.root, run):
            return
        folder = self.root / run
        if not _has(self.root, run):
            raise Problem(
                "The run is gone",
                f"{run!r} is not in the trash.",
                "Deleted runs are kept for seven days, or until the trash is emptied.",
            )
        try:
            make_private_folder(self._store.root)
            folder.rename(self._store.root / run)
            os.utime(self._store.root / run)
        except OSError as error:
            if not _has(self._store.root, run):
                raise _problem("brought back", folder, error, self._store.root) from error

    def ids(self) -> list[str]:
        """Return the ids of the runs in the trash, newest first.

        Raises:
            Problem: When the trash cannot be read.
        """
        return sorted(filter(is_run_id, _names(self.root)), reverse=True)

    def empty(self, older_than: float = 0.0) -> int:
        """Delete for good what was put here more than `older_than` seconds ago; return how many.

        What an emptying that was killed has left goes as well.

        Raises:
            Problem: When the trash cannot be read, or a folder cannot be removed; the others are
                gone all the same.
        """
        gone, refused = 0, None
        for name in _names(self.root):
            folder = self.root / name
            try:
                if is_run_id(name):
                    if time.time() - folder.stat().st_mtime < older_than:
                        continue
                    folder = _out_of_reach(folder)
                    gone += 1
                elif not name.startswith(_GONE):
                    continue
                _remove(folder)
            except FileNotFoundError:
                # Another workbench empties the trash as well, or has brought the run back.
                continue
            except OSError as error:
                refused = refused or _problem("removed", folder, error)
        if refused is not None:
            raise refused
        return gone

    def _move(self, folder: Path) -> None:
        """Move a run here. Where even its name finds no room, what can be made again makes room."""
        try:
            make_private_folder(self.root)
            folder.rename(self.root / folder.name)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            for derived in (self._store.root / INDEX, folder / SUMMARY):
                derived.unlink(missing_ok=True)
            make_private_folder(self.root)
            folder.rename(self.root / folder.name)

    def disk_use(self) -> DiskUse:
        """Return how much room runs and trash take, and how much is left. Takes a moment."""
        place = self._store.root if os.path.isdir(self._store.root) else Path.home()
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
                found = list(entries)
        except OSError:
            continue  # What cannot be read is not counted.
        for entry in found:
            # What a run just wrote anew is gone under this name; the rest is counted.
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
    return total


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise unreadable("The trash cannot be read", folder, error) from error


def _has(folder: Path, run: str) -> bool:
    path = folder / run
    return is_run_id(run) and os.path.isdir(path) and not os.path.islink(path)


def _out_of_reach(folder: Path) -> Path:
    """Give a folder a name that brings no half of a run back, should removing it be cut short."""
    return folder.rename(folder.with_name(f"{_GONE}{folder.name}"))


def _remove(folder: Path) -> None:
    """Remove a folder, also one in which the lesson left folders that refuse it."""
    try:
        shutil.rmtree(folder)
    except PermissionError:
        folder.chmod(0o700)
        for place, names, _ in os.walk(folder):
            for inner in (Path(place, name) for name in names):
                if not inner.is_symlink():
                    inner.chmod(0o700)
        shutil.rmtree(folder)


def _problem(what: str, folder: Path, error: OSError, *others: Path) -> Problem:
    """Return the problem of a folder that cannot be moved or removed.

    Args:
        what: What cannot be done to the run, such as `deleted`.
        folder: The run's folder.
        error: What the system said.
        others: Folders that have to be written as well.
    """
    title = f"The run cannot be {what}"
    for place in (folder, folder.parent, *others):
        if os.path.exists(place) and not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            return unreadable(title, place, error)
    return Problem(
        title,
        f"{folder}: {error.strerror}.",
        "Give write access to the data folder, or do it by hand.",
    )
