"""Work on files beside the screen's own thread: a slow disk must never hold keys and paint up.

Home folders of shared servers often lie on a network. What takes a millisecond as a rule takes
seconds there when the network is busy, and for ever when the server is gone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

_T = TypeVar("_T")


class DiskQueue:
    """One thread that does what it is given, in order.

    The thread is no reason for the program to stay: what a hung disk still holds when the program
    leaves is not waited for longer than `finish` says.
    """

    def __init__(self) -> None:
        self._work: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def do(self, work: Callable[[], _T]) -> Future[_T]:
        """Have `work` done after what was given before; return what becomes of it."""
        future: Future[_T] = Future()
        self._work.put((future, work))
        if self._thread is None:
            self._thread = threading.Thread(target=self._do_on, name="tflab-disk", daemon=True)
            self._thread.start()
        return future

    def finish(self, patience: float) -> bool:
        """Wait `patience` seconds at most for all that was given; return whether it is done.

        Raises nothing of what the work raised: its futures have that.
        """
        if self._thread is None:
            return True
        done = threading.Event()
        self.do(done.set)
        return done.wait(patience)

    def _do_on(self) -> None:
        while True:
            future, work = self._work.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001  # whoever asked is told
                future.set_exception(error)
            # A thread that waits for the next must not keep what the last one made.
            del future, work
