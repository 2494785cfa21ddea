"""Our executor: runs go through one fork server, at most one in each slot."""

from __future__ import annotations

import dataclasses
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import Any, NamedTuple

from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import RunSummary, summarise
from tflab.targets.fork_server import ForkServer
from tflab.targets.live_run import LiveRun
from tflab.targets.placement import Slot, perform
from tflab.targets.runner import begin, stop_live

_PAUSE = 0.03
_READ_SECONDS = 0.05
"""How long one log that is behind may keep the others waiting."""


class RunFuture(Future[RunSummary]):
    """The future of a run that is placed here.

    Attributes:
        live: The run, followed by its log, as soon as it has a slot. Belongs to whoever calls
            `poll`: do not look at it while a thread drives the executor.
    """

    def __init__(self) -> None:
        super().__init__()
        self.live: LiveRun | None = None


class _Placed(NamedTuple):
    slot: Slot
    live: LiveRun
    server: ForkServer


class RunExecutor(Executor):
    """Runs requests in the slots, first come first served, by way of one fork server.

    Args:
        slots: What may run at once; each gives its run the device.
        store: Where runs are kept.
        server: Gives the running fork server of somebody who looks after it. By default the
            executor starts one of its own, and lets go of it in `shutdown`.
        threaded: True when a thread of its own does the work; otherwise call `poll` often.
        make: Makes the server that the executor starts itself.
    """

    def __init__(
        self,
        slots: Sequence[Slot],
        store: RunStore | None = None,
        server: Callable[[], ForkServer] | None = None,
        threaded: bool = True,
        make: Callable[[], ForkServer] = ForkServer,
    ) -> None:
        self.slots = tuple(slots)
        self._store = store or RunStore()
        self._make = make
        self._own = make() if server is None else None
        self._server = server or self._own_server
        self._free = deque(self.slots)
        self._waiting: deque[tuple[RunFuture, RunRequest]] = deque()
        self._busy: dict[RunFuture, _Placed] = {}
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
            changed = False
            for future, placed in list(self._busy.items()):
                changed = self._advance(future, placed) or changed
            while self._free and self._waiting:
                future, request = self._waiting.popleft()
                changed = True
                if future.set_running_or_notify_cancel():
                    self._begin(future, request)
            return changed

    def stop(self, future: Future[RunSummary]) -> None:
        """Stop one run: a waiting one never begins, a running one is interrupted."""
        with self._lock:
            placed = self._busy.get(future) if isinstance(future, RunFuture) else None
            if placed is None:
                future.cancel()
            else:
                placed.live.stop()

    def stop_all(self, kill: bool = False) -> None:
        """Stop every run; with `kill`, those that run end at once."""
        with self._lock:
            for future, _ in self._waiting:
                future.cancel()
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
        if wait and self._thread is not None:
            self._thread.join()
        while wait and (self._busy or self._waiting):
            self.poll()
            self._pause()
        if self._own is not None and not (self._thread and self._thread.is_alive()):
            self._own.close()

    def wait(self) -> None:
        """Sleep until there may be something new for `poll`."""
        self._pause()

    def _own_server(self) -> ForkServer:
        assert self._own is not None
        if self._own.phase in ("broken", "gone"):
            self._own.close()
            self._own = self._make()
        self._own.start()
        return self._own

    def _begin(self, future: RunFuture, request: RunRequest) -> None:
        slot = self._free.popleft()
        request = dataclasses.replace(request, device=slot.device, device_uuid=slot.uuid)
        try:
            server = self._server()
            future.live = begin(server, self._store, request)
        except Problem as problem:
            self._free.append(slot)
            future.set_exception(problem)
        else:
            self._busy[future] = _Placed(slot, future.live, server)

    def _advance(self, future: RunFuture, placed: _Placed) -> bool:
        live = placed.live
        changed = live.advance(_READ_SECONDS)
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
                if self._closing and not self._busy and not self._waiting:
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
