"""Runs that this workbench did not start, or left behind: found, told of, followed, shown."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.runs.history import History
from tflab.runs.processes import parent_of
from tflab.runs.record import Problem
from tflab.runs.text import plain_line
from tflab.session.discovery import FoundRun, look_at, unseen
from tflab.targets.live_run import LiveRun

if TYPE_CHECKING:
    from tflab.ui.app import LabApp
    from tflab.ui.workbench.bench import Bench

_LOOK_SECONDS = 2.0
_MOST = 8
_YOUNG_SECONDS = 120.0
_TOAST_SECONDS = 12.0


class FoundRuns:
    """Looks for runs at the start and from time to time, away from the screen's own thread.

    Args:
        app: The workbench.
        bench: Where a run is shown.
    """

    def __init__(self, app: LabApp, bench: Bench) -> None:
        self._app = app
        self._bench = bench
        self._store = bench.runs.store
        self._seen: set[str] = set()
        self._stamp = -1
        self._offer: FoundRun | None = None
        self._first = True
        # Taken down now: listing the history keeps the summaries that tell what nobody has seen.
        self._waiting = unseen(self._store)

    def begin(self) -> None:
        """Look now, and from now on whenever the folder of runs changes."""
        self._look(self._waiting)
        self._app.set_interval(_LOOK_SECONDS, self._look_again)

    async def follow(self) -> None:
        """Show the run last told of: its lesson, its whole curve, live if it still goes on."""
        found, self._offer = self._offer, None
        if found is None:
            self._app.notify("No other run was found.")
            return
        bench, run = self._bench, found.record.id
        if bench.runs.own_running:
            self._offer = found
            self._app.notify("Wait for the run to end, or stop it (^x).", severity="warning")
            return
        try:
            bench.runs.open(run)
        except Problem as problem:
            self._app.show_problem(problem)
            return
        path = Path(found.record.request.path)
        other = bench.lesson is None or bench.lesson.id != found.record.request.lesson
        if other and path.is_file():
            bench.load(path)

    def _look_again(self) -> None:
        try:
            stamp = self._store.root.stat().st_mtime_ns
        except OSError:
            return
        if stamp != self._stamp:
            self._stamp = stamp
            self._look(unseen(self._store, newest=2 * _MOST))

    def _look(self, runs: list[str]) -> None:
        fresh = [run for run in runs if run not in self._seen and run not in self._bench.runs.own]
        self._seen.update(fresh)
        if fresh:
            self._app.run_worker(lambda: self._look_at(fresh), thread=True, group="found")
        else:
            self._first = False

    def _look_at(self, runs: list[str]) -> None:
        """Read the logs' ends; runs in a thread, because a home may be far away."""
        found = [one for one in (look_at(self._store, run) for run in runs) if one is not None]
        self._app.call_later(self._take, found)
        history = History(self._store)
        for one in found:
            if not one.going and (one.pid or one.ended is not None):
                # Its summary marks it as seen, so that it is told of once.
                history.mend(one.record.id)

    def _take(self, found: list[FoundRun]) -> None:
        server = self._bench.runs.server.pid
        going = [one for one in found if one.going and parent_of(one.pid) != server]
        for one in going[:_MOST]:
            self._bench.runs.watch(LiveRun(one.record, self._store.root / one.record.id))
        over = [one for one in found if one.ended is not None]
        if self._first and going:
            self._tell(going, f"{_going(going[0])}. Ctrl+O shows it.")
        elif self._first and over:
            self._tell(over, f"{_over(over[0])} while you were away. Ctrl+O shows it.")
        self._first = False
        self._wait_for([one for one in found if not one.pid and one.ended is None])

    def _wait_for(self, young: list[FoundRun]) -> None:
        """Look once more at runs whose process is not up yet."""
        waiting = [one.record.id for one in young if one.began > time.time() - _YOUNG_SECONDS]
        if waiting:
            self._seen.difference_update(waiting)
            self._stamp = -1

    def _tell(self, found: list[FoundRun], text: str) -> None:
        self._offer = found[0]
        if len(found) > 1:
            text += f" And {len(found) - 1} more, under Runs and in `tflab runs`."
        self._app.notify(text, timeout=_TOAST_SECONDS)


def _going(found: FoundRun) -> str:
    where = f" on {plain_line(found.host)}" if found.host else ""
    lesson = plain_line(found.record.request.lesson)
    return f"A run of {lesson} is still going{where}, started {_ago(found.began)}"


def _over(found: FoundRun) -> str:
    words = {"finished": "finished", "failed": "failed", "cancelled": "was stopped"}
    state = found.ended.state if found.ended else ""
    return f"A run of {plain_line(found.record.request.lesson)} {words.get(state, 'was lost')}"


def _ago(when: float) -> str:
    """How long ago, in words. The clock may have been set back since."""
    minutes = int(max(0.0, time.time() - when) / 60)
    if minutes < 1:
        return "just now"
    return f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} h ago"
