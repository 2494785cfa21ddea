"""A sweep: a plan, an executor behind it, and the results so far, with or without a screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future

from tflab.runs.disk_queue import DiskQueue, Inline
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.summary import RunSummary
from tflab.sweeps.estimate import seconds_left
from tflab.sweeps.file import SweepFile
from tflab.sweeps.follower import RunFollower
from tflab.sweeps.run import SweepRun
from tflab.sweeps.store import Driver, SweepRecord, SweepStore
from tflab.sweeps.table import SweepRow, make_rows
from tflab.targets.live_run import LiveRun
from tflab.targets.placement import perform
from tflab.targets.run_executor import RunExecutor


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
        self.version = 0
        self._executor = executor
        disk = disk or Inline()
        self._file = SweepFile(record, sweeps or SweepStore(), disk, clock)
        self._follower = RunFollower(store or RunStore(), disk)
        self._open = list(self.runs)

    def start(self) -> None:
        """Hand every run to the executor.

        Raises:
            Problem: When the fork server cannot be started.
        """
        assert self._executor is not None
        self._file.take_over()
        for run in self.runs:
            run.future = self._executor.submit(perform, self.plan.request(run.point))

    def poll(self) -> bool:
        """Bring every run up to date; True when anything changed."""
        self._look_at_driver()
        if self.started_here and self._file.stop_asked() and not self.stopping:
            self.stop_all()
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
        self._file.save(self._ids, now=self.over)
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
        return seconds_left(self._open, each, self.plan.jobs)

    def metrics(self) -> list[str]:
        """Return every metric and numeric result that any run has given."""
        return list(dict.fromkeys(name for run in self.runs for name in run.metrics()))

    def stop(self, run: SweepRun) -> None:
        """Stop one run; the sweep goes on.

        Raises:
            Problem: When it is on another machine.
        """
        if run.future is None:
            if run.live is not None:
                run.live.stop()
        elif isinstance(self._executor, RunExecutor):
            self._executor.stop(run.future)
        else:
            run.future.cancel()

    def stop_all(self, kill: bool = False) -> None:
        """Stop the sweep: what waits never begins, what runs is interrupted, or killed.

        Where another process begins its runs, `SweepStore.ask_stop` asks that one.

        Raises:
            Problem: When a run cannot be stopped from here; the others are stopped all the same.
        """
        self.stopping = True
        if isinstance(self._executor, RunExecutor):
            self._executor.stop_all(kill)
            return
        refused: Problem | None = None
        for run in self._open:
            try:
                self.stop(run)
            except Problem as problem:
                refused = problem
        if refused is not None:
            raise refused

    def keep(self) -> None:
        """Write down at once which runs have begun."""
        self._file.save(self._ids, now=True)

    def close(self) -> None:
        """Let go of the executor; runs that go on do so, and those that wait never begin."""
        if self.started_here:
            self._file.let_go()
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
        if not self.started_here and self._file.reload():
            for run, found in zip(self.runs, self._file.record.runs, strict=True):
                run.id = run.id or found or ""

    def _note(self, run: SweepRun, run_id: str) -> None:
        run.id = run_id
        self._file.note_change()

    def _ids(self) -> list[str | None]:
        return [run.id or None for run in self.runs]


def open_sweep(sweep: str, store: RunStore | None = None) -> Sweep:
    """Find a sweep again by its id; `poll` it until it is `over`, or for as long as it is shown.

    Raises:
        Problem: When there is no such sweep.
    """
    return Sweep(SweepStore().load(sweep), store=store)


def _words(error: BaseException) -> str:
    return f"{error.title}. {error.cause}" if isinstance(error, Problem) else str(error)
