"""The workbench app: settings, themes, actions and messages, wired to the bench."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from tflab.programs.library import LessonEntry, find_lessons, resolve
from tflab.runs.record import Problem
from tflab.session.settings import load_settings, save_settings
from tflab.ui.actions import Scope, bindings
from tflab.ui.dialogs.dialog import blocks
from tflab.ui.terminal.app_base import TerminalApp
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.signals import Departure, watch_signals
from tflab.ui.terminal.themes import DARK, LIGHT
from tflab.ui.workbench import messages
from tflab.ui.workbench.ask_options import ask_options
from tflab.ui.workbench.goals import Goals
from tflab.ui.workbench.keeping import Keeping
from tflab.ui.workbench.leaving import leave, leave_on_signal, let_go
from tflab.ui.workbench.screen import MainScreen
from tflab.ui.workbench.server_words import tell_server

if TYPE_CHECKING:
    from tflab.ui.sweep.sweeps import Sweeps
    from tflab.ui.workbench.bench import Bench


class LabApp(TerminalApp):
    """The workbench.

    Args:
        lesson: Path of the lesson to open. None opens the one last open, or the first.
    """

    TITLE = "tflab"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("app"))

    def __init__(self, lesson: Path | None = None) -> None:
        super().__init__()
        self.settings = load_settings()
        self.keeping = Keeping(self)
        self.bench: Bench | None = None
        self.sweeps: Sweeps | None = None
        self.entries: list[LessonEntry] = find_lessons()
        self._wanted = lesson
        self._run_early = False
        self.dress(self.settings.theme)
        self.animation_level = "none"
        self.set_class(not glyphs().unicode, "-ascii")

    def get_default_screen(self) -> Screen[None]:
        """Make the main screen with what the first paint needs."""
        return MainScreen(self.entries, self.first_lesson())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a dialog is open, the keys are the dialog's; before the panes are there, none's."""
        if self.screen_stack and blocks(self.screen, action):
            return False
        if self.bench is None and action in ("show", "help", "full_screen", "hint"):
            return False
        return super().check_action(action, parameters)

    @property
    def main(self) -> MainScreen:
        """The main screen, also while a dialog is over it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    def first_lesson(self) -> Path | None:
        """Return the lesson to open at the start."""
        if self._wanted is not None:
            return self._wanted
        known = {entry.id: entry.path for entry in self.entries}
        first = self.entries[0].path if self.entries else None
        return self.settings.lesson_file() or known.get(self.settings.lesson, first)

    def on_mount(self) -> None:
        """Paint first; everything else comes after."""
        watch_signals(
            Departure(
                leave=lambda number: leave_on_signal(self, number),
                let_go=lambda: let_go(self),
                terminal_modes=lambda: self.terminal_modes,
            )
        )
        self.call_after_refresh(self._open_bench)

    async def _open_bench(self) -> None:
        from tflab.ui.workbench.opening import make_bench

        self.bench = make_bench(self)
        await self.bench.open(self.first_lesson(), run=self._run_early)

    def show_problem(self, problem: Problem) -> None:
        """Show a problem over whatever is on the screen."""
        from tflab.ui.dialogs.notice import ProblemScreen

        self.push_screen(ProblemScreen(problem))

    def keep_settings(self) -> None:
        """Write the settings; where that fails the session goes on without."""
        now = msgspec.structs.replace(self.settings)
        self.keeping.keep("Settings are", lambda: save_settings(now))

    def action_run(self) -> None:
        """Run the whole lesson; one that is not there yet, as soon as it is."""
        if self.bench is None:
            self._run_early = True
        else:
            self.bench.run(None)

    def action_stop(self) -> None:
        """Stop the run on show."""
        if self.bench is not None:
            self.bench.stop()

    def action_palette(self) -> None:
        """Search commands and lessons."""
        from tflab.ui.dialogs.palette import Command, PaletteScreen
        from tflab.ui.workbench.commands import lesson_commands, pane_commands

        def take(command: Command | None) -> None:
            if command is not None:
                self.call_later(command.call)

        commands = [
            *pane_commands(self.main.scope, self.main.pane_target(), self._run_command),
            *lesson_commands(self.entries, self.open_lesson),
        ]
        self.push_screen(PaletteScreen(commands), take)

    async def _run_command(self, action: str, pane: DOMNode | None) -> None:
        await self.run_action(action, pane)

    def action_help(self) -> None:
        """Show the keys of the pane in focus."""
        from tflab.ui.dialogs.help import HelpScreen

        self.push_screen(HelpScreen(self.main.scope))

    def action_show(self, scope: Scope) -> None:
        """Go to a pane."""
        self.main.show_pane(scope)

    def action_hint(self) -> None:
        """Show the next hint of the first open goal."""
        if not self.main.query_one(Goals).show_hint():
            self.notify("There is no further hint for this lesson's open goals.")
        elif self.main.narrow:
            self.main.show_pane("lessons")

    def action_live(self) -> None:
        """Turn live mode on or off."""
        if self.bench is not None:
            self.bench.toggle_live()

    def action_sweep(self) -> None:
        """Show the sweep that goes on, or plan one."""
        from tflab.ui.sweep.sweeps import show_sweeps

        show_sweeps(self)

    async def action_follow(self) -> None:
        """Show the run that was found."""
        if self.bench is not None:
            await self.bench.found.follow()

    def action_options(self) -> None:
        """Choose how much of a shared machine runs may take."""
        ask_options(self)

    def action_predict(self) -> None:
        """Guess again, then run."""
        if self.bench is not None:
            self.bench.predict()

    def action_history(self) -> None:
        """List every run."""
        if self.bench is not None:
            self.bench.past.show()

    def action_forget(self, what: str) -> None:
        """Forget the progress of the open lesson or of the course."""
        if self.bench is not None:
            self.bench.guide.reset(self.bench.lesson if what == "lesson" else None)

    def action_full_screen(self) -> None:
        """Give the pane in focus the whole screen, or take it back."""
        self.main.toggle_full_screen()

    def action_theme(self) -> None:
        """Change between dark and light."""
        self.theme = DARK.name if self.theme == LIGHT.name else LIGHT.name
        self.settings.theme = self.theme
        self.keep_settings()

    async def action_edit(self) -> None:
        """Open the lesson in the person's editor."""
        if self.bench is not None:
            await self.bench.edit()

    async def action_leave(self) -> None:
        """Leave; what goes on is asked about first."""
        await leave(self)

    action_quit = action_leave

    def open_lesson(self, path: Path) -> None:
        """Open the lesson at `path` in the lesson pane."""
        if self.bench is not None:
            self.bench.load(path)

    @on(messages.LessonChosen)
    def _lesson_chosen(self, message: messages.LessonChosen) -> None:
        self.open_lesson(message.path)

    @on(messages.LessonLoaded)
    async def _lesson_loaded(self, message: messages.LessonLoaded) -> None:
        if self.bench is not None:
            await self.bench.show_lesson(message.lesson, message.reloaded)

    @on(messages.LessonRefused)
    def _lesson_refused(self, message: messages.LessonRefused) -> None:
        if self.bench is not None:
            self.bench.refuse(message.path, message.problem)

    @on(messages.DevicesListed)
    def _devices_listed(self, message: messages.DevicesListed) -> None:
        if self.bench is not None:
            self.bench.form.device.show_devices(message.devices)
            self.bench.show_status()

    @on(messages.RunOpened)
    @on(messages.RunAdvanced)
    async def _run_advanced(self, message: messages.RunOpened | messages.RunAdvanced) -> None:
        if self.bench is not None:
            await self.bench.show_run(message.run)

    @on(messages.RunEnded)
    async def _run_ended(self, message: messages.RunEnded) -> None:
        if self.bench is not None:
            await self.bench.end_run(message.run)

    @on(messages.ServerChanged)
    def _server_changed(self, message: messages.ServerChanged) -> None:
        if self.bench is not None:
            self.bench.show_status()
        if message.problem is not None:
            tell_server(self, message)

    @on(messages.ValuesChanged)
    def _values_changed(self) -> None:
        if self.bench is not None:
            self.bench.live.changed()

    @on(messages.DeviceChanged)
    def _device_changed(self) -> None:
        if self.bench is not None:
            self.bench.show_status()

    @on(messages.RunChosen)
    def _run_chosen(self, message: messages.RunChosen) -> None:
        if self.bench is not None:
            self.bench.use_run(message.run, message.wish)

    @on(messages.TextCopied)
    def _copied(self, message: messages.TextCopied) -> None:
        self.copy_to_clipboard(message.text)
        self.notify(f"{message.what} copied.")

    @on(messages.OutputOpened)
    def _output_opened(self, message: messages.OutputOpened) -> None:
        from tflab.ui.dialogs.notice import TextScreen

        self.push_screen(TextScreen(message.title, message.text))

    @on(messages.SearchRequested)
    def _search(self) -> None:
        if self.bench is not None:
            self.bench.guide.search()

    @on(messages.GuideRequested)
    def _guide(self, message: messages.GuideRequested) -> None:
        if self.bench is not None:
            self.bench.help_on(message.wish)

    @on(messages.WordAsked)
    def _explain(self, message: messages.WordAsked) -> None:
        if self.bench is not None:
            self.bench.guide.explain(message.word)

    @on(messages.RunRequested)
    def _run_requested(self, message: messages.RunRequested) -> None:
        if self.bench is not None:
            self.bench.run(message.until)


def run_app(lesson: str | None = None) -> int:
    """Open the workbench; `lesson` is an id, a number or a path. Return the exit code.

    Raises:
        Problem: When there is no such lesson.
    """
    path = resolve(lesson) if lesson is not None else None
    app = LabApp(path)
    try:
        app.run()
    finally:
        with contextlib.suppress(RuntimeError):
            let_go(app)
    return app.return_code or 0
