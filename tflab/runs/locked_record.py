"""A small record that is kept in a file of its own and that two workbenches may change at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from tflab.runs.atomic_files import locked, make_private_folder, read_file, replace_atomically

Record = TypeVar("Record", bound=msgspec.Struct)


class LockedRecord(Generic[Record]):
    """A record in a JSON file of the data folder. A damaged file counts as an empty record.

    Args:
        path: The file; its lock stands beside it.
        kind: The type of the record; without arguments it makes an empty one.
    """

    def __init__(self, path: Path, kind: type[Record]) -> None:
        self.path = path
        self._kind = kind

    def read(self) -> Record:
        """Return what is kept."""
        try:
            return msgspec.json.decode(read_file(self.path), type=self._kind)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return self._kind()

    def change(self, change: Callable[[Record], object]) -> None:
        """Change what is kept, while nobody else does.

        Args:
            change: Changes the record that it is given.

        Raises:
            OSError: When it cannot be kept.
        """
        make_private_folder(self.path.parent)
        with locked(self.path.with_suffix(".lock")):
            record = self.read()
            change(record)
            replace_atomically(self.path, msgspec.json.encode(record))
