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
        keeps_contents: Whether their files are kept as well, for a terminal that shows pixels.
    """

    def __init__(
        self, disk: DiskQueue, arrived: Callable[[], object], keeps_contents: bool = False
    ) -> None:
        self._keeps_contents = keeps_contents
        self._disk = disk
        self._arrived = arrived
        self._contents: dict[Path, bytes] = {}
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

    def content(self, folder: Path | None, file: str) -> bytes:
        """Return the PNG file of a picture that was read; empty before."""
        from tflab.charts.pictures import picture_path

        path = picture_path(folder, file) if folder is not None else None
        return self._contents.get(path, b"") if path is not None else b""

    def _read(self, path: Path) -> None:
        def read() -> tuple[Image | str, bytes]:
            from tflab.charts.pictures import PictureError, encode_picture, read_picture

            try:
                found = read_picture(path)
            except PictureError as error:
                return str(error), b""
            return found, encode_picture(found) if self._keeps_contents else b""

        def take(done: Future[tuple[Image | str, bytes]]) -> None:
            self._found[path], self._contents[path] = done.result()
            while len(self._found) > _KEPT:
                old, _ = self._found.popitem(last=False)
                self._contents.pop(old, None)
            self._arrived()

        self._disk.do_then(read, take)
