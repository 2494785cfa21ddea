"""Our executor: runs go through one fork server, at most one in each slot."""

from __future__ import annotations

import dataclasses
import select
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, NamedTuple

from tflab.runs.disk_queue import DiskQueue, Inline
from tflab.runs.record import Problem, RunRecord, RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import RunSummary, summarise
from tflab.targets.fork_server import ForkServer
from tflab.targets.host import Host
from tflab.targets.live_run import LiveRun
from tflab.targets.placement import Slot, perform
from tflab.targets.runner import hand_over, stop_live, versions

_PAUSE = 0.03
_READ_SECONDS = 0.015
"""How long `poll` may wait for the disk, and go on with logs that are behind."""


class RunFuture(Future[RunSummary]):
    """The future of a run that is placed here.

    Attributes:
        live: The run, followed by its log, as soon as it has a slot. Belongs to whoever calls
            `poll`: do not look at it while a thread drives the executor.
    """

    def __init__(self) -> None:
        super().__init__()
        self.live: LiveRun | None = None


class _Making(NamedTuple):
    """A run that has a slot, and whose folder is being made."""

    slot: Slot
    server: Host
    record: Future[RunRecord]


class _Placed(NamedTuple):
    slot: Slot
    live: LiveRun
    server: Host


class RunExecutor(Executor):
    """Runs requests in the slots, first come first served, by way of one fork server.

    Args:
        slots: What may run at once; each gives its run the device.
        store: Where runs are kept.
        server: Gives the running fork server of somebody who looks after it. By default the
            executor starts one of its own, and lets go of it in `shutdown`.
        threaded: True when a thread of its own does the work; otherwise call `poll` often.
        disk: Where folders of runs are made and logs are read; by default, right here. With a
            queue, `poll` never waits for the disk for longer than a frame of the screen.
        make: Makes the server that the executor starts itself.
    """

    def __init__(
        self,
        slots: Sequence[Slot],
        store: RunStore | None = None,
        server: Callable[[], Host] | None = None,
        threaded: bool = True,
        disk: DiskQueue | None = None,
        make: Callable[[], Host] = ForkServer,
    ) -> None:
        self.slots = tuple(slots)
        self._store = store or RunStore()
        self._make = make
        self._own = make() if server is None else None
        self._server = server or self._own_server
        self._free = deque(self.slots)
        self._waiting: deque[tuple[RunFuture, RunRequest]] = deque()
        self._making: dict[RunFuture, _Making] = {}
        self._busy: dict[RunFuture, _Placed] = {}
        self._disk = disk or Inline()
        self._unwanted: set[RunFuture] = set()
        self._closing = False
        self._lock = threading.RLock()
        self._threaded = threaded
        self._thread: threading.Thread | None = None

    def submit(  # type: ignore[override]
        self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> RunFuture:
        """Queue a run: `submit(perform, request)`. The slot decides the request's device.

        Raises:
            TypeError: When it is asked for anything but `perform` of a request.
            RuntimeError: After `shutdown`.
            Problem: When the fork server cannot be started.
        """
        if fn is not perform or len(args) != 1 or kwargs or not isinstance(args[0], RunRequest):
            raise TypeError("RunExecutor only takes submit(perform, request)")
        with self._lock:
            if self._closing:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._server()
            future = RunFuture()
            self._waiting.append((future, args[0]))
            if self._threaded and self._thread is None:
                self._thread = threading.Thread(target=self._drive, name="runs", daemon=True)
                self._thread.start()
        return future

    def poll(self) -> bool:
        """Follow what runs and start what there is room for; True when anything changed."""
        with self._lock:
            if self._own is not None:
                self._own.poll()
            changed, deadline = False, time.monotonic() + _READ_SECONDS
            for future, placed in list(self._busy.items()):
                left = max(0.0, deadline - time.monotonic())
                changed = self._advance(future, placed, left) or changed
            while self._free and self._waiting:
                future, request = self._waiting.popleft()
                changed = True
                if future.set_running_or_notify_cancel():
                    self._make_folder(future, request)
            for future, making in list(self._making.items()):
                changed = self._begin(future, making, deadline) or changed
            return changed

    def stop(self, future: Future[RunSummary]) -> None:
        """Stop one run: a waiting one never begins, a running one is interrupted."""
        with self._lock:
            placed = self._busy.get(future) if isinstance(future, RunFuture) else None
            if placed is not None:
                placed.live.stop()
            elif isinstance(future, RunFuture) and future in self._making:
                self._unwanted.add(future)
            else:
                future.cancel()

    def stop_all(self, kill: bool = False) -> None:
        """Stop every run; with `kill`, those that run end at once."""
        with self._lock:
            for future, _ in self._waiting:
                future.cancel()
            self._unwanted.update(self._making)
            for placed in self._busy.values():
                # Somebody else's server must not end with the run that waits for it.
                if self._own is not None or placed.live.state.started is not None:
                    stop_live(placed.server, placed.live, kill)
                else:
                    placed.live.stop()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take nothing more. Without `wait`, runs that go on do so without being followed."""
        with self._lock:
            self._closing = True
            if cancel_futures:
                for future, _ in self._waiting:
                    future.cancel()
            if not wait and not self._threaded:
                # Nobody polls any more, so these would never be handed to the fork server.
                for making in self._making.values():
                    making.record.add_done_callback(self._unmake)
                self._making.clear()
        if wait and self._thread is not None:
            self._thread.join()
        while wait and (self._busy or self._making or self._waiting):
            self.poll()
            self._pause()
        if self._own is not None and not (self._thread and self._thread.is_alive()):
            self._own.close()

    def wait(self) -> None:
        """Sleep until there may be something new for `poll`."""
        self._pause()

    def _own_server(self) -> Host:
        assert self._own is not None
        if self._own.phase in ("broken", "gone"):
            self._own.close()
            self._own = self._make()
        self._own.start()
        return self._own

    def _make_folder(self, future: RunFuture, request: RunRequest) -> None:
        """Give a run a slot, and have its folder made."""
        slot = self._free.popleft()
        request = dataclasses.replace(request, device=slot.device, device_uuid=slot.uuid)
        try:
            server = self._server()
        except Problem as problem:
            self._free.append(slot)
            future.set_exception(problem)
        else:
            made = self._disk.do(partial(self._store.create, request, versions()))
            self._making[future] = _Making(slot, server, made)

    def _begin(self, future: RunFuture, making: _Making, deadline: float) -> bool:
        """Hand a run to the fork server once its folder is there; False while it is not."""
        try:
            record = making.record.result(max(0.0, deadline - time.monotonic()))
            live = hand_over(making.server, record, self._store.root / record.id)
        except TimeoutError:
            return False
        except Problem as problem:
            self._free.append(making.slot)
            future.set_exception(problem)
        else:
            future.live = live
            self._busy[future] = _Placed(making.slot, live, making.server)
            if future in self._unwanted:
                live.stop()
        self._unwanted.discard(future)
        del self._making[future]
        return True

    def _unmake(self, made: Future[RunRecord]) -> None:
        if made.exception() is None:
            shutil.rmtree(self._store.root / made.result().id, ignore_errors=True)

    def _advance(self, future: RunFuture, placed: _Placed, seconds: float) -> bool:
        live = placed.live
        changed = live.advance(seconds, self._disk)
        self._look_at_start(placed)
        if live.over:
            del self._busy[future]
            self._free.append(placed.slot)
            future.set_result(summarise(live.record, live.state))
        return changed

    def _look_at_start(self, placed: _Placed) -> None:
        server = placed.server
        if placed.live.state.started is not None:
            return
        if server.phase == "broken" and server.problem is not None:
            # TensorFlow cannot be imported: each further try would take as long and end the same.
            while self._waiting:
                future, _ = self._waiting.popleft()
                if future.set_running_or_notify_cancel():
                    future.set_exception(server.problem)

    def _drive(self) -> None:
        while True:
            self.poll()
            with self._lock:
                if self._closing and not (self._busy or self._making or self._waiting):
                    break
            self._pause()
        if self._own is not None:
            self._own.close()

    def _pause(self) -> None:
        descriptor = self._own.fileno() if self._own is not None else -1
        if descriptor >= 0:
            select.select([descriptor], [], [], _PAUSE)
        else:
            time.sleep(_PAUSE)
