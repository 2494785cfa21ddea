"""Writing what the workbench remembers, without the screen ever waiting for the disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from tflab.runs.disk_queue import DiskQueue

if TYPE_CHECKING:
    from tflab.ui.terminal.app_base import TerminalApp

_T = TypeVar("_T")
_LAST_SECONDS = 2.0


class Keeping:
    """Has things written in order, and says what could not be.

    Args:
        app: Where that is said.

    Attributes:
        disk: The thread that writes; others may have their file work done there too.
    """

    def __init__(self, app: TerminalApp) -> None:
        self._app = app
        self.disk = DiskQueue(self._wake)

    def keep(
        self, what: str, write: Callable[[], _T], then: Callable[[_T], object] | None = None
    ) -> None:
        """Write something. Where that fails the session goes on without.

        Args:
            what: Begins the sentence that says so, such as "Settings are".
            write: Does the writing; what it returns is handed to `then`.
            then: Called in the app's own thread once it is written.
        """

        def pass_on(done: Future[_T]) -> None:
            # Once the app has left there is nobody to tell.
            if self._app.is_running:
                self._app.call_later(self._told, what, done, then)

        self.disk.do(write).add_done_callback(pass_on)

    def _wake(self) -> None:
        # Once the app has left there is nobody to tell.
        if self._app.is_running:
            self._app.call_later(self.disk.deliver)

    def finish(self) -> None:
        """Wait a little for what is still being written; the program is about to leave."""
        self.disk.finish(_LAST_SECONDS)

    def _told(self, what: str, done: Future[_T], then: Callable[[_T], Any] | None) -> None:
        try:
            written = done.result()
        except OSError as error:
            self._app.notify(f"{what} not kept: {error.strerror}.", severity="warning")
        else:
            if then is not None:
                then(written)
