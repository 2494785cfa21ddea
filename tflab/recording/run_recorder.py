"""Recording a run: a queue that a thread of its own drains into the run log.

The lesson's thread only appends to a list. Everything slow waits for the thread: reading tensors
(a GPU is not made to wait at each step), grouping, encoding and writing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tflab.recording.conversion import checked
from tflab.recording.progress import Meter, Meters
from tflab.recording.values import never_changes, to_number, to_whole
from tflab.recording.writing import Batch, Point
from tflab.runs.events import Event
from tflab.runs.log_writer import FILES, LogWriter
from tflab.runs.record import Problem

INTERVAL = 0.05
"""Seconds between flushes. The first point after a pause is flushed at once."""

QUEUE_LIMIT = 200_000
"""Points that may wait; a lesson that logs faster than can be written waits in its turn."""


class RunRecorder:
    """Records one run into its folder.

    Args:
        folder: The run folder.
        writer: Its open log.
        guesses: The learner's guesses, by question.
        printed: Returns the length of the run's output, in bytes.
        watch: Called at every flush; returns events to add, such as a notice that output was cut.
    """

    def __init__(
        self,
        folder: Path,
        writer: LogWriter,
        guesses: Mapping[str, Any] | None = None,
        printed: Callable[[], int] = lambda: 0,
        watch: Callable[[], Iterable[Event]] = tuple,
    ) -> None:
        self.cell = 0
        self.guesses = guesses or {}
        self._folder = folder
        self._writer = writer
        self._watch = watch
        self.at = printed
        self._queue: list[Point | Event | threading.Event] = []
        self._plain_kinds: set[type] = {float, int}
        self._meters = Meters(lambda: self.cell)
        self._problem: Problem | None = None
        self._wake = threading.Event()
        self._closing = False
        # True when the next call has more to do than to append: the thread sleeps, or failed.
        self._attention = True
        self._detached = False
        self._thread = threading.Thread(target=self._drain_on, name="tflab-log", daemon=True)
        self._thread.start()

    def log(self, step: Any, scalars: dict[str, Any]) -> None:
        """Record one point for each scalar; see `Recorder`.

        Raises:
            Problem: When a value is no number, or an earlier one could not be kept.
        """
        kinds = self._plain_kinds
        if step.__class__ is not int:
            step = checked("lab.log", "step", to_whole, step)
        for value in scalars.values():
            if value.__class__ not in kinds:
                scalars = self._settled(scalars)
                break
        queue = self._queue
        queue.append((step, scalars))
        if self._attention or len(queue) > QUEUE_LIMIT:
            self._attend()

    def emit(self, event: Event) -> None:
        """Record any other event, after everything before it.

        One that has its place in the output is in the log on return: what the lesson prints next
        must not be there before it.

        Raises:
            Problem: When something logged earlier could not be kept.
        """
        self._queue.append(event)
        if hasattr(event, "at"):
            self.settle()
        else:
            self._attend()

    def track(self, iterable: Iterable[Any], total: int | None) -> Iterator[Any]:
        """Yield from `iterable`, recording how far it has come.

        Raises:
            Problem: When `total` is no whole number.
        """
        meter = self.begin(_length(iterable) if total is None else total)
        try:
            for item in iterable:
                yield item
                meter.done += 1
        finally:
            self.end(meter)

    def begin(self, total: int | None) -> Meter:
        """Begin to measure progress; the outermost of several is the one that shows.

        Raises:
            Problem: When `total` is no whole number.
        """
        if total is not None:
            total = checked("lab.track", "total", to_whole, total)
        meter = self._meters.begin(total)
        self._queue.extend(self._meters.news())
        return meter

    def end(self, meter: Meter) -> None:
        """End a progress, keeping how far it came."""
        self._queue.extend(self._meters.end(meter))

    def forget_meters(self) -> None:
        """Drop progress that an earlier cell left open."""
        self._meters.clear()

    def folder(self) -> Path:
        """Return the run's `files` folder."""
        return self._folder / FILES

    def check(self) -> None:
        """Raise what could not be kept, once.

        Raises:
            Problem: Naming the value and what to do.
        """
        problem, self._problem = self._problem, None
        if problem is not None:
            raise problem

    def settle(self) -> None:
        """Wait until everything so far is in the log.

        Raises:
            Problem: When something could not be kept.
        """
        self.flush()
        self.check()

    def flush(self) -> None:
        """Wait until everything so far was handed to the log, whether or not it could be kept."""
        if self._detached:
            return
        done = threading.Event()
        self._queue.append(done)
        self._wake.set()
        while not done.wait(0.5):
            if not self._thread.is_alive():
                return

    def finish(self, *events: Event) -> bool:
        """End the thread, write what is left and then the last events; False if that failed.

        Nothing comes after the last events: readers look for them at the end of the log.
        """
        self._closing = True
        self._wake.set()
        self._thread.join()
        try:
            # Here and not in the thread, which may have failed long before.
            self._drain()
        finally:
            self._problem = None
            self._write(list(events))
        return self._problem is None

    def detach(self) -> None:
        """Record nothing more: for a child that the lesson forked, which has no such thread."""
        self._detached = True
        self._queue = _Nothing()

    def _attend(self) -> None:
        self._attention = False
        if self._problem is not None or len(self._queue) > QUEUE_LIMIT:
            self.settle()
        elif not self._detached:
            self._wake.set()

    def _drain_on(self) -> None:
        try:
            while not self._closing:
                self._wake.wait(INTERVAL)
                self._wake.clear()
                if not self._drain():
                    self._attention = True
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
        queue = self._queue
        count = len(queue)
        items = queue[:count]
        # The lesson may append meanwhile, so only what was copied goes.
        del queue[:count]
        batch = Batch(time.time(), self._note)
        waiting: list[threading.Event] = []
        for item in items:
            if isinstance(item, tuple):
                batch.add_point(item)
            elif isinstance(item, threading.Event):
                waiting.append(item)
            else:
                batch.add_event(item)
        for event in (*self._meters.news(), *self._watch()):
            batch.add_event(event)
        self._write(batch.events())
        for done in waiting:
            done.set()
        return count > 0

    def _write(self, events: list[Event]) -> None:
        try:
            self._writer.write(*events)
        except OSError as error:
            self._note(
                Problem(
                    "The run log cannot be written",
                    f"{self._folder}: {error.strerror}.",
                    "Make room on the disk, then run it again.",
                )
            )

    def _note(self, problem: Problem) -> None:
        self._problem = self._problem or problem
        self._attention = True

    def _settled(self, scalars: dict[str, Any]) -> dict[str, Any]:
        """Read now what may change before the thread comes to it: variables and arrays."""
        settled = dict(scalars)
        for tag, value in scalars.items():
            kind = value.__class__
            if never_changes(kind):
                self._plain_kinds.add(kind)
            if kind not in self._plain_kinds:
                settled[tag] = checked("lab.log", tag, to_number, value)
        return settled


class _Nothing(list[Any]):
    """A queue that keeps nothing."""

    def append(self, item: Any) -> None:
        """Keep nothing."""

    def extend(self, items: Iterable[Any]) -> None:
        """Keep nothing."""


def _length(iterable: Iterable[Any]) -> int | None:
    try:
        return len(iterable)  # type: ignore[arg-type]
    except (TypeError, OverflowError):
        # It has none, or one that Python cannot tell, as `range(10**20)` has.
        return None
