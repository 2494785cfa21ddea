"""The pictures of the run on show, read beside the screen's thread and kept while they are seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.runs.disk_queue import DiskQueue

if TYPE_CHECKING:
    from PIL.Image import Image

_KEPT = 48


class PictureImages:
    """Reads pictures when they are asked for first.

    Args:
        disk: Where they are read.
        arrived: Called when one has been read, so that what shows it is drawn again.
    """

    def __init__(self, disk: DiskQueue, arrived: Callable[[], object]) -> None:
        self._disk = disk
        self._arrived = arrived
        self._found: OrderedDict[Path, Image | str | None] = OrderedDict()

    def image(self, folder: Path | None, file: str) -> Image | str | None:
        """Return the picture of a file of a run; why there is none; or None while it is read."""
        from tflab.charts.pictures import picture_path

        path = picture_path(folder, file) if folder is not None else None
        if path is None:
            return "The picture is not in the run's folder."
        if path not in self._found:
            self._found[path] = None
            self._read(path)
        self._found.move_to_end(path)
        return self._found[path]

    def _read(self, path: Path) -> None:
        def read() -> Image | str:
            from tflab.charts.pictures import PictureError, read_picture

            try:
                return read_picture(path)
            except PictureError as error:
                return str(error)

        def take(done: Future[Image | str]) -> None:
            self._found[path] = done.result()
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)
            self._arrived()

        self._disk.do_then(read, take)
