"""The runs of the session: the one on show, started, followed and stopped, and the others."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from tflab.runs.diagnosis import diagnose
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem, RunRequest
from tflab.runs.store import RunStore
from tflab.runs.text import plain
from tflab.session.events import (
    Emit,
    Notice,
    ProblemRaised,
    RunAdvanced,
    RunEnded,
    RunOpened,
)
from tflab.session.run_beginning import RunBeginning
from tflab.session.run_input import RunInput
from tflab.session.server import Server
from tflab.targets.host import Host
from tflab.targets.live_run import LiveRun

_READING_SECONDS = 0.005
_BUSY_SECONDS = 0.03
_WATCH_SECONDS = 0.5
_DISK_SECONDS = 0.015
"""How long one look at the logs may hold up the screen."""


OnTarget = Callable[[RunRequest, Callable[[Host], object]], object]


class Runs:
    """The run on show, and the runs that go on behind it.

    Args:
        store: Where runs are kept.
        server: The fork server.
        disk: Does what waits for the disk.
        emit: Is told what happens.
        clock: Monotonic seconds; injected by tests.
        on_target: Calls back with what takes the run of a request on its target.

    Attributes:
        current: The run on show.
        own: Ids of the runs that were started here.
        input: What they ask a person for.
    """

    def __init__(
        self,
        store: RunStore,
        server: Server,
        disk: DiskQueue,
        emit: Emit,
        clock: Callable[[], float] = time.monotonic,
        on_target: OnTarget = lambda *_: None,
    ) -> None:
        self.store = store
        self._server = server
        self._disk = disk
        self._emit = emit
        self._clock = clock
        self._on_target = on_target
        self._beginning = RunBeginning(store, disk, self._begun, self._give_up, clock)
        self._watched: list[LiveRun] = []
        self._next_watch, self._notices_told = 0.0, 0
        self._quiet: LiveRun | None = None
        self.opening = 0
        self._after_end: Callable[[], object] | None = None
        self.current: LiveRun | None = None
        self.own: set[str] = set()
        self.input = RunInput(disk, emit)

    @property
    def running(self) -> bool:
        """Whether a run is about to begin, or the one on show has not ended."""
        run = self.current
        return self._beginning.under_way or (run is not None and run.state.ended is None)

    @property
    def own_running(self) -> bool:
        """Whether a run is about to begin, or the one on show is ours and has not ended."""
        current = self.current
        return self._beginning.under_way or (
            current is not None and current.state.ended is None and current.record.id in self.own
        )

    @property
    def beginning(self) -> bool:
        """Whether a run is about to begin, which is not on show yet."""
        return self._beginning.under_way

    @property
    def pause(self) -> float:
        """Seconds until `advance` is to be called again: few while something goes on."""
        current = self.current
        if current is not None and not current.caught_up:
            return _READING_SECONDS
        stopping = any(run.stopping for run in self._watched)
        going = current is not None and not current.over
        return _BUSY_SECONDS if stopping or going or self._beginning.under_way else math.inf

    def start(self, request: RunRequest) -> None:
        """Start a run and show it. One that goes on, or is about to begin, is superseded.

        `RunOpened` follows as soon as its folder is made.
        """
        if request.target:
            self._on_target(request, partial(self._start_on, request))
            return
        try:
            server = self._server.ready(request.python)
        except Problem as problem:
            self._emit(ProblemRaised(problem))
        else:
            self._start_on(request, server)

    def _start_on(self, request: RunRequest, server: Host) -> None:
        current = self.current
        if current is not None and current.state.ended is None and current.record.id in self.own:
            current.stop()
        self._beginning.begin(request, server)

    def _begun(self, run: LiveRun, stopped: bool) -> None:
        self.own.add(run.record.id)
        if stopped:
            run.stop()
        self._show(run)

    def open(self, run_id: str, quietly: bool = False) -> None:
        """Show a run from the history; `RunOpened` follows, or a problem when it cannot be read.

        Done `quietly` because nobody asked, that takes no more than a word, and what was cut in
        the run none.
        """
        for run in self._watched:
            if run.record.id == run_id:
                self._show(run)
                return
        self.opening += 1

        def take(read: Future[LiveRun]) -> None:
            self.opening -= 1
            try:
                run = read.result()
            except Problem as problem:
                words = Notice(plain(f"{problem.title}. {problem.cause}"), severity="warning")
                self._emit(words if quietly else ProblemRaised(problem))
            else:
                self._quiet = run if quietly else None
                self._show(run)

        store = self.store
        self._disk.do_then(lambda: LiveRun(store.record(run_id), store.folder(run_id)), take)

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
        if self._beginning.stop():
            return True
        if self.current is None or self.current.state.ended is not None:
            return False
        self.current.stop()
        self._emit(RunAdvanced(self.current))
        return True

    def stop_and_then(self, after: Callable[[], object]) -> None:
        """Stop the run on show, and call `after` when it has ended; at once when there is none.

        Raises:
            Problem: When it is on another machine.
        """
        if not self.own_running:
            after()
            return
        self._after_end = after
        self.stop()

    def advance(self) -> None:
        """Read what is new in the logs, and carry stops on."""
        self._beginning.advance()
        self._look_at_watched()
        run = self.current
        if run is not None and not run.over:
            self._advance(run)

    def _give_up(self, problem: Problem) -> None:
        """Say why a run could not begin; what waits for its end need not wait any longer."""
        self._emit(ProblemRaised(problem))
        self._do_after_end()

    def _do_after_end(self) -> None:
        after, self._after_end = self._after_end, None
        if after is not None:
            after()

    def _show(self, run: LiveRun) -> None:
        before, self.current, self._notices_told = self.current, run, 0
        self._watched = [other for other in self._watched if other is not run]
        if before is not None and before is not run and not before.over:
            self.watch(before)
        run.advance(_DISK_SECONDS, self._disk)
        self._emit(RunOpened(run))
        self._tell_news(run)
        if run.over:
            self._end(run)

    def _look_at_watched(self) -> None:
        """Carry stops on at every turn, and read what is new now and then."""
        now = self._clock()
        due = now >= self._next_watch
        if due:
            self._next_watch = now + _WATCH_SECONDS
        for run in self._watched:
            if (due or run.stopping) and run.advance(0.001, self._disk):
                self._emit(RunAdvanced(run))
                self.input.tell_behind(run)
        self._watched = [run for run in self._watched if not run.over]

    def _advance(self, run: LiveRun) -> None:
        if run.advance(_DISK_SECONDS, self._disk):
            self._emit(RunAdvanced(run))
        self._tell_news(run)
        if run.over:
            self._end(run)

    def _tell_news(self, run: LiveRun) -> None:
        """Tell what was cut or left out of the run on show, and what it asks for."""
        self.input.tell(run)
        notices = run.state.notices if run is not self._quiet else []
        for text in notices[self._notices_told :]:
            self._emit(Notice(plain(text), severity="warning"))
        self._notices_told = len(notices)

    def _end(self, run: LiveRun) -> None:
        """Say how the run on show ended; then do what waited for its end."""
        own, state = run.record.id in self.own, run.state
        finished = state.status == "finished"
        found = diagnose(state.series, tuple(run.record.request.parameters), finished)
        self._emit(RunEnded(run, own, found.text if found is not None else ""))
        if not own:
            return
        self._tell_end(run)
        self._do_after_end()

    def _tell_end(self, run: LiveRun) -> None:
        """Say how a run ended, if not well; the error of a program is shown at its cell."""
        state = run.state
        ended, error = state.ended, state.error
        if ended is None or ended.state not in ("failed", "lost"):
            return
        if error is None:
            title = f"The run {ended.state}"[:40]
            self._emit(ProblemRaised(Problem(title, ended.cause, ended.next_step)))
        elif ended.state == "failed":
            text = ", ".join(filter(None, (plain(error.title), plain(error.place))))
            self._emit(Notice(text, severity="error"))
