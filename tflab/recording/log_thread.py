"""The thread that writes a run's log, so that nothing slow is done in the program's own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from tflab.recording.points import Points
from tflab.recording.writing import Batch
from tflab.runs.events import Event
from tflab.runs.log_writer import LogWriter
from tflab.runs.record import Problem
from tflab.runs.system_errors import what_to_do

INTERVAL = 0.1
"""Seconds between flushes. The first point after a pause is flushed at once.

Each costs the program's thread half a millisecond: it waits for the interpreter.
"""

BUSY_INTERVAL = 0.2
"""The same, while points come so fast that a curve has enough of them at each."""

_BUSY = 50
"""Points of one flush from which on the next has time."""


class LogThread:
    """Groups, encodes and writes points and events; it begins at once.

    Args:
        folder: The run folder.
        writer: Its open log.
        points: What the program logs.
        news: Called at every flush; returns events to add.
    """

    def __init__(
        self,
        folder: Path,
        writer: LogWriter,
        points: Points,
        news: Callable[[], Iterable[Event]],
    ) -> None:
        self.problem: Problem | None = None
        self._folder = folder
        self._writer = writer
        self._points = points
        self._news = news
        self._queue: list[tuple[int, Event | threading.Event]] = []
        self._wake = threading.Event()
        self._closing = False
        self._pause = INTERVAL
        self._thread = threading.Thread(target=self._drain_on, name="tflab-log", daemon=True)
        self._thread.start()

    def add(self, item: Event | threading.Event) -> None:
        """Add an event after the points so far, or what is set once all of them are written."""
        with self._points.lock:
            self._queue.append((self._points.count, item))

    def wake(self) -> None:
        """Have it write now."""
        self._wake.set()

    def is_alive(self) -> bool:
        """Return whether it still writes."""
        return self._thread.is_alive()

    def flush(self) -> None:
        """Wait until everything so far was handed to the log, whether or not it could be kept."""
        done = threading.Event()
        self.add(done)
        self.wake()
        while not done.wait(0.5):
            if not self.is_alive():
                return

    def finish(self, *events: Event) -> bool:
        """End the thread, write what is left and then the last events; False if that failed.

        Nothing comes after the last events: readers look for them at the end of the log.
        """
        self._closing = True
        self.wake()
        self._thread.join()
        try:
            # Here and not in the thread, which may have failed long before.
            self._drain()
        finally:
            self.problem = None
            self._write(list(events))
        return self.problem is None

    def _drain_on(self) -> None:
        try:
            while not self._closing:
                self._wake.wait(self._pause)
                self._wake.clear()
                if not self._drain():
                    self._points.attention = True
        except BaseException:
            self._note(
                Problem(
                    "The recorder stopped",
                    "tflab itself failed; the last lines of the output say how.",
                    "Please report it. The run cannot be recorded any further.",
                )
            )
            raise

    def _drain(self) -> bool:
        # What is added meanwhile is left for the next time.
        end = self._points.count
        count = len(self._queue)
        items = self._queue[:count]
        batch = Batch(time.time())
        waiting: list[threading.Event] = []
        at = self._points.written
        for place, item in items:
            at = self._points.add_to(batch, at, place, self._note)
            if isinstance(item, threading.Event):
                waiting.append(item)
            else:
                batch.add_event(item)
        at = self._points.add_to(batch, at, end, self._note)
        for event in self._news():
            batch.add_event(event)
        del self._queue[:count]
        self._writer.before_write = partial(self._points.are_promised, at)
        self._write(batch.events())
        self._writer.before_write = None
        self._pause = BUSY_INTERVAL if at - self._points.written >= _BUSY else INTERVAL
        new = count > 0 or at > self._points.written
        self._points.are_written(at)
        for done in waiting:
            done.set()
        return new

    def _write(self, events: list[Event]) -> None:
        try:
            self._writer.write(*events)
        except OSError as error:
            self._note(
                Problem(
                    "The run log cannot be written",
                    f"{self._folder}: {error.strerror}.",
                    f"{what_to_do(error)} Then run it again.",
                )
            )

    def _note(self, problem: Problem) -> None:
        self.problem = self.problem or problem
        self._points.attention = True
