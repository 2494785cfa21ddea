"""What the workbench remembers between sessions: theme, lesson last open, run options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from tflab.runs.private import write_whole
from tflab.runs.record import MOST_NICE, MOST_THREADS
from tflab.runs.store import data_folder


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a shared machine runs may take; see `RunRequest` for what each means."""

    nice: Annotated[int, msgspec.Meta(ge=0, le=MOST_NICE)] = 0
    threads: Annotated[int, msgspec.Meta(ge=0, le=MOST_THREADS)] = 0
    memory_limit: Annotated[int, msgspec.Meta(ge=0)] = 0

    @property
    def words(self) -> str:
        """Say which of them are set; empty when none is."""
        parts = [f"nice {self.nice}"] if self.nice else []
        parts += [f"{self.threads} threads"] if self.threads else []
        parts += [f"{self.memory_limit} MiB"] if self.memory_limit else []
        return ", ".join(parts)


class Settings(msgspec.Struct, kw_only=True):
    """Kept in `settings.json` of the data folder. Unknown fields are passed over."""

    theme: str = "lab-dark"
    lesson: str = ""
    options: RunOptions = RunOptions()


def load_settings() -> Settings:
    """Read the settings; defaults where there are none or they are damaged."""
    try:
        return msgspec.json.decode(_path().read_bytes(), type=Settings)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Settings()


def save_settings(settings: Settings) -> None:
    """Write the settings whole or not at all.

    Raises:
        OSError: When the data folder cannot be written.
    """
    write_whole(_path(), msgspec.json.encode(settings))


def _path() -> Path:
    return data_folder() / "settings.json"
