"""The devices of this machine, looked at now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future

from tflab.runs.disk_queue import DiskQueue
from tflab.targets.devices import DeviceList, list_devices

_LOOK_SECONDS = 5.0


class DeviceWatch:
    """Lists the devices beside the screen's thread.

    Args:
        queue: Where that is done. A driver that hangs hangs all that waits there, so it is no
            queue for anything else.
        listed: Called with what there is.
        clock: Monotonic seconds; injected by tests.
    """

    def __init__(
        self,
        queue: DiskQueue,
        listed: Callable[[DeviceList], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._listed = listed
        self._clock = clock
        self._looking = False
        self._next_look = 0.0
        self._waiting: list[Callable[[DeviceList], object]] = []
        self._known: DeviceList | None = None

    def when_known(self, then: Callable[[DeviceList], object]) -> None:
        """Call `then` with the devices as last seen, or as soon as they are."""
        if self._known is not None:
            then(self._known)
        else:
            self._waiting.append(then)

    def advance(self) -> None:
        """Look again if it is time."""
        if self._looking or self._clock() < self._next_look:
            return
        self._looking = True
        self._next_look = self._clock() + _LOOK_SECONDS
        self._queue.do_then(list_devices, self._take)

    def _take(self, found: Future[DeviceList]) -> None:
        self._looking = False
        self._known = devices = found.result()
        self._listed(devices)
        waiting, self._waiting = self._waiting, []
        for then in waiting:
            then(devices)
