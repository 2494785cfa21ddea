"""The workbench without a screen.

A session always exists, from before the first paint on; what it needs for more than that comes when
it begins. Whoever owns it calls `advance` again and again, `deliver` when it is woken, and hears of
everything through one callback.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tflab.runs.options import RunOptions
from tflab.runs.problem import Problem
from tflab.session.edit_events import EditsChanged
from tflab.session.events import (
    CourseChanged,
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
    RunsListed,
)
from tflab.session.history_pieces import Going, HistoryPieces
from tflab.session.settings import save_settings

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.targets.devices import DeviceList

BUSY_SECONDS = 0.03
IDLE_SECONDS = 0.25
_LAST_SECONDS = 2.0


class Session(HistoryPieces):
    """One sitting at the workbench: the open program, its form, its runs, and what is remembered.

    Args:
        emit: Is told everything that happens, on the thread that drives the session.
        wake: Called in another thread when there is something for `deliver`.
        program: The file to open first; by default the one last open, or the first of the course.
        clock: Monotonic seconds; injected by tests.
    """

    def __init__(
        self,
        emit: Emit,
        wake: Callable[[], object] = lambda: None,
        program: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(emit, wake, clock)
        self._first = program
        self._begun = False
        self._run_when_ready = False

    @property
    def first_program(self) -> Path | None:
        """The file to open at the start."""
        return self._first or self.library.last_open(self.settings)

    def begin(self) -> None:
        """Start the fork server, and open the first program. TensorFlow takes longest, so first."""
        self._begun = True
        from tflab.session.server import likely_our_own

        if likely_our_own():
            self.server.warm_up()
        self.course.read()
        self.library.read_glossary()
        path = self.first_program
        if path is not None:
            self.open(path)
        self.discovery.begin()

    def deliver(self) -> None:
        """Take in what the disk and the drivers have given meanwhile."""
        self.disk.deliver()
        self._device_queue.deliver()
        self._environment_queue.deliver()
        self._target_queue.deliver()

    def advance(self) -> None:
        """Do what is due: hear the fork server, read logs, look at the file and at the devices."""
        if not self._begun:
            return
        self.deliver()
        self.server.advance()
        self.runs.advance()
        if (starter := self._starter_begun) is not None:
            starter.advance()
        self.live.advance()
        self.opened.advance()
        self.edits.advance()
        if (scratch := self._scratch_begun) is not None:
            scratch.advance()
        self.devices.advance()
        if (targets := self._targets_begun) is not None:
            targets.advance()
        self.discovery.advance()
        if (sweeps := self._sweeps_begun) is not None:
            sweeps.advance()

    @property
    def pause(self) -> float:
        """Seconds until `advance` is to be called again: few while something goes on."""
        if not self._begun:
            return IDLE_SECONDS
        busy = BUSY_SECONDS if self.server.phase == "importing" else IDLE_SECONDS
        sweeps = self._sweeps_begun
        if sweeps is not None and sweeps.going:
            busy = BUSY_SECONDS
        if (scratch := self._scratch_begun) is not None:
            busy = min(busy, scratch.pause)
        return min(busy, self.runs.pause, self.live.pause, self.edits.pause)

    def close(self) -> None:
        """Let go of the fork server, and wait a little for what is still being written.

        Runs that go on do so. Called twice, it does nothing more.
        """
        if self._begun:
            if (sweeps := self._sweeps_begun) is not None:
                sweeps.close()
            if (targets := self._targets_begun) is not None:
                targets.close()
            self.server.close()
            self.edits.finish()
            if (scratch := self._scratch_begun) is not None:
                scratch.close()
            if "code_help" in self.__dict__:
                self.code_help.close()
        self.disk.finish(_LAST_SECONDS)

    @property
    def going(self) -> Going:
        """What would go on if the session was closed now."""
        if not self._begun:
            return Going()
        sweeps, current = self._sweeps_begun, self.runs.current
        sweep = sweeps.current if sweeps is not None and sweeps.running else None
        return Going(
            run=self.runs.own_running,
            run_id=current.record.id if current is not None and self.runs.running else "",
            sweep=sweep is not None,
            waiting=sweep.count("waiting") if sweep is not None else 0,
            queued=sweep.count("queued") if sweep is not None else 0,
        )

    def open(self, path: Path, cell: int | None = None) -> None:
        """Read a program and show it, at a cell or where it was left; an event follows."""
        self.opened.open(path, cell)

    def run(self, until: int | None = None) -> None:
        """Start a run with the values in the form, or say what stands in the way.

        While the program is still to be there, the run waits for it.

        Args:
            until: Index of the last cell to run; None for the whole program.
        """
        waits = not self._begun or self.opened.reading is not None or self.edits.loading
        if until is None and waits:
            self._run_when_ready = True
        else:
            self.starter.run(until)

    def stop(self) -> None:
        """Stop the run on show, or what is tried where no run goes on; what waits comes first."""
        if (starter := self._starter_begun) is not None and starter.take_back():
            return
        scratch = self._scratch_begun
        if scratch is not None and not self.runs.own_running and scratch.stop():
            return
        try:
            if not self._begun or not self.runs.stop():
                self._emit(Notice("Nothing is running."))
        except Problem as problem:
            self._emit(ProblemRaised(problem))

    def stop_and_then(self, after: Callable[[], object]) -> None:
        """Stop the run and the sweep that go on, and call `after` when they are over."""
        try:
            self.runs.stop_and_then(lambda: self.sweeps.stop_and_then(after))
        except Problem as problem:
            self._emit(ProblemRaised(problem))

    def toggle_live(self) -> None:
        """Turn live mode on or off."""
        if self.live.toggle():
            text = "Live: every change runs at once. Nudge values with the arrow keys."
            self._emit(Notice(text))
            self.starter.rerun()
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

    def list_presets(self) -> None:
        """List the presets of the program on show; `PresetsListed` follows."""
        if self.program is None:
            self._emit(Notice("Open a program first.", severity="warning"))
        else:
            self.presets.list(self.program)

    def tell_problem(self, problem: Problem) -> None:
        """Tell a problem that came up where the session is shown."""
        self._emit(ProblemRaised(problem))

    def _opened(self, program: Program, before: Program | None, reloaded: bool) -> None:
        same = before is not None and before.path == program.path
        self.form.show(program, keep=same)
        kept, wanted = self.course.of(program), self.opened.wanted_place
        left = kept.cell if kept is not None else 0
        place = left if wanted is None else wanted
        self._emit(ProgramOpened(program, reloaded, same and wanted is None, place))
        self.edits.open(program, as_run=self.opened.as_run, reloaded=reloaded)
        if (scratch := self._scratch_begun) is not None:
            scratch.forget()
        if reloaded:
            self._emit(Notice("The file changed; it was read again."))
        else:
            self._newest_wanted = True
            self.settings.lesson = self.library.name_of(program)
            if self.settings.lesson == str(program.path):
                self.settings.note_recent(program.path, program.title)
            self.keep_settings()
        self.live.changed()
        self.list_runs()
        self.environments.open(program)
        self.commands.open(program)
        if self._run_when_ready:
            self._run_when_ready = False
            self.run()

    def _edits_ready(self) -> None:
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
        elif isinstance(event, EditsChanged):
            if event.parameters:
                self.form.show(event.program, keep=True)
        elif isinstance(event, RunEnded) and event.own:
            program, run = self.program, event.run
            if program is not None and run.record.request.lesson == program.id:
                self.course.note_run(program, run.record.id, run.state)
                self.environments.tell_who_has(run.state.error)
        elif isinstance(event, RunsListed):
            self._show_newest(event)
        elif isinstance(event, CourseChanged):
            self.quiz.look()
        self._emit(event)

    def _devices_listed(self, devices: DeviceList) -> None:
        self.form.show_devices(devices)
        self._emit(DevicesListed(devices))
