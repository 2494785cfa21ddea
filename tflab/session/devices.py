"""The devices of this machine, looked at now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from tflab.runs.disk_queue import DiskQueue
from tflab.session.targets import target_entries
from tflab.targets.devices import Device, DeviceList, list_devices

_LOOK_SECONDS = 5.0
_TARGET_SECONDS = 60.0


class DeviceWatch:
    """Lists the devices beside the screen's thread.

    Args:
        queue: Where that is done. A driver that hangs hangs all that waits there, so it is no
            queue for anything else.
        listed: Called with what there is.
        clock: Monotonic seconds; injected by tests.
        targets: Where the engines of targets are asked, for the same reason; None where none are.
    """

    def __init__(
        self,
        queue: DiskQueue,
        listed: Callable[[DeviceList], object],
        clock: Callable[[], float] = time.monotonic,
        targets: DiskQueue | None = None,
    ) -> None:
        self._queue = queue
        self._listed = listed
        self._clock = clock
        self._looking = False
        self._next_look = 0.0
        self._waiting: list[Callable[[DeviceList], object]] = []
        self._known: DeviceList | None = None
        self._target_queue = targets
        self._targets: tuple[Device, ...] = ()
        self._next_targets = 0.0

    def when_known(self, then: Callable[[DeviceList], object]) -> None:
        """Call `then` with the devices as last seen, or as soon as they are."""
        if self._known is not None:
            then(self._known)
        else:
            self._waiting.append(then)

    def advance(self) -> None:
        """Look again if it is time."""
        self._look_at_targets()
        if self._looking or self._clock() < self._next_look:
            return
        self._looking = True
        self._next_look = self._clock() + _LOOK_SECONDS
        self._queue.do_then(list_devices, self._take)

    def _take(self, found: Future[DeviceList]) -> None:
        self._looking = False
        here = found.result()
        self._known = devices = replace(here, devices=(*here.devices, *self._targets))
        self._listed(devices)
        waiting, self._waiting = self._waiting, []
        for then in waiting:
            then(devices)

    def _look_at_targets(self) -> None:
        if self._target_queue is None or self._clock() < self._next_targets:
            return
        self._next_targets = self._clock() + _TARGET_SECONDS
        self._target_queue.do_then(target_entries, self._take_targets)

    def _take_targets(self, found: Future[tuple[Device, ...]]) -> None:
        if found.result() != self._targets:
            self._targets = found.result()
            self._next_look = 0.0
