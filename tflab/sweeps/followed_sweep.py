"""A sweep as its file and the logs of its runs tell it, whoever begins them."""

from __future__ import annotations

import time
from collections.abc import Callable

from tflab.runs.disk_queue import DiskQueue, Inline
from tflab.runs.store import RunStore
from tflab.sweeps.estimate import seconds_left
from tflab.sweeps.file import SweepFile
from tflab.sweeps.follower import RunFollower
from tflab.sweeps.results import SweepResults
from tflab.sweeps.run import SweepRun
from tflab.sweeps.store import Driver, SweepRecord, SweepStore

_TO_RUN = ("not begun", "lost", "cancelled")


class FollowedSweep(SweepResults):
    """The runs of a sweep as they are read: those that go on elsewhere are followed.

    Args:
        record: The sweep as it is kept.
        store: Where runs are kept.
        sweeps: Where the sweep is kept.
        disk: Where files are read and written; by default, right here.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        version: Counts the changes, so that a screen knows when to draw again.
    """

    def __init__(
        self,
        record: SweepRecord,
        *,
        store: RunStore | None = None,
        sweeps: SweepStore | None = None,
        disk: DiskQueue | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(record.plan)
        self.id = record.id
        self.version = 0
        self._disk = disk or Inline()
        self._file = SweepFile(record, sweeps or SweepStore(), self._disk, clock)
        self._follower = RunFollower(store or RunStore(), self._disk)
        self._open: list[SweepRun] = []
        self._take_points(record)

    def catch_up(self) -> None:
        """Read every run of a sweep found again as far as its log goes now."""
        self._look_at_driver()
        for run in self._followed():
            self._follower.follow(run)
            while run.live is not None and not run.live.caught_up:
                self._follower.follow(run)
        self._open = [run for run in self._open if not run.over]
        self.version += 1

    @property
    def started_here(self) -> bool:
        """Whether this process begins its runs; not so for a sweep that is only followed."""
        return False

    @property
    def driven(self) -> bool:
        """Whether somebody begins the runs that wait: this process, or another one."""
        return self._file.record.driver is not None

    @property
    def driver(self) -> Driver | None:
        """Who begins the runs that wait."""
        return self._file.record.driver

    @property
    def unkept(self) -> str:
        """Why the sweep's file could not be written; empty while it could."""
        return self._file.unkept

    @property
    def over(self) -> bool:
        """Whether every run has ended or never will begin, and no more will come."""
        return not self._open and not self._more_to_come

    @property
    def total(self) -> int:
        """How many runs it has, those to come included."""
        return len(self.runs) if self.note else max(self.plan.count, len(self.runs))

    @property
    def note(self) -> str:
        """Why a search ended before it had all its runs; empty where it did not."""
        return self._file.record.note

    @property
    def may_go_on(self) -> bool:
        """Whether it was found again and left before all its runs had ended, by whoever it was."""
        if not self.over or (self.driven and not self.started_here):
            return False
        more = len(self.runs) < self.plan.count and not self.note
        return more or bool(self._to_run())

    @property
    def seconds_left(self) -> float | None:
        """Estimate of the time to come; None before the first finished run."""
        each = self.seconds_a_run
        if each is None:
            return None
        return seconds_left(self._open, each, self.plan.jobs)

    def keep(self) -> None:
        """Write down at once which runs have begun."""
        self._file.save(self._ids, now=True)

    def _to_run(self) -> list[SweepRun]:
        """Return the runs that are done when a sweep is gone on with."""
        given_up = self._file.record.given_up
        found = (run for run in self.runs if run.status in _TO_RUN)
        return [run for run in found if run.index not in given_up]

    def _followed(self) -> list[SweepRun]:
        """Return the runs to follow by their logs; what nobody will begin any more has ended."""
        found = [run for run in self._open if run.future is None]
        if not self.driven:
            for run in found:
                if not run.id:
                    run.give_up("not begun")
        return [run for run in found if run.id]

    def _look_at_driver(self) -> None:
        """Hear of the runs that another process has begun, and whether it still begins any."""
        if self.started_here or not self._file.reload():
            return
        record = self._file.record
        self.plan = record.plan
        self._take_points(record)
        for index, found in enumerate(record.runs):
            before = self.runs[index]
            if found and before.id and found != before.id:
                # It is done again there.
                self.runs[index] = SweepRun(index, before.point, watched=before.watched)
                self._open = [run for run in self._open if run is not before]
                self._open.append(self.runs[index])
            self.runs[index].id = self.runs[index].id or found or ""

    def _take_points(self, record: SweepRecord) -> None:
        """Make the runs of the points that are new in a record."""
        search = record.plan.search
        watched = record.plan.metric if search is not None and search.pruner else ""
        for index in range(len(self.runs), len(record.plan.points)):
            run = SweepRun(index, record.plan.points[index], record.runs[index] or "", watched)
            self.runs.append(run)
            self._open.append(run)

    @property
    def _more_to_come(self) -> bool:
        return self.driven and len(self.runs) < self.plan.count

    def _note(self, run: SweepRun, run_id: str) -> None:
        run.id = run_id
        self._file.note_change()

    def _ids(self) -> list[str | None]:
        return [run.id or None for run in self.runs]
