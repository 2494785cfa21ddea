"""Work on files beside the thread that asks for it: a slow disk must never hold keys and paint up.

Home folders of shared servers often lie on a network. What takes a millisecond as a rule takes
seconds there when the network is busy, and for ever when the server is gone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

_T = TypeVar("_T")


class DiskQueue:
    """One thread that does what it is given, in order, and one way back to who gave it.

    The thread is no reason for the program to stay: what a hung disk still holds when the program
    leaves is not waited for longer than `finish` says.

    Args:
        wake: Called in the queue's thread when there is something for `deliver`. It must only
            have `deliver` called soon on the thread that owns the queue.
    """

    def __init__(self, wake: Callable[[], object] = lambda: None) -> None:
        self._wake = wake
        self._work: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._done: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._beside: list[DiskQueue] = []

    def beside(self, *, waited_for: bool = True) -> DiskQueue:
        """Return a queue with a thread of its own for work that may take seconds.

        What comes back from it comes by this one's `wake` and `deliver`.

        Args:
            waited_for: Whether `finish` waits for it as well.
        """
        other = DiskQueue(self._wake)
        other._done = self._done
        if waited_for:
            self._beside.append(other)
        return other

    def do(self, work: Callable[[], _T]) -> Future[_T]:
        """Have `work` done after what was given before; return what becomes of it."""
        future: Future[_T] = Future()
        self._work.put((future, work))
        if self._thread is None:
            self._thread = threading.Thread(target=self._do_on, name="tflab-disk", daemon=True)
            self._thread.start()
        return future

    def do_then(self, work: Callable[[], _T], take: Callable[[Future[_T]], object]) -> Future[_T]:
        """Have `work` done, and hand what became of it to `take` from within `deliver`."""
        future = self.do(work)
        future.add_done_callback(lambda done: self._bring_back(partial(take, done)))
        return future

    def deliver(self) -> bool:
        """Hand over what has come back, on the thread of whoever calls; True when there was any."""
        found = False
        while True:
            try:
                take = self._done.get_nowait()
            except Empty:
                return found
            found = True
            take()

    def finish(self, patience: float) -> bool:
        """Wait `patience` seconds at most for all that was given; return whether it is done.

        Raises nothing of what the work raised: its futures have that.
        """
        deadline = time.monotonic() + patience
        done = []
        for queue in self._all():
            if queue._thread is not None:
                done.append(threading.Event())
                queue.do(done[-1].set)
        return all(one.wait(max(0.0, deadline - time.monotonic())) for one in done)

    def _all(self) -> Iterator[DiskQueue]:
        """Yield this queue and all beside it that are waited for."""
        yield self
        for queue in self._beside:
            yield from queue._all()

    def _bring_back(self, take: Callable[[], object]) -> None:
        self._done.put(take)
        self._wake()

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


class Inline(DiskQueue):
    """Does what it is given at once, in the thread that asks, for whoever has no screen to keep."""

    def do(self, work: Callable[[], _T]) -> Future[_T]:
        """Do `work`; return what became of it."""
        future: Future[_T] = Future()
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001  # whoever asked is told
            future.set_exception(error)
        return future
