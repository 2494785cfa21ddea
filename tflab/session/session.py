"""The workbench without a screen.

A session always exists, from before the first paint on; what it needs for more than that comes when
it begins. Whoever owns it calls `advance` again and again, `deliver` when it is woken, and hears of
everything through one callback.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tflab.programs.library import LessonEntry, find_lessons
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem, RunOptions
from tflab.session.disk import SessionDisk
from tflab.session.events import (
    DevicesListed,
    Emit,
    Event,
    FormChanged,
    LiveModeChanged,
    Notice,
    ProblemRaised,
    ProgramOpened,
    ProgramRefused,
    RunEnded,
    ValueRefused,
)
from tflab.session.live_mode import LiveMode
from tflab.session.open_program import OpenProgram
from tflab.session.settings import load_settings, save_settings

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.session.approval import Approval
    from tflab.session.course import CourseProgress
    from tflab.session.devices import DeviceWatch
    from tflab.session.form import Form
    from tflab.session.presets import Presets
    from tflab.session.runs import Runs
    from tflab.session.server import Server
    from tflab.targets.devices import DeviceList

BUSY_SECONDS = 0.03
IDLE_SECONDS = 0.25
_LAST_SECONDS = 2.0


class Session:
    """One sitting at the workbench: the open program, its form, its runs, and what is remembered.

    Args:
        emit: Is told everything that happens, on the thread that drives the session.
        wake: Called in another thread when there is something for `deliver`.
        program: The file to open first; by default the one last open, or the first of the course.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        settings: What is remembered between sessions.
        entries: The programs of the course, and the person's own.
        disk: The one queue for everything that touches the disk.
        glossary: Technical words and what they mean; empty until it has been read.
    """

    def __init__(
        self,
        emit: Emit,
        wake: Callable[[], object] = lambda: None,
        program: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._emit = emit
        self._clock = clock
        self._first = program
        self._begun = False
        self._run_when_ready = False
        self._device_queue = DiskQueue(wake)
        self.settings = load_settings()
        self.entries: list[LessonEntry] = find_lessons()
        self.glossary: dict[str, str] = {}
        self.disk = SessionDisk(emit, wake)
        self.opened = OpenProgram(
            self.disk, self._opened, self._refused, held=lambda: self.approval.asking, clock=clock
        )
        self.live = LiveMode(self.rerun, clock)

    @property
    def program(self) -> Program | None:
        """The program on show."""
        return self.opened.program

    @property
    def first_program(self) -> Path | None:
        """The file to open at the start."""
        if self._first is not None:
            return self._first
        known = {entry.id: entry.path for entry in self.entries}
        first = self.entries[0].path if self.entries else None
        return self.settings.lesson_file() or known.get(self.settings.lesson, first)

    # Made when first asked for: the first paint needs none of these.

    @cached_property
    def form(self) -> Form:
        """The values of the next run."""
        from tflab.session.form import Form

        return Form(self._hear)

    @cached_property
    def server(self) -> Server:
        """The fork server."""
        from tflab.session.server import Server
        from tflab.targets.server_keeper import ServerKeeper

        return Server(self._emit, ServerKeeper())

    @cached_property
    def runs(self) -> Runs:
        """The run on show, and those that go on behind it."""
        from tflab.runs.store import RunStore
        from tflab.session.runs import Runs

        return Runs(RunStore(), self.server, self.disk, self._hear, self._clock)

    @cached_property
    def approval(self) -> Approval:
        """What a run must pass before it may start."""
        from tflab.session.approval import Approval

        return Approval(self.disk, self._emit)

    @cached_property
    def course(self) -> CourseProgress:
        """Where the person stands in the course."""
        from tflab.session.course import CourseProgress

        return CourseProgress(self.disk, self._emit)

    @cached_property
    def presets(self) -> Presets:
        """The presets of the open program."""
        from tflab.session.presets import Presets

        return Presets(self.form, self.disk, self._emit)

    @cached_property
    def devices(self) -> DeviceWatch:
        """The devices of this machine."""
        from tflab.session.devices import DeviceWatch

        return DeviceWatch(self._device_queue, self._devices_listed, self._clock)

    def begin(self) -> None:
        """Start the fork server, and open the first program. TensorFlow takes longest, so first."""
        self._begun = True
        self.server.warm_up()
        self.course.read()
        self.disk.do_then(_read_glossary, self._take_glossary)
        path = self.first_program
        if path is not None:
            self.open(path)

    def deliver(self) -> None:
        """Take in what the disk and the drivers have given meanwhile."""
        self.disk.deliver()
        self._device_queue.deliver()

    def advance(self) -> None:
        """Do what is due: hear the fork server, read logs, look at the file and at the devices."""
        if not self._begun:
            return
        self.deliver()
        self.server.advance()
        self.runs.advance()
        self.live.advance()
        self.opened.advance()
        self.devices.advance()

    @property
    def pause(self) -> float:
        """Seconds until `advance` is to be called again: few while something goes on."""
        if not self._begun:
            return IDLE_SECONDS
        busy = BUSY_SECONDS if self.server.phase == "importing" else IDLE_SECONDS
        return min(busy, self.runs.pause, self.live.pause)

    def close(self) -> None:
        """Let go of the fork server, and wait a little for what is still being written.

        Runs that go on do so. Called twice, it does nothing more.
        """
        if self._begun:
            self.server.close()
        self.disk.finish(_LAST_SECONDS)

    def open(self, path: Path) -> None:
        """Read a program and show it; `ProgramOpened` or `ProgramRefused` follows."""
        self.opened.open(path)

    def neighbour(self, by: int) -> None:
        """Open the program after the one on show (1), or the one before it (-1)."""
        if self.program is None:
            return
        paths = [entry.path for entry in self.entries]
        path = self.program.path
        place = paths.index(path) + by if path in paths else 0
        if 0 <= place < len(paths):
            self.open(paths[place])
        else:
            text = "This is the last lesson." if by > 0 else "This is the first lesson."
            self._emit(Notice(text))

    def run(self, until: int | None = None) -> None:
        """Start a run with the values in the form, or say what stands in the way.

        While the program is still to be there, the run waits for it.

        Args:
            until: Index of the last cell to run; None for the whole program.
        """
        if until is None and (not self._begun or self.opened.reading is not None):
            self._run_when_ready = True
            return
        program, bad = self.program, self.form.first_bad
        if program is None:
            self._emit(Notice("Open a lesson first.", severity="warning"))
        elif self.runs.own_running:
            text = "A run is going on. Stop it first (^x)."
            self._emit(Notice(text, severity="warning"))
        elif bad is not None:
            self._emit(ValueRefused(bad.parameter.name, bad.problem or ""))
        elif until is not None or not self.course.ask(program, lambda: self._start(program, None)):
            self._start(program, until)

    def rerun(self) -> None:
        """Run with the values in the form, superseding a run that goes on."""
        if self.program is not None and self.form.first_bad is None:
            self._start(self.program, None)

    def predict(self) -> None:
        """Ask the program's questions again, then run."""
        program = self.program
        if program is None or not program.questions:
            self._emit(Notice("This lesson asks nothing."))
        elif not self.runs.own_running:
            self.course.ask(program, lambda: self._start(program, None), again=True)

    def stop(self) -> None:
        """Stop the run on show."""
        try:
            if not self._begun or not self.runs.stop():
                self._emit(Notice("Nothing is running."))
        except Problem as problem:
            self._emit(ProblemRaised(problem))

    def stop_and_then(self, after: Callable[[], object]) -> None:
        """Stop what goes on, and call `after` when it is over."""
        try:
            self.runs.stop_and_then(after)
        except Problem as problem:
            self._emit(ProblemRaised(problem))

    def toggle_live(self) -> None:
        """Turn live mode on or off."""
        if self.live.toggle():
            text = "Live: every change runs at once. Nudge values with the arrow keys."
            self._emit(Notice(text))
            self.rerun()
        self._emit(LiveModeChanged(self.live.on))

    def set_options(self, options: RunOptions) -> None:
        """Keep how much of a shared machine runs may take, from the next one on."""
        self.settings.options = options
        self.keep_settings()
        self._emit(Notice(f"Runs now have {options.words or 'no limits'}."))

    def keep_settings(self) -> None:
        """Write the settings; where that fails the session goes on without."""
        now = msgspec.structs.replace(self.settings)
        self.disk.keep("Settings are", lambda: save_settings(now))

    def forget(self, program: Program | None) -> None:
        """Forget the progress in one program, or in the whole course."""
        self.course.forget(program)

    def _start(self, program: Program, until: int | None) -> None:
        device = self.form.device
        devices = [device] if device is not None else []
        self.approval.require(
            program.path, program.source, devices, lambda: self._begin_run(program, until)
        )

    def _begin_run(self, program: Program, until: int | None) -> None:
        now = self.program
        if now is not program:
            # The form has the values of another reading by now.
            if now is not None and now.path == program.path:
                self._start(now, until)
            return
        from tflab.session.requests import new_request

        self.runs.start(
            new_request(
                program,
                self.form.values,
                seed=self.form.seed,
                device=self.form.device,
                until=until,
                guesses=self.course.guesses.get(program.id, {}),
                options=self.settings.options,
            )
        )

    def _opened(self, program: Program, before: Program | None, reloaded: bool) -> None:
        same = before is not None and before.path == program.path
        self.form.show(program, keep=same)
        kept = self.course.of(program)
        self._emit(ProgramOpened(program, reloaded, same, kept.cell if kept is not None else 0))
        if reloaded:
            self._emit(Notice("The file changed; the lesson was read again."))
        else:
            listed = any(entry.path == program.path for entry in self.entries)
            self.settings.lesson = program.id if listed else str(program.path)
            self.keep_settings()
        self.live.changed()
        if self._run_when_ready:
            self._run_when_ready = False
            self.run()

    def _refused(self, path: Path, problem: Problem) -> None:
        self._run_when_ready = False
        self._emit(ProgramRefused(path, problem))

    def _hear(self, event: Event) -> None:
        """Act on what a piece tells, and pass it on."""
        if isinstance(event, FormChanged) and event.values:
            self.live.changed()
        elif isinstance(event, RunEnded) and event.own:
            program, run = self.program, event.run
            if program is not None and run.record.request.lesson == program.id:
                self.course.note_run(program, run.state)
        self._emit(event)

    def _devices_listed(self, devices: DeviceList) -> None:
        self.form.show_devices(devices)
        self._emit(DevicesListed(devices))

    def _take_glossary(self, read: Future[dict[str, str]]) -> None:
        self.glossary = read.result()


def _read_glossary() -> dict[str, str]:
    from tflab.data import glossary

    return glossary()
