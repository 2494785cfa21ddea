"""A sweep: a plan, an executor behind it, and the results so far, with or without a screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial

import msgspec

from tflab.runs.disk_queue import DiskQueue, Inline
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.summary import RunSummary
from tflab.sweeps.follower import RunFollower
from tflab.sweeps.run import SweepRun
from tflab.sweeps.store import SweepRecord, SweepStore, this_driver
from tflab.sweeps.table import SweepRow, make_rows
from tflab.targets.live_run import LiveRun
from tflab.targets.placement import perform
from tflab.targets.run_executor import RunExecutor

_SAVE_SECONDS = 0.5


class Sweep:
    """The runs of a sweep, live or found again.

    Args:
        record: The sweep as it is kept.
        executor: Where its runs go; ours with `threaded=False`, because `poll` drives it. Without
            one it is a sweep found again: runs that go on elsewhere are followed, and those that
            were never started stay so.
        store: Where runs are kept.
        sweeps: Where the sweep is kept.
        disk: Where files are read and written, but for what the executor does; by default, right
            here.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        runs: One for each point of the plan, in its order.
        stopping: Whether all was asked to stop.
        unkept: Why the sweep's file could not be written; empty while it could.
        version: Counts the changes, so that a screen knows when to draw again.
    """

    def __init__(
        self,
        record: SweepRecord,
        executor: Executor | None = None,
        *,
        store: RunStore | None = None,
        sweeps: SweepStore | None = None,
        disk: DiskQueue | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.id = record.id
        self.plan = record.plan
        self.runs = tuple(
            SweepRun(index, point, run or "")
            for index, (point, run) in enumerate(zip(record.plan.points, record.runs, strict=True))
        )
        self.stopping = False
        self.unkept = ""
        self.version = 0
        self._record = record
        self._executor = executor
        self._sweeps = sweeps or SweepStore()
        self._disk = disk or Inline()
        self._follower = RunFollower(store or RunStore(), self._disk)
        self._clock = clock
        self._open = list(self.runs)
        self._saving: Future[None] | None = None
        self._loading: Future[SweepRecord] | None = None
        self._unsaved = False
        self._next_save = 0.0
        self._next_look = 0.0

    def start(self) -> None:
        """Hand every run to the executor.

        Raises:
            Problem: When the fork server cannot be started.
        """
        assert self._executor is not None
        self._record = msgspec.structs.replace(self._record, driver=this_driver())
        self._unsaved = True
        for run in self.runs:
            run.future = self._executor.submit(perform, self.plan.request(run.point))

    def poll(self) -> bool:
        """Bring every run up to date; True when anything changed."""
        self._look_at_driver()
        self._look_at_saving()
        changed = isinstance(self._executor, RunExecutor) and self._executor.poll()
        for run in self._open:
            if run.future is not None:
                changed = self._look(run, run.future) or changed
        changed = self._follower.follow_some(self._followed()) or changed
        still_open = [run for run in self._open if not run.over]
        if changed or len(still_open) != len(self._open):
            changed = True
            self.version += 1
            self._open = still_open
        self._save()
        return changed

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
        """Whether an executor is behind it; not so for a sweep found again."""
        return self._executor is not None

    @property
    def driven(self) -> bool:
        """Whether somebody begins the runs that wait: this process, or another one."""
        return self._record.driver is not None

    @property
    def over(self) -> bool:
        """Whether every run has ended or never will begin."""
        return not self._open

    @property
    def best(self) -> SweepRow | None:
        """The best of the rows that have a finished run and a finite metric, or None."""
        rows = self.rows()
        return rows[0] if rows and rows[0].best else None

    def rows(self, metric: str | None = None) -> list[SweepRow]:
        """Return a row for each combination of values, best first."""
        return make_rows(self.plan, self.runs, metric)

    def count(self, *statuses: str) -> int:
        """Return how many runs are in one of these states."""
        return sum(run.status in statuses for run in self.runs)

    @property
    def done(self) -> int:
        """How many runs have begun and ended, whichever way."""
        return sum(run.over and run.status != "not begun" for run in self.runs)

    @property
    def seconds_a_run(self) -> float | None:
        """Mean time of the finished runs, or None before the first."""
        took = [r.seconds for r in self.runs if r.status == "finished" and r.seconds is not None]
        return sum(took) / len(took) if took else None

    @property
    def seconds_left(self) -> float | None:
        """Estimate of the time to come; None before the first finished run."""
        each = self.seconds_a_run
        if each is None:
            return None
        now, left, longest = time.time(), 0.0, 0.0
        for run in self._open:
            began = run.live.state.started if run.live is not None else None
            rest = max(0.0, each - (now - began.time)) if began is not None else each
            left, longest = left + rest, max(longest, rest)
        return max(left / max(1, self.plan.jobs), longest)

    def metrics(self) -> list[str]:
        """Return every metric and numeric result that any run has given."""
        return list(dict.fromkeys(name for run in self.runs for name in run.metrics()))

    def stop(self, run: SweepRun) -> None:
        """Stop one run; the sweep goes on."""
        if run.future is None:
            if run.live is not None:
                run.live.stop()
        elif isinstance(self._executor, RunExecutor):
            self._executor.stop(run.future)
        else:
            run.future.cancel()

    def stop_all(self, kill: bool = False) -> None:
        """Stop the sweep: what waits never begins, what runs is interrupted, or killed."""
        self.stopping = True
        if isinstance(self._executor, RunExecutor):
            self._executor.stop_all(kill)
            return
        for run in self._open:
            self.stop(run)

    def keep(self) -> None:
        """Write down at once which runs have begun."""
        self._save(now=True)

    def close(self) -> None:
        """Let go of the executor; runs that go on do so, and those that wait never begin."""
        if self.started_here:
            self._unsaved = self._unsaved or self._record.driver is not None
            self._record = msgspec.structs.replace(self._record, driver=None)
        self.keep()
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)

    def _look(self, run: SweepRun, future: Future[RunSummary]) -> bool:
        live: LiveRun | None = getattr(future, "live", None)
        if live is not None and not run.id:
            self._note(run, live.record.id)
        if not future.done():
            if live is None:
                return False
            before = run.status
            run.follow(live)
            return before != run.status
        if future.cancelled():
            run.give_up("not begun")
        elif (error := future.exception()) is not None:
            run.give_up("failed", _words(error))
        elif live is not None:
            run.settle(live)
        else:
            # Another engine did it; the log tells what came out.
            run.future = None
            self._note(run, future.result().id)
        return True

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
        if self._loading is None:
            if self.started_here or not self.driven or self._clock() < self._next_look:
                return
            self._next_look = self._clock() + _SAVE_SECONDS
            self._loading = self._disk.do(partial(self._sweeps.load, self.id))
        if not self._loading.done():
            return
        loaded, self._loading = self._loading, None
        # A file that cannot be read now says nothing new.
        with suppress(Problem):
            self._record = loaded.result()
        if not self._record.driven:
            self._record = msgspec.structs.replace(self._record, driver=None)
        for run, found in zip(self.runs, self._record.runs, strict=True):
            run.id = run.id or found or ""

    def _note(self, run: SweepRun, run_id: str) -> None:
        run.id = run_id
        self._unsaved = True

    def _save(self, now: bool = False) -> None:
        """Keep which runs have begun: at once at the end, and now and then before."""
        if not self._unsaved or not (now or self.over or self._clock() >= self._next_save):
            return
        self._next_save = self._clock() + _SAVE_SECONDS
        runs = [run.id or None for run in self.runs]
        record = msgspec.structs.replace(self._record, runs=runs)
        self._unsaved = False
        self._saving = self._disk.do(partial(self._sweeps.save, record))
        self._look_at_saving()

    def _look_at_saving(self) -> None:
        if self._saving is None or not self._saving.done():
            return
        saved, self._saving = self._saving, None
        try:
            saved.result()
        except OSError as error:
            self._unsaved, self.unkept = True, error.strerror or str(error)
        else:
            self.unkept = ""


def open_sweep(sweep: str, store: RunStore | None = None) -> Sweep:
    """Find a sweep again by its id; `poll` it until it is `over`, or for as long as it is shown.

    Raises:
        Problem: When there is no such sweep.
    """
    return Sweep(SweepStore().load(sweep), store=store)


def _words(error: BaseException) -> str:
    return f"{error.title}. {error.cause}" if isinstance(error, Problem) else str(error)
