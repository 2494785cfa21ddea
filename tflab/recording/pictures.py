"""The pictures of a run: files in its folder, so many and so large, and an event for each."""

from __future__ import annotations

import dataclasses
import threading
from collections import Counter
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import NamedTuple

from tflab.recording.images import Image
from tflab.runs.events import Picture
from tflab.runs.log_writer import PICTURES
from tflab.runs.system_errors import what_to_do

MAX_FILES = 500
"""Pictures of one run that are kept, frames included."""

MAX_BYTES = 128 << 20
"""Bytes of all of them."""

MANY_FRAMES = 40
"""Frames of one figure that are all kept. Then every second is, then every fourth, and the last."""


class Drawn(NamedTuple):
    """A picture with its file, and that of the images in it at their own size, if there is one."""

    picture: Picture
    image: Image
    sheet: Image | None = None


class PictureFolder:
    """Keeps the pictures of one run.

    Args:
        folder: The run folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = self._bytes = self._figures = 0
        self._told = False
        self._numbers: dict[Hashable, int] = {}
        self._frames: Counter[int] = Counter()
        self._waiting: dict[int, Drawn] = {}
        self._lock = threading.Lock()

    def number(self, name: Hashable = None) -> int:
        """Return the number of a figure: a new one, or the one that `name` has had before."""
        with self._lock:
            if name is None or name not in self._numbers:
                self._figures += 1
                self._numbers[name] = self._figures
            return self._numbers[name]

    def keep(self, drawn: Drawn) -> list[Picture]:
        """Write the files of a picture, and return its event: where it is, or why it is nowhere.

        None is returned for a frame that has to wait: of many it is kept if it is the last.
        """
        with self._lock:
            figure = drawn.picture.figure
            frame = self._frames[figure]
            self._frames[figure] += 1
            if frame % _apart(frame):
                self._waiting[figure] = drawn
                return []
            self._waiting.pop(figure, None)
            return self._kept(drawn)

    def rest(self) -> list[Picture]:
        """Write the frames that waited, and return their events."""
        with self._lock:
            waiting, self._waiting = list(self._waiting.values()), {}
            return [kept for drawn in waiting for kept in self._kept(drawn)]

    def _kept(self, drawn: Drawn) -> list[Picture]:
        picture, image, sheet = drawn
        kept, why = self._write(image)
        tiles = picture.tiles
        if tiles is not None:
            file = kept if sheet is None else self._write(sheet)[0]
            tiles = dataclasses.replace(tiles, file=file) if file else None
        if not kept and not picture.data:
            if self._told:
                return []
            self._told = True
        found = dataclasses.replace(
            picture,
            file=kept,
            width=image.width,
            height=image.height,
            size=len(image.content),
            tiles=tiles,
            note=_joined((picture.note, image.note, why)),
        )
        return [found]

    def _write(self, image: Image) -> tuple[str, str]:
        """Return where a file is, or an empty text and why it is not there."""
        size = len(image.content)
        if self._files >= MAX_FILES:
            return "", f"Not kept: a run keeps {MAX_FILES} pictures."
        if self._bytes + size > MAX_BYTES:
            return "", f"Not kept: a run keeps {MAX_BYTES >> 20} MiB of pictures."
        name = f"{PICTURES}/{self._files + 1:04}.png"
        path = self._folder / name
        try:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(image.content)
        except OSError as error:
            path.unlink(missing_ok=True)
            return "", f"Not kept: {error.strerror}. {what_to_do(error)}"
        self._files += 1
        self._bytes += size
        return name, ""


def _joined(notes: Iterable[str]) -> str:
    return " ".join(filter(None, notes))


def _apart(frame: int) -> int:
    """Return how many frames lie from one that is kept to the next."""
    apart = 1
    while frame >= MANY_FRAMES * apart:
        apart *= 2
    return apart
