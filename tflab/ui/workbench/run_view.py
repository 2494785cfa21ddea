"""The run on show: brings every pane up to date with it, at a pace the eye can follow."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tflab.runs.diagnosis import diagnose
from tflab.runs.summary import summarise
from tflab.runs.text import plain_line
from tflab.targets.live_run import LiveRun
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.workbench.goals import Goals
from tflab.ui.workbench.run_ending import Told, tell_end, tell_notices
from tflab.ui.workbench.run_words import difference, run_words
from tflab.ui.workbench.server_words import phase_words
from tflab.ui.workbench.status_line import StatusLine

if TYPE_CHECKING:
    from tflab.ui.app import LabApp
    from tflab.ui.workbench.bench import Bench

_WORDS_SECONDS = 0.5
_ROW_SECONDS = 2.0


class RunView:
    """Shows a run in chart, lesson, goals, list of runs and status line.

    Numbers in words change twice a second at most, and those in the list of runs, which is sent to
    the terminal as a whole, every other second: nobody reads faster. A change of state shows at
    once.
    """

    def __init__(self, app: LabApp, bench: Bench) -> None:
        self._app = app
        self._bench = bench
        self._on_show: LiveRun | None = None
        self._notices = Told()
        self._state_told = ""
        self._next_words = 0.0
        self._next_row = 0.0

    async def show(self, run: LiveRun) -> None:
        """Bring every pane up to date with the run on show; another run only has its row."""
        bench = self._bench
        if run is not bench.runs.current:
            if self._is_of_lesson(run):
                bench.run_list.put(summarise(run.record, run.state))
            return
        self._notices = tell_notices(self._app, run, self._notices)
        if self._is_of_lesson(run):
            bench.chart.show_run(run.state, difference(self._on_show, run))
            self._on_show = run
            await bench.view.show_run(run.state)
            self._app.main.query_one(Goals).show_run(run.state)
        state = f"{run.record.id} {run.state.status} {run.over}"
        if state != self._state_told:
            self._state_told = state
            self._next_words = self._next_row = 0.0
        self._show_words(run, time.monotonic())

    def end(self, run: LiveRun) -> None:
        """Keep what a run of this workbench reached, and say what stands out in it."""
        lesson = self._bench.lesson
        if lesson is not None and self._is_of_lesson(run):
            self._bench.guide.note_run(lesson, run.state)
            finished = run.state.status == "finished"
            found = diagnose(run.state.series, tuple(lesson.defaults), finished)
            self._bench.chart.show_diagnosis(found.text if found is not None else "")
            self._bench.view.show_end(run.state)
        tell_end(self._app, run.state)

    def show_status(self) -> None:
        """Write the status line."""
        bench = self._bench
        status = self._app.main.query_one(StatusLine)
        device = bench.form.device.device
        status.device = (device.name if device.key != "cpu" else "CPU") if device else ""
        server = phase_words(bench.runs.server.phase)
        ready = bench.runs.server.phase == "ready"
        run = bench.runs.current
        elsewhere = run is not None and not self._is_of_lesson(run)
        words, status.tone = run_words(None if elsewhere and run and run.over else run, ready)
        if elsewhere and run is not None and not run.over:
            words = f"{plain_line(run.record.request.lesson)} {words}"
        if words == "ready" and server:
            # It is not, and nothing else goes on: one word for both.
            words, server = server, ""
        status.server = server
        status.run = f"live {glyphs().dot} {words}" if bench.live.on else words

    def _show_words(self, run: LiveRun, now: float) -> None:
        bench = self._bench
        settled = run.state.ended is None or run.over
        if now >= self._next_row and settled and self._is_of_lesson(run):
            self._next_row = now + _ROW_SECONDS
            bench.run_list.put(summarise(run.record, run.state))
        if now >= self._next_words:
            self._next_words = now + _WORDS_SECONDS
            bench.form.show_running(bench.runs.running)
            self.show_status()

    def _is_of_lesson(self, run: LiveRun) -> bool:
        lesson = self._bench.lesson
        return lesson is not None and run.record.request.lesson == lesson.id
