"""The app: theme, notices, leaving."""

from __future__ import annotations

import contextlib
import signal
import time
from collections import deque
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen

from tflab.session import events
from tflab.ui import memory
from tflab.ui.actions import EDITORS_OWN, FIELDS_OWN, bindings
from tflab.ui.dialogs.dialog import blocks
from tflab.ui.feature_screens import FeatureScreens
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.pixels import Pixels, ask_for_pixels
from tflab.ui.terminal.safe_text import short_line, short_text
from tflab.ui.terminal.signals import Departure, watch_signals
from tflab.ui.terminal.themes import DARK, LIGHT
from tflab.ui.widgets.key_line import takes_text
from tflab.ui.widgets.notice_line import Note, NoticeLine
from tflab.ui.workbench.messages import SessionSpoke
from tflab.ui.workbench.screen import WorkbenchScreen

_MOST_NOTES = 200


class LabApp(FeatureScreens):
    """The workbench.

    Args:
        program: The file to open; None for the one last open, or the first.
    """

    TITLE = "tflab"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("app"))

    def __init__(self, program: Path | None = None) -> None:
        super().__init__(program)
        self._workbench: WorkbenchScreen | None = None
        self._notes: deque[Note] = deque(maxlen=_MOST_NOTES)
        self._messages: Screen[None] | None = None
        self.dress(self.session.settings.theme)
        self.animation_level = "none"
        self.set_class(not glyphs().unicode, "-ascii")

    def get_default_screen(self) -> Screen[None]:
        """Make the workbench with what the first paint needs."""
        self._workbench = WorkbenchScreen(self.session, self.pixels)
        return self._workbench

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a dialog is open, the keys are the dialog's."""
        if self.screen_stack and blocks(self.screen, action):
            return False
        if action in EDITORS_OWN and self.focused is not None and self.focused.id == "code-area":
            return False
        if action in FIELDS_OWN and takes_text(self.focused):
            return False
        return super().check_action(action, parameters)

    @property
    def workbench(self) -> WorkbenchScreen:
        """The workbench, also while another screen is over it."""
        assert self._workbench is not None, "it is made as the app begins"
        return self._workbench

    def on_mount(self) -> None:
        """Paint first; everything else comes after."""
        watch_signals(
            Departure(
                leave=self._leave_on_signal,
                let_go=self.let_go,
                terminal_modes=lambda: self.terminal_modes,
            )
        )
        # What is called after a refresh is called by the screen; and what the session tells must
        # wait, in the app's own queue, until the panes are there to show it.
        self.call_after_refresh(self.call_later, self._begin)

    async def _begin(self) -> None:
        memory.give_back()
        self.session.begin()
        self.drive()
        await self.workbench.open()
        # What the page is made of lasts as well.
        self.call_after_refresh(memory.collect)

    @on(SessionSpoke)
    async def _show(self, message: SessionSpoke) -> None:
        """Show what the session tells: here, on the workbench, or on the screen it is for."""
        match message.event:
            case events.Notice(text, title, severity, seconds):
                self.notify(text, title=title, severity=severity, timeout=seconds)
            case events.ProblemRaised(problem) | events.ProgramRefused(problem=problem):
                from tflab.ui.dialogs.notice import ProblemScreen

                self.push_screen(ProblemScreen(problem))
            case events.DifferenceShown(title, text):
                from tflab.ui.dialogs.difference import DifferenceScreen

                self.push_screen(DifferenceScreen(title, text))
            case events.TextCopied(text, notice):
                self.copy_to_clipboard(text)
                self.notify(notice)
            case event:
                if not await self.workbench.hear(event):
                    self.show_elsewhere(event)

    # Notices

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say something in the line for notices of what is on the screen, and keep it."""
        del markup
        note = Note(short_text(message), short_line(title), severity, time.time())
        self._notes.append(note)
        for screen in reversed(self.screen_stack):
            for line in screen.query(NoticeLine):
                line.show_note(note, timeout)
                return

    def action_notices(self) -> None:
        """Show the notices again, the newest first."""
        from tflab.ui.dialogs.notice import TextScreen
        from tflab.ui.widgets.notice_line import TIME_CELLS, notes_text

        for screen in self.screen_stack:
            for line in screen.query(NoticeLine):
                line.clear()
        if self._messages is None or self._messages not in self.screen_stack:
            self._messages = TextScreen("Messages", notes_text(self._notes), TIME_CELLS)
            self.push_screen(self._messages)

    # Leaving

    def action_theme(self) -> None:
        """Change between dark and light."""
        self.theme = DARK.name if self.theme == LIGHT.name else LIGHT.name
        self.session.settings.theme = self.theme
        self.session.keep_settings()

    async def action_leave(self) -> None:
        """Leave; a run or a sweep that goes on is asked about first."""
        from tflab.ui.dialogs.leave import LeaveChoice, LeaveScreen

        if any(isinstance(screen, LeaveScreen) for screen in self.screen_stack):
            return
        going = self.session.going
        if not going.run and not going.sweep:
            self._leave()
            return

        def answer(choice: LeaveChoice | None) -> None:
            if choice is LeaveChoice.LEAVE:
                self._leave()
            elif choice is LeaveChoice.STOP:
                self.session.stop_and_then(self._leave)

        self.push_screen(LeaveScreen(going.sweep, going.waiting, going.queued), answer)

    action_quit = action_leave

    def let_go(self) -> None:
        """Keep what is to be kept, and let go of what goes on. Called twice, it does no more.

        Called in any thread, also when the screens are gone.
        """
        if self._workbench is not None:
            self._workbench.note_place()
        if self.pixels is not None and self.is_running:
            self.pixels.forget()
        self.session.close()

    def _leave(self) -> None:
        self.let_go()
        self.exit()

    def _leave_on_signal(self, number: int) -> None:
        """Leave because a signal says so; a run that goes on is named on the way out."""
        run = self.session.going.run_id
        self.let_go()
        words = f"tflab was ended by {signal.Signals(number).name}."
        if run:
            words += f" The run goes on; `tflab attach {run}` follows it."
        self.exit(return_code=128 + number, message=words)


def run_app(lesson: str | None = None) -> int:
    """Open the workbench; `lesson` is an id, a number or a path. Return the exit code.

    Raises:
        Problem: When there is no such lesson.
    """
    path = None
    if lesson is not None:
        from tflab.programs.library import resolve

        path = resolve(lesson)
    app = LabApp(path)
    wrap, app.typed_early = ask_for_pixels()
    if wrap is not None:
        app.pixels = Pixels(app.write_past_screen, app.console.color_system == "truecolor", wrap)
    try:
        app.run()
    finally:
        with contextlib.suppress(RuntimeError):
            app.let_go()
    return app.return_code or 0
