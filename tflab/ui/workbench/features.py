"""History, sweeps and found runs on the screen of the workbench."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.runs.record import Problem
from tflab.runs.trash import Trash
from tflab.session.discovery import Discovery, RunDiscovered
from tflab.session.events import Event, Notice, ProblemRaised, RunsListed, TextCopied
from tflab.session.history import RunHistory
from tflab.session.history_list import HistoryView
from tflab.session.history_work import HistoryWork, RunsChanged
from tflab.session.past_runs import RunUse
from tflab.session.sweep_events import (
    EarlierSweep,
    EarlierSweepsListed,
    SweepAdvanced,
    SweepBasis,
    SweepEnded,
    SweepPlanning,
    SweepShown,
)
from tflab.session.sweeps import Sweeps
from tflab.sweeps.sweep import Sweep
from tflab.targets.devices import list_devices
from tflab.ui.dialogs.pick import Choice, PickScreen
from tflab.ui.history.run_actions import ChosenRun
from tflab.ui.history.screen import HistoryScreen
from tflab.ui.sweep.form import FormChoice, PlannedSweep, SweepForm
from tflab.ui.sweep.screen import SweepChoice, SweepRunChosen, SweepScreen
from tflab.ui.workbench.past_runs import PastRuns
from tflab.ui.workbench.status_line import StatusLine

if TYPE_CHECKING:
    from tflab.ui.app import LabApp
    from tflab.ui.workbench.bench import Bench

_TICK_SECONDS = 0.03


class Features:
    """Shows what the session tells of runs and sweeps, and passes on what is chosen."""

    def __init__(self, app: LabApp, bench: Bench) -> None:
        self._app = app
        self._bench = bench
        self._view = HistoryView()
        runs, disk = bench.runs, app.keeping.disk.beside()
        trash = Trash(runs.store)
        self.history = RunHistory(runs.store, trash, disk, self._hear)
        self.work = HistoryWork(runs.store, trash, disk, self._hear)
        self.past = PastRuns(app, bench)
        self.discovery = Discovery(
            runs.store,
            disk,
            self._hear,
            is_own=runs.own.__contains__,
            server_pid=lambda: runs.server.pid,
        )
        self.sweeps = Sweeps(
            runs.store,
            app.keeping.disk,
            self._hear,
            server=runs.ready_server,
            approve=bench.gate.open,
            devices=lambda then: then(bench.form.device.devices or list_devices()),
            basis=self._basis,
        )

    def begin(self) -> None:
        """Look for runs that were not started here, and carry sweeps on."""
        self.discovery.begin()
        self._app.set_interval(_TICK_SECONDS, self._advance)

    def show_history(self) -> None:
        """Open the history at the runs of the open lesson."""
        lesson = self._bench.lesson
        if lesson is None:
            self._view.everywhere = True
        title = (lesson.id, lesson.title) if lesson is not None else ("", "")
        defaults = lesson.defaults if lesson is not None else {}
        screen = HistoryScreen(
            self.history, self.work, self._copy_line, self._view, title, defaults
        )
        self._app.push_screen(screen, self._use_chosen)

    def list_runs(self) -> None:
        """List the runs of the open lesson."""
        if self._bench.lesson is not None:
            self.history.list_lesson(self._bench.lesson.id)

    async def follow(self) -> None:
        """Show the run last told of: its lesson, its whole curve, live if it still goes on."""
        found = self.discovery.take_offer()
        if found is None:
            self._app.notify("No other run was found.")
            return
        bench, run = self._bench, found.record.id
        if bench.runs.own_running:
            self.discovery.offer = found
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

    def _advance(self) -> None:
        self.discovery.advance()
        self.sweeps.advance()

    def _hear(self, event: Event) -> None:
        match event:
            case Notice():
                self._app.notify(
                    event.text, title=event.title, severity=event.severity, timeout=event.seconds
                )
            case ProblemRaised():
                self._app.show_problem(event.problem)
            case TextCopied():
                self._app.copy_to_clipboard(event.text)
                self._app.notify(event.notice)
            case RunDiscovered():
                self._bench.runs.watch(event.run)
            case RunsListed():
                self._show_runs(event)
            case SweepPlanning():
                self._app.push_screen(SweepForm(event), self._begin_sweep)
            case SweepShown():
                self._show_sweep(event.sweep)
            case SweepAdvanced():
                self._show_status(event.sweep)
            case SweepEnded():
                self._end_sweep(event)
            case EarlierSweepsListed():
                self._choose_earlier(event.sweeps)
            case _:
                self._show_in_history(event)

    def _show_in_history(self, event: Event) -> None:
        """Let the history show it; where it was closed meanwhile, the Runs pane follows."""
        screens = [one for one in self._app.screen_stack if isinstance(one, HistoryScreen)]
        for screen in screens:
            screen.take_event(event)
        if isinstance(event, RunsChanged) and not any(screen.stays for screen in screens):
            self.list_runs()

    def _show_runs(self, event: RunsListed) -> None:
        lesson = self._bench.lesson
        if lesson is not None and lesson.id == event.program:
            self._bench.run_list.show_runs(list(event.rows), lesson.defaults)

    async def _use_chosen(self, chosen: ChosenRun | None) -> None:
        self.list_runs()
        if chosen is not None:
            await self.past.use(chosen.run, chosen.use)

    def _copy_line(self, run: str) -> None:
        self._app.call_later(self.past.use, run, RunUse.COMMAND)

    def _basis(self) -> SweepBasis | None:
        lesson, form = self._bench.lesson, self._bench.form
        if lesson is None:
            return None
        limits = self._app.settings.options
        return SweepBasis(lesson, form.values, form.seed, form.device.key, limits)

    def _begin_sweep(self, answer: PlannedSweep | FormChoice | None) -> None:
        if isinstance(answer, PlannedSweep):
            self.sweeps.begin(answer.plan, answer.slots)
        elif answer is FormChoice.EARLIER:
            self.sweeps.list_earlier()

    def _show_sweep(self, sweep: Sweep) -> None:
        self._app.push_screen(SweepScreen(sweep, self.sweeps), self._leave_sweep)

    def _leave_sweep(self, answer: SweepRunChosen | SweepChoice | None) -> None:
        if answer is SweepChoice.PLAN:
            self.sweeps.plan()
        elif isinstance(answer, SweepRunChosen):
            self._app.call_later(self.past.use, answer.run.id, answer.use)
            if answer.use is RunUse.SHOW:
                self._app.main.show_pane("loss")

    def _show_status(self, sweep: Sweep) -> None:
        status = self._app.main.query_one(StatusLine)
        going = sweep.started_here and not sweep.over
        status.sweep = f"sweep {sweep.done}/{len(sweep.runs)}" if going else ""

    def _end_sweep(self, event: SweepEnded) -> None:
        self._show_status(event.sweep)
        if not event.sweep.started_here:
            return
        lesson = self._bench.lesson
        if lesson is not None and lesson.id == event.sweep.plan.lesson:
            self.list_runs()
        seen = any(isinstance(screen, SweepScreen) for screen in self._app.screen_stack)
        if not seen and not event.left:
            self._app.notify(event.text)

    def _choose_earlier(self, sweeps: list[EarlierSweep]) -> None:
        found = [Choice(_moment(sweep.created), sweep.about, sweep.id) for sweep in sweeps]

        def find(query: str) -> list[Choice[str]]:
            return [c for c in found if query.lower() in f"{c.title} {c.about}".lower()]

        def reopen(sweep: str | None) -> None:
            if sweep is not None:
                self.sweeps.reopen(sweep)

        self._app.push_screen(PickScreen("Earlier sweeps", find), reopen)


def _moment(created: float) -> str:
    return time.strftime("%d %b %Y %H:%M", time.localtime(created))
