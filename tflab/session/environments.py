"""Which environment a program runs in: what a person chose for it is kept."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tflab.runs.atomic_files import locked, make_private_folder, read_file, replace_atomically
from tflab.runs.paths import data_folder


class _Kept(msgspec.Struct):
    version: int = 1
    programs: dict[str, str] = {}


class EnvironmentStore:
    """The interpreters that a person chose, by program: `environments.json` of the data folder.

    A damaged file keeps no choice. Two workbenches may use it at once.

    Args:
        path: The file; by default the one in the data folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or data_folder() / "environments.json"

    def chosen(self, program: Path) -> str:
        """Return the interpreter that was chosen for a program; empty when none was."""
        return self._read().programs.get(str(program), "")

    def choose(self, program: Path, interpreter: str) -> None:
        """Keep a choice; an empty one forgets it.

        Raises:
            OSError: When it cannot be kept.
        """
        if self.chosen(program) == interpreter:
            return
        make_private_folder(self._path.parent)
        with locked(self._path.with_suffix(".lock")):
            kept = self._read()
            kept.programs.pop(str(program), None)
            if interpreter:
                kept.programs[str(program)] = interpreter
            replace_atomically(self._path, msgspec.json.encode(kept))

    def all(self) -> list[str]:
        """Return every interpreter that was chosen for some program."""
        return list(dict.fromkeys(self._read().programs.values()))

    def _read(self) -> _Kept:
        try:
            return msgspec.json.decode(read_file(self._path), type=_Kept)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return _Kept()
