"""Starting, following and stopping the run on show. It posts messages and touches no widget."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from textual.message_pump import MessagePump
from textual.timer import Timer

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.history import HistoryRow
from tflab.runs.marks import read_marks
from tflab.runs.record import Problem, RunRecord, RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import RunSummary, read_summary, summarise, write_summary
from tflab.targets.fork_server import ForkServer
from tflab.targets.live_run import SERVER_GONE, LiveRun
from tflab.targets.runner import versions
from tflab.targets.server_keeper import ServerKeeper
from tflab.ui.workbench.messages import RunAdvanced, RunEnded, RunOpened, ServerChanged

_BUSY_SECONDS = 0.03
_READING_SECONDS = 0.005
_IDLE_SECONDS = 0.25
_WATCH_SECONDS = 0.5
_DISK_SECONDS = 0.015
"""How long one look at the logs may hold up the screen."""

_NEW_RUN_SECONDS = 2.0
"""How long the disk may take over the folder of a new run."""


class RunController:
    """Owns the fork server and the run on show.

    Args:
        target: Where messages go.
        store: Where runs are kept.
        keeper: Has the fork server; it may have been started before.
        disk: Does what waits for the disk.
    """

    def __init__(
        self, target: MessagePump, store: RunStore, keeper: ServerKeeper, disk: DiskQueue
    ) -> None:
        self._target = target
        self._timer: Timer | None = None
        self._announced = ""
        self.store = store
        self._keeper = keeper
        self._disk = disk
        self._told: tuple[str, str] | None = None
        self._watched: list[LiveRun] = []
        self._next_watch = 0.0
        self.current: LiveRun | None = None
        self.own: set[str] = set()

    @property
    def server(self) -> ForkServer:
        """The fork server as it is now; another one takes its place when it is gone."""
        return self._keeper.server

    @property
    def running(self) -> bool:
        """Whether the run on show has not ended."""
        return self.current is not None and self.current.state.ended is None

    @property
    def own_running(self) -> bool:
        """Whether the run on show has not ended and was started here."""
        return self.running and self.current is not None and self.current.record.id in self.own

    def warm_up(self) -> None:
        """Start the fork server, and look after it and the run from now on."""
        self._with_keeper(self._keeper.start)
        self._schedule()

    def ready_server(self) -> ForkServer:
        """Return the fork server that takes runs; a new one where the last is broken or gone.

        Raises:
            Problem: When it cannot be started.
        """
        self._keeper.wake()
        self._told = None
        return self.server

    def start(self, request: RunRequest) -> LiveRun:
        """Start a run and show it. One that goes on is stopped: it is superseded.

        Raises:
            Problem: When the run cannot be kept or the fork server cannot be started.
        """
        server = self.ready_server()
        if self.current is not None and self.own_running:
            self.current.stop()
        record = self._create(request)
        self.own.add(record.id)
        folder = self.store.folder(record.id)
        run = LiveRun(record, folder)
        server.start_run(folder)
        self._show(run)
        return run

    def open(self, run_id: str) -> None:
        """Show a run from the history.

        Raises:
            Problem: When it cannot be read.
        """
        for run in self._watched:
            if run.record.id == run_id:
                self._show(run)
                return
        self._show(LiveRun(self.store.record(run_id), self.store.folder(run_id)))

    def watch(self, run: LiveRun) -> None:
        """Follow a run that is not on show to its end, at leisure."""
        known = [self.current, *self._watched]
        if not any(other is not None and other.record.id == run.record.id for other in known):
            self._watched.append(run)

    def stop(self) -> bool:
        """Ask the run on show to stop; False when there is none.

        Raises:
            Problem: When it is on another machine.
        """
        if self.current is None or not self.running:
            return False
        self.current.stop()
        self._schedule()
        return True

    def close(self) -> None:
        """Let go of the fork server; it leaves after its last run."""
        if self._timer is not None:
            self._timer.stop()
        self._keeper.close()

    def history(self, lesson: str, limit: int = 100) -> list[HistoryRow]:
        """Return the newest runs of a lesson, at most `limit` of the last thousand runs."""
        found: list[HistoryRow] = []
        for count, run_id in enumerate(self.store.ids()):
            if count >= 1000 or len(found) >= limit:
                break
            summary = self._summary(run_id)
            if summary is not None and summary.lesson == lesson:
                found.append(HistoryRow(summary, read_marks(self.store.root / run_id)))
        return found

    def _create(self, request: RunRequest) -> RunRecord:
        """Make the folder of a run; one that the disk makes too late is taken away again."""
        making = self._disk.do(lambda: self.store.create(request, versions()))
        try:
            return making.result(_NEW_RUN_SECONDS)
        except TimeoutError:
            making.add_done_callback(self._unmake)
            raise _SLOW_DISK from None

    def _unmake(self, made: Future[RunRecord]) -> None:
        if made.exception() is None:
            shutil.rmtree(self.store.folder(made.result().id), ignore_errors=True)

    def _summary(self, run_id: str) -> RunSummary | None:
        folder = self.store.root / run_id
        kept = read_summary(folder)
        if kept is not None:
            return kept
        try:
            record = self.store.record(run_id)
            summary = summarise(record, self.store.load(run_id))
        except Problem:
            return None
        if summary.status not in ("starting", "running"):
            self._keep(folder, summary)
        return summary

    def _keep(self, folder: Any, summary: RunSummary) -> None:
        try:
            write_summary(folder, summary)
        except OSError as error:
            self._target.log(f"summary of {summary.id} not kept: {error}")

    def _show(self, run: LiveRun) -> None:
        before, self.current = self.current, run
        self._watched = [other for other in self._watched if other is not run]
        if before is not None and before is not run and not before.over:
            self.watch(before)
        run.poll_on(self._disk, _DISK_SECONDS)
        self._target.post_message(RunOpened(run))
        self._schedule()

    def _schedule(self) -> None:
        """Look again soon: often while something goes on, seldom when all is quiet."""
        if self._timer is not None:
            self._timer.stop()
        stopping = any(run.stopping for run in self._watched)
        busy = stopping or (self.current is not None and not self.current.over)
        reading = self.current is not None and not self.current.caught_up
        pause = _BUSY_SECONDS if busy or self.server.phase == "importing" else _IDLE_SECONDS
        pause = _READING_SECONDS if reading else pause
        self._timer = self._target.set_timer(pause, self._tick)

    def _tick(self) -> None:
        self._with_keeper(self._keeper.poll)
        if self.server.phase != self._announced:
            self._announced = self.server.phase
            self._announce()
        self._look_at_watched()
        run = self.current
        if run is not None and not run.over:
            self._advance(run)
        self._schedule()

    def _with_keeper(self, act: Callable[[], object]) -> None:
        """Do what may fail for want of a process or of a log; reading goes on all the same."""
        try:
            act()
        except Problem as problem:
            self._announce(problem)

    def _announce(self, problem: Problem | None = None) -> None:
        """Tell of the server's phase, and of what is wrong with it once."""
        problem = problem or self.server.problem
        words = (problem.title, problem.cause) if problem is not None else None
        if words == self._told and not self._keeper.given_up:
            problem = None
        self._told = words or self._told
        phase, last = self.server.phase, self._keeper.given_up
        self._target.post_message(ServerChanged(phase, problem, last))

    def _look_at_watched(self) -> None:
        """Carry stops on at every turn, and read what is new now and then."""
        now = time.monotonic()
        due = now >= self._next_watch
        if due:
            self._next_watch = now + _WATCH_SECONDS
        for run in self._watched:
            if (due or run.stopping) and run.poll_on(self._disk, 0.001):
                self._target.post_message(RunAdvanced(run))
            if run.over:
                self._keep_aside(run)
        self._watched = [run for run in self._watched if not run.over]

    def _advance(self, run: LiveRun) -> None:
        deadline = time.monotonic() + _DISK_SECONDS
        found = run.poll_on(self._disk, _DISK_SECONDS)
        changed = bool(found)
        while found and not run.caught_up and (left := deadline - time.monotonic()) > 0:
            found = run.poll_on(self._disk, left)
            changed = changed or bool(found)
        if self._keeper.lost and run.record.id in self.own:
            certain = self.server.phase == "broken"
            changed = run.without_server(self.server.problem or SERVER_GONE, certain) or changed
        if changed:
            self._target.post_message(RunAdvanced(run))
        if run.over:
            self._keep_aside(run)
            self._target.post_message(RunEnded(run))

    def _keep_aside(self, run: LiveRun) -> None:
        summary = summarise(run.record, run.state)
        self._disk.do(lambda: self._keep(run.folder, summary))


_SLOW_DISK = Problem(
    "The disk does not answer",
    "The folder of the run could not be made within two seconds.",
    "Run again when the disk is back; `tflab doctor` says where the data folder is.",
)
