"""A file that stays ours, whatever a program does to the descriptors of its process.

A program may close descriptors that it did not open, as daemons do with all of them. The number is
then given to a file of the program's, and what is written to it goes there.
"""

from __future__ import annotations

import os
from pathlib import Path

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


class KeptFile:
    """A file that is open for appending, private to its user. It is opened again where need be.

    Args:
        path: Where it is.

    Raises:
        OSError: When it cannot be opened; each method may raise it too.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open()

    def descriptor(self) -> int:
        """Return a descriptor that leads to the file now."""
        if not leads_to(self._fd, self.identity):
            self._open()
        return self._fd

    def size(self) -> int:
        """Return its length, in bytes."""
        return self.look()[1]

    def look(self) -> tuple[int, int]:
        """Return a descriptor that leads to the file now, and the length of the file in bytes.

        It asks the system once where once does: each time the interpreter is let go, and whoever
        computes in another thread waits to get it back.
        """
        try:
            found = os.fstat(self._fd)
        except OSError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != self.identity:
            self._open()
            found = os.fstat(self._fd)
        return self._fd, found.st_size

    def close(self) -> None:
        """Close it. It is opened again by whatever is done next."""
        if leads_to(self._fd, self.identity):
            os.close(self._fd)

    def _open(self) -> None:
        self._fd = os.open(self._path, _FLAGS, 0o600)
        found = os.fstat(self._fd)
        self.identity = found.st_dev, found.st_ino


def leads_to(descriptor: int, identity: tuple[int, int]) -> bool:
    """Return whether a descriptor is open and leads to the file of this device and number."""
    try:
        found = os.fstat(descriptor)
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == identity
