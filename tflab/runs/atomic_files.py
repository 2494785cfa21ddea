"""Folders and small files of the user's own: readable by nobody else, written whole or not.

And reading them: what lies under such a name may be anything, and must neither hang nor flood.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LARGEST = 256 << 20
"""Bytes of the largest file that is read whole. The plan of a long sweep takes some megabytes."""


def make_private_folder(folder: Path) -> None:
    """Make a folder, and every missing one above it, with mode 0700.

    Raises:
        OSError: When it cannot be made, or something else has its name.
    """
    # Path.mkdir gives its mode to the last folder only; the data folder itself would stay open.
    if not os.path.exists(folder.parent):
        make_private_folder(folder.parent)
    try:
        new_private_folder(folder)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise NotADirectoryError(
                errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)
            ) from None


def new_private_folder(folder: Path) -> None:
    """Make a folder with mode 0700, whatever the umask, which may take that from its owner.

    Raises:
        FileExistsError: When something has its name.
        OSError: When it cannot be made.
    """
    os.mkdir(folder, 0o700)
    os.chmod(folder, 0o700)


def open_file(path: Path | str) -> int:
    """Open a file to read, and return its descriptor. Never waits for another end, as a pipe does.

    Raises:
        OSError: When it cannot be read, or is a folder, a pipe, a device or a socket.
    """
    fd, _ = _open(path)
    return fd


def read_file(path: Path, most: int = LARGEST) -> bytes:
    """Return what a file holds.

    Args:
        path: The file.
        most: Bytes that it may have.

    Raises:
        OSError: When it cannot be read, is no ordinary file, or is larger.
    """
    fd, size = _open(path)
    try:
        # One reading of a byte more than there is: thousands of small files are read so.
        content = os.read(fd, min(size, most) + 1)
        while size != len(content) <= most and (more := os.read(fd, 1 << 20)):
            content += more
    finally:
        os.close(fd)
    if len(content) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content


def _open(path: Path | str) -> tuple[int, int]:
    """Return the descriptor of an ordinary file, and its size."""
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "It is no ordinary file", str(path))
    return fd, found.st_size


@contextmanager
def locked(lock: Path) -> Iterator[None]:
    """Let nobody else in who asks for the same lock, here or in another process; wait for one in.

    The lock is a file that is open for writing: NFS locks no other kind. Its folder must be there.

    Raises:
        OSError: When it cannot be written.
    """
    fd = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path` with mode 0600, making a missing folder with 0700.

    A symbolic link at `path` is replaced, not followed.

    Raises:
        OSError: When the disk is full or the folder cannot be written; what was there stays.
    """
    make_private_folder(path.parent)
    replace_atomically(path, content)


def replace_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path` as `write_atomically` does, but only where its folder is there.

    A run's folder that was deleted meanwhile is not made anew.

    Raises:
        OSError: When the folder is gone or cannot be written, or the disk is full.
    """
    # It brings OpenSSL, which the first paint can do without.
    import secrets

    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
            file.write(content)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
