"""A sweep: a plan, an executor behind it, and the results so far, with or without a screen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future

from tflab.runs.disk_queue import DiskQueue, Inline
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.summary import RunSummary
from tflab.sweeps.followed_sweep import FollowedSweep
from tflab.sweeps.run import SweepRun
from tflab.sweeps.searching import Searching
from tflab.sweeps.store import SweepRecord, SweepStore
from tflab.targets.live_run import LiveRun
from tflab.targets.placement import perform
from tflab.targets.run_executor import RunExecutor


class Sweep(FollowedSweep):
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
        stopping: Whether all was asked to stop.
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
        super().__init__(record, store=store, sweeps=sweeps, disk=disk, clock=clock)
        self.stopping = False
        self._executor = executor
        self._search: Searching | None = None

    def start(self) -> None:
        """Hand every run to the executor; of a search that learns, as many as go at once.

        Raises:
            Problem: When the fork server cannot be started.
        """
        self._begin(self.runs)

    def go_on(self, executor: Executor, devices: Sequence[str], jobs: int) -> int:
        """Go on with a sweep found again: what never began, was lost or was cancelled runs now.

        Runs that a person stopped one by one stay so. A search is told all that its runs gave.

        Args:
            executor: Where runs go from now on.
            devices: Keys of its devices.
            jobs: How many it does at once.

        Returns:
            How many runs are done again.

        Raises:
            Problem: When the fork server cannot be started.
        """
        self._executor = executor
        self.stopping = False
        self.plan = self.plan.placed(devices, jobs)
        self._file.note(plan=self.plan, stopped=False)
        again = self._to_run()
        for run in again:
            self.runs[run.index] = SweepRun(run.index, run.point, watched=run.watched)
        self._open = [run for run in self.runs if not run.over]
        self.version += 1
        self._begin([self.runs[run.index] for run in again])
        return len(again)

    def _begin(self, runs: Sequence[SweepRun]) -> None:
        self._file.take_over()
        if self.plan.search is not None:
            queue = self._disk if isinstance(self._disk, Inline) else self._disk.beside()
            self._search = Searching(self.plan, queue)
        self._submit(runs)

    def _submit(self, runs: Sequence[SweepRun]) -> None:
        """Hand runs to the executor: the one place where a sweep asks for any."""
        assert self._executor is not None
        for run in runs:
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
        changed = self._go_on_searching() or changed
        still_open = [run for run in self._open if not run.over]
        if changed or len(still_open) != len(self._open):
            changed = True
            self.version += 1
            self._open = still_open
        self._file.save(self._ids, now=self.over)
        return changed

    @property
    def started_here(self) -> bool:
        """Whether an executor is behind it; not so for a sweep found again."""
        return self._executor is not None

    @property
    def _more_to_come(self) -> bool:
        if self._search is not None:
            return not self._search.over
        return super()._more_to_come

    def stop(self, run: SweepRun) -> None:
        """Stop one run for good; the sweep goes on.

        Raises:
            Problem: When it is on another machine.
        """
        if self.started_here:
            given_up = {*self._file.record.given_up, run.index}
            self._file.note(given_up=sorted(given_up))
        self._stop(run)

    def _stop(self, run: SweepRun) -> None:
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
        if self._search is not None:
            self._search.end()
        if self.started_here:
            self._file.note(stopped=True)
        if isinstance(self._executor, RunExecutor):
            self._executor.stop_all(kill)
            return
        refused: Problem | None = None
        for run in self._open:
            try:
                self._stop(run)
            except Problem as problem:
                refused = problem
        if refused is not None:
            raise refused

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

    def _go_on_searching(self) -> bool:
        """Tell the search what is new, begin the runs that it chose and stop those it gives up."""
        if self._search is None:
            return False
        going = sum(not run.over for run in self._open)
        found = self._search.advance(self.runs, self.plan.jobs - going)
        for index, reason in found.stops.items():
            self._prune(self.runs[index], reason)
        for values in found.points:
            self.plan = self.plan.with_point(values)
            ids = [*self._ids(), None]
            self._file.note(plan=self.plan, runs=ids)
            self._take_points(self._file.record)
            try:
                self._submit(self.runs[-1:])
            except Problem as problem:
                self.runs[-1].give_up("failed", _words(problem))
                self._search.end(_words(problem))
        if self._search.note and not self.note:
            self._file.note(note=self._search.note)
        return bool(found.points or found.stops)

    def _prune(self, run: SweepRun, reason: str) -> None:
        if run.live is None:
            return
        try:
            run.live.stop(reason)
        except Problem as problem:
            # One that cannot be reached goes on to its end, which loses time alone.
            run.cause = f"{reason} It goes on: {problem.cause}"


def open_sweep(sweep: str, store: RunStore | None = None) -> Sweep:
    """Find a sweep again by its id; `poll` it until it is `over`, or for as long as it is shown.

    Raises:
        Problem: When there is no such sweep.
    """
    return Sweep(SweepStore().load(sweep), store=store)


def _words(error: BaseException) -> str:
    return f"{error.title}. {error.cause}" if isinstance(error, Problem) else str(error)
