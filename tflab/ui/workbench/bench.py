"""The bench: the open lesson, its form and the run on show, behind the panes of the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.programs.program import Program
from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.runs.summary import RunSummary
from tflab.runs.text import plain_line
from tflab.session.past_runs import RunUse
from tflab.targets.devices import list_devices
from tflab.targets.live_run import LiveRun
from tflab.targets.server_keeper import ServerKeeper
from tflab.ui.workbench import messages
from tflab.ui.workbench.editor import edit_file
from tflab.ui.workbench.features import Features
from tflab.ui.workbench.goals import Goals
from tflab.ui.workbench.guide import Guide, glossary
from tflab.ui.workbench.lesson_file import LessonFile
from tflab.ui.workbench.lesson_list import LessonList
from tflab.ui.workbench.lesson_view import LessonView
from tflab.ui.workbench.live_mode import LiveMode
from tflab.ui.workbench.loss_chart import LossChart
from tflab.ui.workbench.parameter_form import ParameterForm
from tflab.ui.workbench.presets import choose_preset
from tflab.ui.workbench.run_controller import RunController
from tflab.ui.workbench.run_list import RunList
from tflab.ui.workbench.run_request import new_request
from tflab.ui.workbench.run_view import RunView
from tflab.ui.workbench.status_line import StatusLine
from tflab.ui.workbench.trust import Gate

if TYPE_CHECKING:
    from tflab.ui.app import LabApp

_DEVICE_SECONDS = 5.0
_FILE_SECONDS = 1.0


class Bench:
    """Acts on what people and background work tell it. Made after the first paint."""

    def __init__(self, app: LabApp, keeper: ServerKeeper) -> None:
        self._app = app
        self.lesson: Program | None = None
        self.runs = RunController(app, RunStore(), keeper, app.keeping.disk)
        self.guide = Guide(app)
        self.gate = Gate(app)
        self.live = LiveMode(app, self.rerun)
        self.view = LessonView()
        self.form = ParameterForm()
        self.chart = LossChart()
        self.run_list = RunList()
        self.features = Features(app, self)
        self.on_show = RunView(app, self)
        self.file = LessonFile(app)
        self._filled = False
        self._early: Program | None = None
        self._after_end: Callable[[], Awaitable[None]] | None = None

    async def open(self, path: Path | None, run: bool = False) -> None:
        """Fill the panes, warm up the fork server, and open a lesson; `run` it when it is there."""
        self.file.run_when_read = run
        self.runs.warm_up()
        if path is not None:
            self.load(path)
        # Laid out and painted once for all of it: each time costs as long as the reading.
        with self._app.batch_update():
            await self._app.main.fill(
                {
                    "lesson": self.view,
                    "loss": self.chart,
                    "parameters": self.form,
                    "runs": self.run_list,
                }
            )
            self._filled = True
            if self._early is not None:
                await self.show_lesson(self._early, reloaded=False)
        self._app.set_interval(_FILE_SECONDS, self._look_at_file)
        self._app.set_interval(_DEVICE_SECONDS, self._look_at_devices)
        self._look_at_devices()
        self.features.begin()
        self._app.run_worker(_import_charts, thread=True, group="charts")

    def close(self) -> None:
        """Keep the place, and let go of the fork server. Called twice, it does nothing more."""
        self.leave_lesson()
        self.runs.close()

    def leave_lesson(self) -> None:
        """Keep where the person stands in the open lesson."""
        if self.lesson is not None:
            self.guide.note_place(self.lesson, self.view.cursor)

    def load(self, path: Path) -> None:
        """Read a lesson in the background; `LessonLoaded` or `LessonRefused` follows."""
        self.file.load(path)

    def refuse(self, path: Path, problem: Problem) -> None:
        """Say why a lesson could not be read; nothing waits for it any longer."""
        self.file.settle(path)
        self._app.show_problem(problem)

    async def show_lesson(self, lesson: Program, reloaded: bool) -> None:
        """Show a lesson that was read. A reload keeps place and typed values."""
        if not self._filled:
            # It was read before the panes were there; `open` comes back to it.
            self._early = lesson
            return
        with self._app.batch_update():
            await self._show_lesson(lesson, reloaded)

    async def _show_lesson(self, lesson: Program, reloaded: bool) -> None:
        same = self.lesson is not None and self.lesson.path == lesson.path
        self.leave_lesson()
        self.lesson = lesson
        main = self._app.main
        main.query_one(StatusLine).title = plain_line(lesson.title)
        main.query_one(Goals).show_lesson(lesson)
        main.query_one(LessonList).mark(lesson.path)
        await self.form.show_lesson(lesson, keep=same)
        place = self.guide.arrive(lesson)
        await self.view.show_lesson(lesson, glossary(), keep_place=same)
        if not same:
            self.chart.clear(lesson.logs_curves)
            self.view.put_cursor(place)
        if reloaded:
            self._app.notify("The file changed; the lesson was read again.")
        else:
            listed = any(entry.path == lesson.path for entry in self._app.entries)
            self._app.settings.lesson = lesson.id if listed else str(lesson.path)
            self._app.keep_settings()
        self.features.list_runs()
        if self.runs.current is not None:
            await self.show_run(self.runs.current)
        self.show_status()
        if self.file.settle(lesson.path):
            self.run(None)

    def run(self, until: int | None) -> None:
        """Start a run with the values in the form, or say what stands in the way.

        While a lesson is being read, it waits for that one.
        """
        lesson, bad = self.lesson, self.form.first_bad
        if self.file.reading is not None and until is None:
            self.file.run_when_read = True
        elif lesson is None:
            self._app.notify("Open a lesson first.", severity="warning")
        elif self.runs.own_running:
            self._app.notify("A run is going on. Stop it first (^x).", severity="warning")
        elif bad is not None:
            self._app.main.show_pane("parameters")
            bad.take_focus()
            self._app.notify(f"{bad.problem}", title="Not run", severity="error")
        elif until is not None or not self.guide.ask(lesson, lambda: self._start(lesson, until)):
            self._start(lesson, until)

    def rerun(self) -> None:
        """Run with the values in the form, superseding a run that goes on."""
        if self.lesson is not None and self.form.first_bad is None:
            self._start(self.lesson, None)

    def toggle_live(self) -> None:
        """Turn live mode on or off."""
        if self.live.toggle():
            self._app.notify("Live: every change runs at once. Nudge values with the arrow keys.")
            self.rerun()
        self.show_status()

    def predict(self) -> None:
        """Ask the lesson's questions again, then run."""
        lesson = self.lesson
        if lesson is None or not lesson.questions:
            self._app.notify("This lesson asks nothing.")
        elif not self.runs.own_running:
            self.guide.predict(lesson, lambda: self._start(lesson, None))

    def help_on(self, wish: str) -> None:
        """Show contents or technical words of the lesson, or go to the one beside it."""
        if self.lesson is None:
            return
        if wish == "contents":
            self.guide.contents(self.view)
        elif wish == "glossary":
            self.guide.glossary(self.lesson)
        elif wish == "presets":
            choose_preset(self._app)
        else:
            self.guide.neighbour(self.lesson, 1 if wish == "next" else -1)

    def _start(self, lesson: Program, until: int | None) -> None:
        device = self.form.device.device
        devices = [device] if device is not None else []
        self.gate.open(lesson.path, lesson.source, devices, lambda: self._begin(lesson, until))

    def _begin(self, lesson: Program, until: int | None) -> None:
        guesses = self.guide.guesses.get(lesson.id, {})
        options = self._app.settings.options
        request = new_request(lesson, self.form, guesses, until, options)
        try:
            self.runs.start(request)
        except Problem as problem:
            self._app.show_problem(problem)

    def stop(self) -> None:
        """Stop the run on show."""
        try:
            if not self.runs.stop():
                self._app.notify("Nothing is running.")
        except Problem as problem:
            self._app.show_problem(problem)
        self.show_status()

    def stop_and_then(self, after: Callable[[], Awaitable[None]]) -> None:
        """Stop the run on show, and call `after` when it has ended."""
        self._after_end = after
        self.stop()

    async def show_run(self, run: LiveRun) -> None:
        """Bring every pane up to date with the run on show."""
        await self.on_show.show(run)

    async def end_run(self, run: LiveRun) -> None:
        """Say how a run ended, if not well; then do what waited for its end."""
        await self.on_show.show(run)
        if run.record.id not in self.runs.own:
            return
        self.on_show.end(run)
        if self._after_end is not None:
            after, self._after_end = self._after_end, None
            await after()

    def use_run(self, run: RunSummary, use: RunUse) -> None:
        """Show an earlier run, take over its values, or copy its command."""
        self._app.call_later(self.features.past.use, run.id, use)

    async def show_as_run(self, lesson: Program) -> None:
        """Show a lesson as a run had it; its file is read again only when it changes from now."""
        self.file.note(lesson.path)
        await self.show_lesson(lesson, reloaded=False)

    async def edit(self) -> None:
        """Open the lesson in the person's editor, and read it again afterwards."""
        if self.lesson is None:
            return
        try:
            edit_file(self._app, self.lesson.path)
        except Problem as problem:
            self._app.show_problem(problem)
        self._look_at_file()

    def show_status(self) -> None:
        """Write the status line."""
        self.on_show.show_status()

    def _look_at_file(self) -> None:
        if self.lesson is not None:
            self.file.look(self.lesson.path)

    def _look_at_devices(self) -> None:
        self._app.run_worker(
            lambda: self._app.post_message(messages.DevicesListed(list_devices())),
            thread=True,
            group="devices",
            exclusive=True,
        )


def _import_charts() -> None:
    """Import what draws, while the person reads: the first curve must not wait for it."""
    import_module("tflab.charts.figures")
    import_module("tflab.charts.loss")
