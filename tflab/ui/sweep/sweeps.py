"""Sweeps in the workbench: planning one, keeping it going behind the screen, showing it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from textual.timer import Timer

from tflab.runs.record import Problem, RunOptions
from tflab.runs.summary import RunSummary
from tflab.runs.text import plain_line
from tflab.sweeps.estimate import usual_seconds
from tflab.sweeps.plan import SweepPlan
from tflab.sweeps.store import SweepStore
from tflab.sweeps.sweep import Sweep, open_sweep
from tflab.sweeps.table import mean_text
from tflab.targets.devices import list_devices
from tflab.targets.placement import Slot
from tflab.targets.run_executor import RunExecutor
from tflab.ui.dialogs.pick import Choice, PickScreen
from tflab.ui.sweep.form import SweepForm
from tflab.ui.sweep.screen import SweepScreen
from tflab.ui.sweep.sharing import copy_sweep_line, export_sweep
from tflab.ui.workbench.status_line import StatusLine

if TYPE_CHECKING:
    from tflab.ui.app import LabApp
    from tflab.ui.workbench.bench import Bench

_TICK_SECONDS = 0.03
_NICE = 5
_EARLIER = 50


def show_sweeps(app: LabApp) -> None:
    """Show the sweep that goes on, or plan one."""
    if app.sweeps is None and app.bench is not None:
        app.sweeps = Sweeps(app, app.bench)
    if app.sweeps is not None:
        app.sweeps.open()


def behind_the_workbench(options: RunOptions) -> RunOptions:
    """Return the options of a sweep: many runs at once must leave the workbench its share."""
    return dataclasses.replace(options, nice=max(_NICE, options.nice))


class Sweeps:
    """Owns the sweep that goes on or was shown last. At most one goes on at a time.

    Attributes:
        current: That sweep, or None.
    """

    def __init__(self, app: LabApp, bench: Bench) -> None:
        self._app = app
        self._bench = bench
        self._timer: Timer | None = None
        self._screen: SweepScreen | None = None
        self._after: Callable[[], None] | None = None
        self._texts: dict[str, dict[str, str]] = {}
        self._began = 0.0
        self.current: Sweep | None = None

    @property
    def running(self) -> bool:
        """Whether a sweep was begun here and goes on."""
        return self.current is not None and self.current.started_here and not self.current.over

    def open(self) -> None:
        """Show the sweep that goes on, or this lesson's last one, or the form for a new one."""
        lesson = self._bench.lesson
        shown = self.current.plan.lesson if self.current is not None else None
        if self.running or (lesson is not None and lesson.id == shown):
            self._show()
        else:
            self.plan()

    def plan(self) -> None:
        """Ask for the values of a new sweep of the open lesson."""
        lesson, form = self._bench.lesson, self._bench.form
        if lesson is None:
            self._app.notify("Open a lesson first.", severity="warning")
            return
        if self.running:
            self._app.notify("A sweep is going on. Stop it first.", severity="warning")
            return
        texts = self._texts.setdefault(lesson.id, {})
        usual = usual_seconds(self._bench.runs.store, lesson.id)
        devices = form.device.devices or list_devices()
        limits = self._app.settings.options
        screen = SweepForm(
            lesson, form.values, form.seed, form.device.key, devices, usual, texts, limits
        )
        self._app.push_screen(screen, self._planned)

    def _planned(self, answer: tuple[SweepPlan, Sequence[Slot]] | str | None) -> None:
        if answer == "earlier":
            self._choose_earlier()
        elif isinstance(answer, tuple):
            plan, slots = answer
            # As they are now: the form may have been open for long.
            known = self._bench.form.device.devices or list_devices()
            devices = [device for device in known.devices if device.key in plan.devices]
            start = partial(self.begin, plan, slots)
            self._bench.gate.open(Path(plan.path), plan.source, devices, start)

    def begin(self, plan: SweepPlan, slots: Sequence[Slot]) -> None:
        """Start a sweep and show it."""
        options = behind_the_workbench(plan.options)
        plan = msgspec.structs.replace(plan, options=options)
        store = self._bench.runs.store
        executor = RunExecutor(slots, store, self._bench.runs.ready_server, threaded=False)
        try:
            sweep = Sweep(SweepStore().create(plan), executor, store=store)
            sweep.start()
        except Problem as problem:
            self._app.show_problem(problem)
            return
        self._take(sweep)

    def stop_and_then(self, after: Callable[[], None]) -> None:
        """Stop the sweep that goes on, if one does, and call `after` when it is over."""
        if not self.running or self.current is None:
            after()
            return
        self._after = after
        self.current.stop_all()

    def close(self) -> None:
        """Let go: runs that have begun go on to their end, the others never begin."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.current is not None:
            self.current.close()

    def use(self, run: RunSummary, wish: str) -> None:
        """Show a run of the sweep in the workbench, or put its values into the form."""
        self._bench.use_run(run, wish)
        if wish == "show":
            self._app.main.show_pane("loss")

    def export(self, sweep: Sweep) -> None:
        """Ask for a format and write the sweep as a file."""
        export_sweep(self._app, sweep, self._bench.runs.store)

    def copy_line(self, sweep: Sweep) -> None:
        """Copy the line that makes the sweep again."""
        copy_sweep_line(self._app, sweep.plan)

    def _choose_earlier(self) -> None:
        lesson = self._bench.lesson
        store, found = SweepStore(), []
        for sweep in store.ids():
            try:
                record = store.load(sweep)
            except Problem:
                continue  # A damaged file must not hide the others.
            if lesson is None or record.plan.lesson == lesson.id:
                stamp = time.strftime("%d %b %Y %H:%M", time.localtime(record.created))
                found.append(Choice(stamp, plain_line(record.plan.about), sweep))
            if len(found) >= _EARLIER:
                break
        if not found:
            self._app.notify("No sweep of this lesson is kept yet.")
            return

        def find(query: str) -> list[Choice]:
            return [c for c in found if query.lower() in f"{c.title} {c.about}".lower()]

        self._app.push_screen(PickScreen("Earlier sweeps", find), self._reopen)

    def _reopen(self, sweep: str | None) -> None:
        if sweep is None:
            return
        try:
            found = open_sweep(sweep, self._bench.runs.store)
        except Problem as problem:
            self._app.show_problem(problem)
        else:
            self._take(found)

    def _take(self, sweep: Sweep) -> None:
        self.close()
        self.current, self._began = sweep, time.monotonic()
        self._timer = self._app.set_interval(_TICK_SECONDS, self._tick)
        self._show()

    def _show(self) -> None:
        assert self.current is not None
        self._screen = SweepScreen(self.current, self)

        def gone(_: None) -> None:
            self._screen = None

        self._app.push_screen(self._screen, gone)

    def _tick(self) -> None:
        sweep = self.current
        if sweep is None:
            return
        changed = sweep.poll()
        if self._screen is not None:
            self._screen.advance()
        if changed or sweep.over:
            self._show_status(sweep)
        if sweep.over and self._timer is not None:
            self._timer.stop()
            self._timer = None
            self._end(sweep)

    def _show_status(self, sweep: Sweep) -> None:
        status = self._app.main.query_one(StatusLine)
        going = sweep.started_here and not sweep.over
        status.sweep = f"sweep {sweep.done}/{len(sweep.runs)}" if going else ""

    def _end(self, sweep: Sweep) -> None:
        if self._screen is not None:
            self._screen.advance(now=True)
        lesson = self._bench.lesson
        if sweep.started_here and lesson is not None and lesson.id == sweep.plan.lesson:
            history = self._bench.runs.history(lesson.id)
            self._bench.run_list.show_runs(history, lesson.defaults)
        if sweep.started_here and self._screen is None and self._after is None:
            best = sweep.best
            words = f"best {sweep.plan.metric} {mean_text(best)}" if best else "no run has finished"
            self._app.notify(f"The sweep is over: {words}. ^s shows it.")
        sweep.close()
        if self._after is not None:
            after, self._after = self._after, None
            after()
