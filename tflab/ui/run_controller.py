"""Starting, following and stopping the run on show. It posts messages and touches no widget."""

from __future__ import annotations

import time
from typing import Any

from textual.message_pump import MessagePump
from textual.timer import Timer

from tflab.control.fork_server import ForkServer
from tflab.control.live_run import LiveRun
from tflab.control.runner import versions
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.runs.summary import RunSummary, read_summary, summarise, write_summary
from tflab.ui.messages import RunAdvanced, RunEnded, RunOpened, ServerChanged

_BUSY_SECONDS = 0.03
_IDLE_SECONDS = 0.25


class RunController:
    """Owns the fork server and the run on show.

    Args:
        target: Where messages go.
        store: Where runs are kept.
    """

    def __init__(self, target: MessagePump, store: RunStore) -> None:
        self._target = target
        self._timer: Timer | None = None
        self._announced = ""
        self.store = store
        self.server = ForkServer()
        self.current: LiveRun | None = None
        self.own: set[str] = set()
        self._superseded: list[LiveRun] = []

    @property
    def running(self) -> bool:
        """Whether the run on show has not ended."""
        return self.current is not None and self.current.state.ended is None

    def warm_up(self) -> None:
        """Start the fork server, and look after it and the run from now on."""
        self.server.start()
        self._schedule()

    def start(self, request: RunRequest) -> LiveRun:
        """Start a run and show it. One that goes on is stopped: it is superseded.

        Raises:
            Problem: When the run cannot be kept or the fork server cannot be started.
        """
        if self.server.phase in ("off", "broken", "gone"):
            self.server.close()
            self.server = ForkServer()
            self.server.start()
        if self.current is not None and self.running:
            self.current.stop()
            self._superseded.append(self.current)
        record = self.store.create(request, versions())
        self.own.add(record.id)
        folder = self.store.folder(record.id)
        run = LiveRun(record, folder)
        self.server.start_run(folder)
        self._show(run)
        return run

    def open(self, run_id: str) -> None:
        """Show a run from the history.

        Raises:
            Problem: When it cannot be read.
        """
        self._show(LiveRun(self.store.record(run_id), self.store.folder(run_id)))

    def stop(self) -> bool:
        """Ask the run on show to stop; False when there is none."""
        if self.current is None or not self.running:
            return False
        self.current.stop()
        self._schedule()
        return True

    def close(self) -> None:
        """Let go of the fork server; it leaves after its last run."""
        if self._timer is not None:
            self._timer.stop()
        self.server.close()

    def history(self, lesson: str, limit: int = 100) -> list[RunSummary]:
        """Return the newest runs of a lesson, at most `limit` of the last thousand runs."""
        found: list[RunSummary] = []
        for count, run_id in enumerate(self.store.ids()):
            if count >= 1000 or len(found) >= limit:
                break
            summary = self._summary(run_id)
            if summary is not None and summary.lesson == lesson:
                found.append(summary)
        return found

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
        self.current = run
        run.poll()
        self._target.post_message(RunOpened(run))
        self._schedule()

    def _schedule(self) -> None:
        """Look again soon: often while something goes on, seldom when all is quiet."""
        if self._timer is not None:
            self._timer.stop()
        busy = bool(self._superseded) or (self.current is not None and not self.current.over)
        pause = _BUSY_SECONDS if busy or self.server.phase == "importing" else _IDLE_SECONDS
        self._timer = self._target.set_timer(pause, self._tick)

    def _tick(self) -> None:
        self.server.poll()
        if self.server.phase != self._announced:
            self._announced = self.server.phase
            self._target.post_message(ServerChanged(self.server.phase, self.server.problem))
        for old in self._superseded:
            old.poll()
        self._superseded = [old for old in self._superseded if not old.over]
        run = self.current
        if run is not None and not run.over:
            self._advance(run)
        self._schedule()

    def _advance(self, run: LiveRun) -> None:
        deadline = time.monotonic() + 0.015
        changed = run.poll()
        while not run.caught_up and time.monotonic() < deadline:
            changed = run.poll() or changed
        if run.state.started is None and self.server.phase in ("broken", "gone"):
            run.fail(self.server.problem or _GONE)
            changed = True
        if changed:
            self._target.post_message(RunAdvanced(run))
        if run.over:
            self._keep(run.folder, summarise(run.record, run.state))
            self._target.post_message(RunEnded(run))


_GONE = Problem(
    "The fork server is gone",
    "It ended before the run could start.",
    "Run again; a new one starts by itself.",
)
