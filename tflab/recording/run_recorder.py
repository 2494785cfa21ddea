"""Recording a run: points go to a journal, which a thread of its own drains into the run log.

The program's thread only puts numbers into memory. Everything slow waits for the recorder's thread:
grouping, encoding and writing, and reading what a GPU has not computed yet.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tflab.recording.conversion import checked
from tflab.recording.journal import Journal
from tflab.recording.log_thread import LogThread
from tflab.recording.pictures import Drawn, PictureFolder
from tflab.recording.points import Points
from tflab.recording.progress import Meter, Meters
from tflab.recording.values import to_whole
from tflab.runs.events import Event
from tflab.runs.log_writer import FILES, LogWriter


class RunRecorder:
    """Records one run into its folder.

    Args:
        folder: The run folder.
        writer: Its open log.
        guesses: The learner's guesses, by question.
        printed: Returns the length of the run's output, in bytes.
        watch: Called at every flush; returns events to add, such as a notice that output was cut.
        journal: Where points wait; by default one that nobody else knows of.
        reads_later: Whether tensors are read by the recorder's thread; see `Points`.

    Attributes:
        log: Records one point for each scalar; that of `Points` itself, since a call more would be
            a third of its time.
    """

    def __init__(
        self,
        folder: Path,
        writer: LogWriter,
        guesses: Mapping[str, Any] | None = None,
        printed: Callable[[], int] = lambda: 0,
        watch: Callable[[], Iterable[Event]] = tuple,
        journal: Journal | None = None,
        reads_later: bool = False,
    ) -> None:
        self.cell = 0
        self.guesses = guesses or {}
        self.at = printed
        self._folder = folder
        self._watch = watch
        self._meters = Meters(lambda: self.cell)
        self._pictures = PictureFolder(folder)
        self._is_child = self._told_of_child = False
        self._points = Points(journal or Journal(), reads_later, self._make_room, self._attend)
        self.log = self._points.log
        self._hear: Callable[[Event], object] | None = None
        self._is_muted = False
        self._thread = LogThread(folder, writer, self._points, self._news)

    def emit(self, event: Event) -> None:
        """Record any other event, after everything before it. It is in the log on return.

        So what the program prints next is not there before it, and nothing that ends the process
        loses it.

        Raises:
            Problem: When something logged earlier could not be kept.
        """
        if self._hear is not None:
            self._hear(event)
        if not (self._is_child or self._is_muted):
            self._thread.add(event)
            self.settle()

    def tell(self, *events: Event) -> None:
        """Record events that another thread than the program's has; it does not wait for them."""
        if not self._is_child:
            for event in events:
                self._thread.add(event)

    @contextmanager
    def heard(self, hear: Callable[[Event], object], muted: bool = False) -> Iterator[None]:
        """Tell `hear` of each event within this block; record nothing of it when `muted`."""
        self._hear, self._is_muted = hear, muted
        if muted:
            self.log = self._log_nothing
        try:
            yield
        finally:
            self._hear, self._is_muted = None, False
            self.log = self._points.log

    def figure_number(self, name: Hashable = None) -> int:
        """Return the number of a new figure, or the one that this name has had before."""
        return self._pictures.number(name)

    def show_picture(self, drawn: Drawn) -> None:
        """Keep a picture. One that cannot be kept is said, and stops nothing.

        Raises:
            Problem: When something logged earlier could not be kept.
        """
        if not (self._is_child or self._is_muted):
            for picture in self._pictures.keep(drawn):
                self.emit(picture)

    def end_pictures(self) -> None:
        """Keep the last frames of moving pictures, at the end of a cell."""
        if not self._is_child:
            for picture in self._pictures.rest():
                self.emit(picture)

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

    def begin(self, total: int | None, done: int = 0) -> Meter:
        """Begin to measure progress; the outermost of several is the one that shows.

        Args:
            total: Where it ends, if that is known.
            done: How much was done before, as by an earlier run.

        Raises:
            Problem: When `total` is no whole number.
        """
        if total is not None:
            total = checked("lab.track", "total", to_whole, total)
        meter = self._meters.begin(total, done)
        self._add(self._meters.news())
        return meter

    def watch(self, meter: Meter) -> None:
        """Begin a progress that something else measures; see `Meter.look` and `Meter.over`."""
        self._meters.add(meter)

    def end(self, meter: Meter) -> None:
        """End a progress, keeping how far it came."""
        self._add(self._meters.end(meter))

    def forget_meters(self) -> None:
        """Drop progress that an earlier cell left open."""
        self._meters.clear()

    def is_taken(self, tag: str) -> bool:
        """Return whether there is a series of that name, whatever it counts."""
        return self._points.is_taken(tag)

    def claim(self, tag: str) -> None:
        """Keep a name for a series whose points are told as events; see `watch` above."""
        self._points.claimed.add(tag)

    def folder(self) -> Path:
        """Return the run's `files` folder."""
        return self._folder / FILES

    def check(self) -> None:
        """Raise what could not be kept, once.

        Raises:
            Problem: Naming the value and what to do.
        """
        problem, self._thread.problem = self._thread.problem, None
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
        if not self._is_child:
            self._thread.flush()

    def finish(self, *events: Event) -> bool:
        """Write what is left and then the last events, and end; False if that failed."""
        return self._thread.finish(*events)

    def detach(self) -> None:
        """Record nothing more: for a child that the program forked, which has no such thread."""
        self._is_child = True
        self._points.detach()

    def _log_nothing(self, step: Any, scalars: Mapping[str, Any], axis: str = "") -> None:
        """Take a point as `log` does, and forget it."""

    def _add(self, events: Iterable[Event]) -> None:
        if not (self._is_child or self._is_muted):
            for event in events:
                self._thread.add(event)

    def _news(self) -> Iterator[Event]:
        yield from self._meters.news()
        yield from self._watch()

    def _make_room(self) -> bool:
        """Wait in turn, as the program logs faster than can be written; False when none comes."""
        if self._is_child:
            self._say_that_it_is_lost()
            return False
        while self._points.is_full() and self._thread.is_alive():
            self.settle()
        return self._thread.is_alive()

    def _say_that_it_is_lost(self) -> None:
        if not self._told_of_child:
            self._told_of_child = True
            sys.stderr.write(
                f"tflab: what process {os.getpid()} logs is not recorded, since the program forked "
                "it; log in the process that the run began with.\n"
            )

    def _attend(self) -> None:
        self._points.attention = False
        if self._thread.problem is not None:
            self.settle()
        else:
            self._thread.wake()


def _length(iterable: Iterable[Any]) -> int | None:
    try:
        return len(iterable)  # type: ignore[arg-type]
    except (TypeError, OverflowError):
        # It has none, or one that Python cannot tell, as `range(10**20)` has.
        return None
