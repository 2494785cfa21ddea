"""Where tflab keeps things. Small, because the workbench asks before its first paint."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tflab.runs.problem import Problem

_ELSEWHERE = "or set TFLAB_DATA to a folder of your own"


def data_folder() -> Path:
    """Return where tflab keeps everything: `TFLAB_DATA`, or the user's data folder."""
    chosen = os.environ.get("TFLAB_DATA")
    if chosen:
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_data_dir("tflab"))


def config_folder() -> Path:
    """Return where what a person writes for tflab lies: `TFLAB_CONFIG`, or the usual folder."""
    chosen = os.environ.get("TFLAB_CONFIG")
    if chosen:
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_config_dir("tflab"))


def check_data_folder(data: Path | None = None) -> None:
    """Look whether what is kept can be read; nothing is kept where there is no folder yet.

    Args:
        data: The data folder, if it is not the usual one.

    Raises:
        Problem: When it cannot.
    """
    data = data or data_folder()
    for folder in (data, data / "runs", data / "sweeps"):
        try:
            os.scandir(folder).close()
            # To list a folder is one right, to reach what is in it another.
            os.stat(os.path.join(folder, os.curdir))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise unreadable("The data folder cannot be read", folder, error) from error


def writable_by_others(place: Path) -> Path | None:
    """Return what lets others change a file or folder in the data folder, or None.

    That is the place itself or a folder above it: who may write a folder may swap what is in it,
    unless the folder is sticky, as `/tmp` is. Above the data folder the group is not looked at:
    many systems give each person a group of their own.
    """
    data, place = Path(os.path.realpath(data_folder())), Path(os.path.realpath(place))
    for found in (place, *place.parents):
        try:
            mode = found.stat().st_mode
        except OSError:
            continue
        loose = 0o022 if found.is_relative_to(data) else 0o002
        if mode & loose and not (stat.S_ISDIR(mode) and mode & stat.S_ISVTX):
            return found
    return None


def lies_in_data_folder(error: OSError) -> bool:
    """Return whether the system refused something in the data folder, or the folder itself."""
    name = error.filename
    return isinstance(name, str | os.PathLike) and Path(name).is_relative_to(data_folder())


def unreadable(title: str, place: Path, error: OSError) -> Problem:
    """Return the problem of something in the data folder that the system refuses to read.

    Args:
        title: What cannot be read, in a sentence without its full stop.
        place: Where it is.
        error: What the system said.
    """
    from tflab.runs.problem import Problem

    return Problem(title, f"{place}: {error.strerror or error}.", _next_step(place, error))


def _next_step(place: Path, error: OSError) -> str:
    import shlex

    if error.errno == errno.ENOTDIR:
        return f"A file has the name of a folder: move it away, {_ELSEWHERE}."
    if error.errno not in (errno.EACCES, errno.EPERM):
        return "See what lies there; `tflab doctor` looks at the data folder."
    blocked = _blocked(place)
    words = shlex.quote(str(blocked))
    try:
        mine = os.stat(blocked).st_uid == os.getuid()
    except OSError:
        return f"See who may look into {blocked.parent}, {_ELSEWHERE}."
    if mine:
        return f"Give yourself access: `chmod -R u+rwX {words}`."
    return (
        f"It belongs to somebody else, as after a run with sudo: `sudo chown -R $USER {words}` "
        f"makes it yours, {_ELSEWHERE}."
    )


def _blocked(place: Path) -> Path:
    """Return the first folder on the way to a place that may not be entered, or the place."""
    for folder in (*reversed(place.parents), place):
        if not os.access(folder, os.R_OK | os.X_OK if os.path.isdir(folder) else os.R_OK):
            return folder
    return place
