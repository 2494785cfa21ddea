"""The list of runs as the session reads it: of everything, or the newest of one lesson."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from itertools import islice

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.history import History, HistoryRow
from tflab.runs.log_writer import EVENTS
from tflab.runs.record import Problem, RunRecord
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.runs.trash import KEEP_SECONDS, DiskUse, Trash
from tflab.session.events import Emit, Event, Notice, RunsListed
from tflab.session.history_watch import HistoryWatch

_MOST_OF_LESSON = 100
_LOOKED_AT = 1000
_LONGEST_PREVIEW = 8 << 20
"""Bytes of a log that is read only to be looked at: a tenth of a second."""


class HistoryListed(Event, frozen=True):
    """Every run there is, newest first, and how many there are that cannot be read."""

    rows: list[HistoryRow]
    unreadable: int = 0


class DiskUseMeasured(Event, frozen=True):
    """How much room runs and trash take."""

    use: DiskUse


class RunPreviewed(Event, frozen=True):
    """A run of the list, read to be looked at; nothing where it cannot be read or is very long."""

    run: str
    record: RunRecord | None = None
    state: RunState | None = None


class RunHistory:
    """Reads the runs there are, and reads them again as they change.

    Args:
        store: Where the runs are.
        trash: Where deleted ones are.
        disk: Does the reading. It may be held for seconds, so it is not the queue that follows the
            run on show.
        emit: Takes `HistoryListed`, `RunsListed` and `DiskUseMeasured`.
    """

    def __init__(self, store: RunStore, trash: Trash, disk: DiskQueue, emit: Emit) -> None:
        self._store = store
        self._trash = trash
        self._disk = disk
        # To add up thousands of folders takes long, and nobody waits for the sum.
        self._measuring_disk = disk.beside(waited_for=False)
        self._measuring = False
        self._emit = emit
        self._watch = HistoryWatch(store)
        self._looking = 0
        self._told = ""
        self._wanted = ""

    def read(self) -> None:
        """List every run, read in full the rows that are not, and measure the disk."""
        self._look(anew=True)
        if not self._measuring:
            self._measuring = True
            self._measuring_disk.do_then(self._measure, self._take_measure)

    def look(self) -> None:
        """List every run if something has changed; nothing while they are being read."""
        if not self._looking:
            self._look(anew=False)

    def preview(self, run: str) -> None:
        """Read a run to be looked at; `RunPreviewed` follows. Of many asked for the last counts."""
        self._wanted = run

        def read() -> RunPreviewed:
            return _preview(self._store, run) if self._wanted == run else RunPreviewed("")

        def take(done: Future[RunPreviewed]) -> None:
            self._emit(done.result())

        self._disk.do_then(read, take)

    def list_lesson(self, lesson: str) -> None:
        """List the newest runs of a lesson."""

        def take(done: Future[list[HistoryRow]]) -> None:
            try:
                self._emit(RunsListed(lesson, done.result()))
            except OSError as error:
                self._warn(f"The runs cannot be read: {error.strerror}.")

        self._disk.do_then(lambda: newest_of(self._store, lesson), take)

    def _look(self, anew: bool) -> None:
        self._start(lambda: self._watch.look(anew))
        self._start(self._watch.mend)

    def _start(self, work: Callable[[], list[HistoryRow] | None]) -> None:
        self._looking += 1
        self._disk.do_then(work, self._take)

    def _take(self, done: Future[list[HistoryRow] | None]) -> None:
        self._looking -= 1
        try:
            rows = done.result()
        except OSError as error:
            self._warn(f"The runs cannot be read: {error.strerror}.")
            return
        if rows is not None:
            self._told = ""
            self._emit(HistoryListed(rows, self._watch.unreadable))

    def _measure(self) -> tuple[DiskUse, Problem | None]:
        """Empty the trash of what is old, and add up the rest."""
        refused = None
        try:
            self._trash.empty(KEEP_SECONDS)
        except Problem as problem:
            refused = problem
        return self._trash.disk_use(), refused

    def _take_measure(self, done: Future[tuple[DiskUse, Problem | None]]) -> None:
        self._measuring = False
        try:
            use, refused = done.result()
        except OSError as error:
            self._warn(f"The disk cannot be read: {error.strerror}.")
            return
        self._emit(DiskUseMeasured(use))
        if refused is not None:
            self._warn(f"{refused.title}. {refused.cause}")

    def _warn(self, text: str) -> None:
        """Say what is wrong, once."""
        if text != self._told:
            self._told = text
            self._emit(Notice(text, severity="warning"))


def _preview(store: RunStore, run: str) -> RunPreviewed:
    try:
        record = store.record(run)
        log = store.folder(run) / EVENTS
        if log.stat().st_size > _LONGEST_PREVIEW:
            return RunPreviewed(run, record)
        return RunPreviewed(run, record, store.load(run))
    except (Problem, OSError):
        return RunPreviewed(run)


def newest_of(store: RunStore, lesson: str) -> list[HistoryRow]:
    """Return the newest runs of a lesson: at most a hundred, of the last thousand runs.

    Raises:
        OSError: When the folder of runs cannot be read.
    """
    history, found = History(store), []
    for run in islice(store.ids(), _LOOKED_AT):
        row = history.row(run)
        if row is not None and row.summary.lesson == lesson:
            found.append(history.mend(run) or row if row.partial else row)
        if len(found) >= _MOST_OF_LESSON:
            break
    return found
