"""What the workbench remembers between sessions: theme, lesson last open, run options."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tflab.runs.places import data_folder
from tflab.runs.private import write_whole
from tflab.runs.record import RunOptions


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
