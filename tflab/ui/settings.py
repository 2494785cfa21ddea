"""What the workbench remembers between sessions: the theme, and the lesson last open."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from tflab.runs.store import data_folder


class Settings(msgspec.Struct, kw_only=True):
    """Kept in `settings.json` of the data folder. Unknown fields are passed over."""

    theme: str = "lab-dark"
    lesson: str = ""


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
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(msgspec.json.encode(settings))
    fresh.replace(path)


def _path() -> Path:
    return data_folder() / "settings.json"
