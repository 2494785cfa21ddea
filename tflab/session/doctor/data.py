"""The data folder: whether it can be written, who may look into it, what disk it is on."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from tflab.runs.atomic_files import make_private_folder, write_atomically
from tflab.runs.paths import check_data_folder
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.session.doctor.check import Check, ok, problem, warning
from tflab.session.trust import others_at

_GIB = 1 << 30
_LITTLE, _NONE = _GIB, 64 << 20
_NETWORK = ("nfs", "cifs", "smb", "fuse.sshfs", "lustre", "beegfs", "gpfs", "afs", "9p", "ceph")
_ELSEWHERE = "Set TFLAB_DATA to a folder that can be written."


def check_data(folder: Path, mounts: Path = Path("/proc/mounts")) -> Iterator[Check]:
    """Look at the data folder, which is made if it is not there.

    Args:
        folder: The data folder.
        mounts: The table of mounted file systems, as Linux has it.
    """
    name = plain_line(str(folder))
    try:
        check_data_folder(folder)
    except Problem as found:
        yield problem("Data folder", found.cause, found.next_step)
        return
    try:
        make_private_folder(folder)
        trial = folder / f".doctor-{os.getpid()}"
        write_atomically(trial, b"x" * 4096)
        trial.unlink()
    except OSError as error:
        yield problem("Data folder", f"{name} cannot be written: {error.strerror}.", _ELSEWHERE)
        return
    yield ok("Data folder", name)
    yield _permissions(folder)
    yield _room(shutil.disk_usage(folder).free)
    kind = file_system(folder, mounts)
    if kind.startswith(_NETWORK):
        yield warning(
            "File system",
            f"The data folder is on a network file system ({kind}); runs may show late.",
            "Set TFLAB_DATA to a folder on a disk of this machine.",
        )
    elif kind:
        yield ok("File system", kind)


def file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the kind of file system that a folder is on; empty where that is not told."""
    try:
        lines = mounts.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    found, longest = "", -1
    real = folder.resolve()
    for line in lines:
        words = line.split()
        if len(words) < 3:
            continue
        # The table writes spaces as \040.
        point = words[1].encode("latin-1", "replace").decode("unicode_escape")
        if real.is_relative_to(point) and len(point) >= longest:
            found, longest = words[2], len(point)
    return plain_line(found)


def _permissions(folder: Path) -> Check:
    found = folder.stat()
    mode = stat.S_IMODE(found.st_mode)
    if found.st_uid != os.getuid():
        return warning(
            "Permissions", "The data folder is somebody else's.", "Set TFLAB_DATA to your own."
        )
    loose = next(filter(None, map(others_at, (folder, *_deciding(folder)))), None)
    if loose is not None:
        name = plain_line(str(loose))
        return problem(
            "Permissions",
            f"Others may write {name}: what they put into your lessons could run as you.",
            f"`chmod go-w {plain_line(shlex.quote(str(loose)))}`, then look at what is in there.",
        )
    if mode & 0o077:
        return warning(
            "Permissions",
            f"Others may look into the data folder ({mode:04o}).",
            f"`chmod 700 {plain_line(str(folder))}`",
        )
    return ok("Permissions", "only you may look into the data folder")


def _deciding(folder: Path) -> list[Path]:
    """Return what decides whose code runs unasked: own lessons, what is trusted, where it runs."""
    lessons, inside = folder / "lessons", ("trust.json", "environments.json", "cache")
    return [lessons, *lessons.glob("*.py"), *(folder / name for name in inside)]


def _room(free: int) -> Check:
    words = f"{free / _GIB:.1f} GiB free"
    mend = "Make room: delete runs you no longer need, or set TFLAB_DATA to another disk."
    if free < _NONE:
        return problem("Disk", f"{words}; a run's log would not be whole.", mend)
    if free < _LITTLE:
        return warning("Disk", f"{words}.", mend)
    return ok("Disk", words)
