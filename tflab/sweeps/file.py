"""The file of a sweep while it goes on: which runs have begun, who begins them, whether to stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem
from tflab.sweeps.store import SweepRecord, SweepStore, this_driver

_SECONDS = 0.5
"""Between two savings, and two looks."""


class SweepFile:
    """Writes a sweep's file, or reads again what another process writes; never waits for the disk.

    Args:
        record: What the file holds.
        sweeps: Where it is.
        disk: Reads and writes it.
        clock: Monotonic seconds.

    Attributes:
        record: What it holds, as far as is known.
        unkept: Why it could not be written; empty while it could.
    """

    def __init__(
        self,
        record: SweepRecord,
        sweeps: SweepStore,
        disk: DiskQueue,
        clock: Callable[[], float],
    ) -> None:
        self.record = record
        self.unkept = ""
        self._sweeps = sweeps
        self._disk = disk
        self._clock = clock
        self._unsaved = False
        self._saving: Future[None] | None = None
        self._loading: Future[SweepRecord] | None = None
        self._asked: Future[bool] | None = None
        self._next_save = 0.0
        self._next_load = 0.0
        self._next_stop = 0.0

    def take_over(self) -> None:
        """Note that this process begins the runs from now on."""
        self.record = msgspec.structs.replace(self.record, driver=this_driver())
        self._unsaved = True

    def let_go(self) -> None:
        """Note that nobody begins runs any more."""
        self._unsaved = self._unsaved or self.record.driver is not None
        self.record = msgspec.structs.replace(self.record, driver=None)

    def note(self, **changed: Any) -> None:
        """Note what has changed in the record: its plan, runs that were given up, or its note."""
        self.record = msgspec.structs.replace(self.record, **changed)
        self._unsaved = True

    def note_change(self) -> None:
        """Note that there is something to save."""
        self._unsaved = True

    def save(self, runs: Callable[[], Sequence[str | None]], now: bool) -> None:
        """Keep which runs have begun, if that has changed: at once with `now`, else now and then.

        Args:
            runs: Gives the run of each point by id, None where none was started.
            now: Whether it is not to wait.
        """
        self._hear_of_saving()
        if not self._unsaved or not (now or self._clock() >= self._next_save):
            return
        self._next_save = self._clock() + _SECONDS
        self._unsaved = False
        record = msgspec.structs.replace(self.record, runs=list(runs()))
        self._saving = self._disk.do(partial(self._sweeps.save, record))
        self._hear_of_saving()

    def reload(self) -> bool:
        """Read again, now and then, what the process that begins the runs has written.

        Returns:
            Whether `record` was brought up to date.
        """
        if self._loading is None:
            if self.record.driver is None or self._clock() < self._next_load:
                return False
            self._next_load = self._clock() + _SECONDS
            self._loading = self._disk.do(partial(self._sweeps.load, self.record.id))
        if not self._loading.done():
            return False
        loaded, self._loading = self._loading, None
        # A file that cannot be read now says nothing new.
        with suppress(Problem):
            found = loaded.result()
            if len(found.runs) >= len(self.record.runs):
                self.record = found
        if not self.record.driven:
            self.record = msgspec.structs.replace(self.record, driver=None)
        return True

    def stop_asked(self) -> bool:
        """Look, now and then, whether another process asks for the sweep's end."""
        if self._asked is None:
            if self._clock() < self._next_stop:
                return False
            self._next_stop = self._clock() + _SECONDS
            self._asked = self._disk.do(partial(self._sweeps.take_stop, self.record.id))
        if not self._asked.done():
            return False
        asked, self._asked = self._asked, None
        return asked.result()

    def _hear_of_saving(self) -> None:
        if self._saving is None or not self._saving.done():
            return
        saved, self._saving = self._saving, None
        try:
            saved.result()
        except OSError as error:
            self._unsaved, self.unkept = True, error.strerror or str(error)
        else:
            self.unkept = ""
