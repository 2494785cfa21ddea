"""What the workbench remembers between sessions: theme, lesson last open, run options."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from tflab.runs.atomic_files import read_file, write_atomically
from tflab.runs.options import RunOptions
from tflab.runs.paths import data_folder

MOST_RECENT = 12


class RecentFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the person's own that was open: where it is, and its title then."""

    path: str
    title: str


class AlertSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a person who is elsewhere is told of runs.

    Attributes:
        loudness: Whether not at all, by a notice of the terminal, or by its bell too.
        command: A program of the person's own and its arguments, run as well; none when empty.
        seconds: How long that may take.
    """

    loudness: Literal["off", "quiet", "loud"] = "loud"
    command: tuple[str, ...] = ()
    seconds: Annotated[float, msgspec.Meta(gt=0, le=300)] = 10.0


class Settings(msgspec.Struct, kw_only=True):
    """Kept in `settings.json` of the data folder. Unknown fields are passed over.

    Attributes:
        lesson: The id of the lesson last open, or its path where the list of lessons lacks it.
        recent: The person's own files, the one opened last first.
        panes: Where the person put the lines between panes, for each kind of layout: what share of
            the whole they stand at, by name.
        alerts: How the person is told of runs while elsewhere.
    """

    theme: str = "lab-dark"
    lesson: str = ""
    options: RunOptions = RunOptions()
    recent: list[RecentFile] = []
    panes: dict[str, dict[str, float]] = {}
    alerts: AlertSettings = AlertSettings()

    def lesson_file(self) -> Path | None:
        """Return the lesson last open where it was kept by its path and still is there."""
        there = os.path.isabs(self.lesson) and os.path.isfile(self.lesson)
        return Path(self.lesson) if there else None

    def note_recent(self, path: Path, title: str) -> None:
        """Put a file of the person's own at the top of those opened last."""
        known = [file for file in self.recent if file.path != str(path)]
        self.recent = [RecentFile(path=str(path), title=title), *known][:MOST_RECENT]


def load_settings() -> Settings:
    """Read the settings; defaults where there are none or they are damaged."""
    try:
        return msgspec.json.decode(read_file(_path()), type=Settings)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Settings()


def save_settings(settings: Settings) -> None:
    """Write the settings whole or not at all.

    Raises:
        OSError: When the data folder cannot be written.
    """
    write_atomically(_path(), msgspec.json.encode(settings))


def _path() -> Path:
    return data_folder() / "settings.json"
