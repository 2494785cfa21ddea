"""The session's disk queue: everything that touches the disk is done beside the screen's thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from tflab.runs.disk_queue import DiskQueue
from tflab.session.events import Emit, Notice

_T = TypeVar("_T")


class SessionDisk(DiskQueue):
    """A disk queue that says what could not be kept.

    Args:
        emit: Where that is said.
        wake: As for `DiskQueue`.
    """

    def __init__(self, emit: Emit, wake: Callable[[], object] = lambda: None) -> None:
        super().__init__(wake)
        self._emit = emit

    def keep(
        self, what: str, write: Callable[[], _T], then: Callable[[_T], object] = lambda _: None
    ) -> None:
        """Write something. Where that fails the session goes on without.

        Args:
            what: Begins the sentence that says so, such as "Settings are".
            write: Does the writing; what it returns is handed to `then`.
            then: Called from within `deliver` once it is written.
        """

        def take(done: Future[_T]) -> None:
            try:
                written = done.result()
            except OSError as error:
                self._emit(Notice(f"{what} not kept: {error.strerror}.", severity="warning"))
            else:
                then(written)

        self.do_then(write, take)
