"""The workbench without a screen.

A session always exists, from before the first paint on; what it needs for more than that comes when
it begins. Whoever owns it calls `advance` again and again, `deliver` when it is woken, and hears of
everything through one callback.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tflab.programs.library import LessonEntry, find_lessons, read_texts
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem, RunOptions
from tflab.session.disk import SessionDisk
from tflab.session.events import (
    DevicesListed,
    Emit,
    Event,
    FormChanged,
    LessonsRead,
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
    from tflab.runs.trash import Trash
    from tflab.session.approval import Approval
    from tflab.session.course import CourseProgress
    from tflab.session.devices import DeviceWatch
    from tflab.session.discovery import Discovery
    from tflab.session.environments import Environments
    from tflab.session.form import Form
    from tflab.session.history import RunHistory
    from tflab.session.history_work import HistoryWork
    from tflab.session.past_runs import PastRuns
    from tflab.session.presets import Presets
    from tflab.session.runs import Runs
    from tflab.session.server import Server
    from tflab.session.sweep_events import SweepBasis
    from tflab.session.sweeps import Sweeps
    from tflab.targets.devices import Device, DeviceList
    from tflab.targets.environments import Environment

BUSY_SECONDS = 0.03
IDLE_SECONDS = 0.25
_LAST_SECONDS = 2.0


class Going(NamedTuple):
    """What goes on.

    Attributes:
        run: Whether a run does that was started here.
        run_id: Id of the run on show, if it goes on.
        sweep: Whether a sweep does.
        waiting: How many of its runs have not begun.
    """

    run: bool = False
    run_id: str = ""
    sweep: bool = False
    waiting: int = 0


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
        self._environment_queue = DiskQueue(wake)
        self.settings = load_settings()
        self.entries: list[LessonEntry] = find_lessons()
        self.glossary: dict[str, str] = {}
        self.disk = SessionDisk(emit, wake)
        self._slow_disk = self.disk.beside()
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
        from tflab.targets.server_pool import ServerPool

        return Server(self._emit, ServerPool())

    @cached_property
    def environments(self) -> Environments:
        """The environment of the open program."""
        from tflab.session.environments import Environments

        return Environments(self._environment_queue, self._emit, use=self.server.run_in)

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

        def on_show() -> str | None:
            return self.program.source if self.program is not None else None

        return Approval(self.disk, self._emit, on_show=on_show)

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

    @cached_property
    def past_runs(self) -> PastRuns:
        """What can be done with runs of the past."""
        from tflab.session.past_runs import PastRuns

        return PastRuns(
            self.opened,
            self.form,
            self.runs,
            self.approval,
            lambda: self.settings.options,
            self.devices.when_known,
            self.disk,
            self._emit,
        )

    @cached_property
    def history(self) -> RunHistory:
        """The list of runs."""
        from tflab.session.history import RunHistory

        return RunHistory(self.runs.store, self._trash, self._slow_disk, self._emit)

    @cached_property
    def history_work(self) -> HistoryWork:
        """What can be done with runs of the list."""
        from tflab.session.history_work import HistoryWork, RunsChanged

        def hear(event: Event) -> None:
            if isinstance(event, RunsChanged):
                self.list_runs()
            self._emit(event)

        return HistoryWork(self.runs.store, self._trash, self._slow_disk, hear)

    @cached_property
    def discovery(self) -> Discovery:
        """The runs that were not started here."""
        from tflab.session.discovery import Discovery, RunDiscovered

        runs = self.runs

        def hear(event: Event) -> None:
            if isinstance(event, RunDiscovered):
                runs.watch(event.run)
            self._emit(event)

        return Discovery(
            runs.store,
            self._slow_disk,
            hear,
            is_own=runs.own.__contains__,
            server_pids=lambda: self.server.pids,
            clock=self._clock,
        )

    @cached_property
    def sweeps(self) -> Sweeps:
        """The sweep that goes on, and earlier ones."""
        from tflab.session.sweep_events import SweepEnded
        from tflab.session.sweeps import Sweeps

        def hear(event: Event) -> None:
            program = self.program.id if self.program is not None else ""
            if isinstance(event, SweepEnded) and event.sweep.plan.lesson == program:
                self.list_runs()
            self._emit(event)

        return Sweeps(
            self.runs.store,
            self.disk,
            hear,
            server=self.server.ready,
            approve=self._approve_sweep,
            devices=self.devices.when_known,
            basis=self._sweep_basis,
            python=self.environments.python_of,
        )

    @cached_property
    def _trash(self) -> Trash:
        from tflab.runs.trash import Trash

        return Trash(self.runs.store)

    @property
    def _sweeps_begun(self) -> Sweeps | None:
        """The sweeps, if any was ever asked for."""
        found: Sweeps | None = self.__dict__.get("sweeps")
        return found

    def begin(self) -> None:
        """Start the fork server, and open the first program. TensorFlow takes longest, so first."""
        self._begun = True
        from tflab.session.server import likely_our_own

        if likely_our_own():
            self.server.warm_up()
        self.course.read()
        self.disk.do_then(_read_glossary, self._take_glossary)
        path = self.first_program
        if path is not None:
            self.open(path)
        self.discovery.begin()

    def deliver(self) -> None:
        """Take in what the disk and the drivers have given meanwhile."""
        self.disk.deliver()
        self._device_queue.deliver()
        self._environment_queue.deliver()

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
        return min(busy, self.runs.pause, self.live.pause)

    def close(self) -> None:
        """Let go of the fork server, and wait a little for what is still being written.

        Runs that go on do so. Called twice, it does nothing more.
        """
        if self._begun:
            if (sweeps := self._sweeps_begun) is not None:
                sweeps.close()
            self.server.close()
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
        )

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

    def list_runs(self) -> None:
        """List the newest runs of the program on show; `RunsListed` follows."""
        if self.program is not None:
            self.history.list_lesson(self.program.id)

    def list_presets(self) -> None:
        """List the presets of the program on show; `PresetsListed` follows."""
        if self.program is None:
            self._emit(Notice("Open a lesson first.", severity="warning"))
        else:
            self.presets.list(self.program)

    def read_lessons(self) -> None:
        """Read all lessons, to be searched; `LessonsRead` follows."""
        entries = tuple(self.entries)

        def take(read: Future[dict[Path, str]]) -> None:
            self._emit(LessonsRead(read.result()))

        self.disk.do_then(lambda: read_texts(entries), take)

    def follow(self) -> None:
        """Show the run last told of: its program, its whole curve, live if it still goes on."""
        found = self.discovery.take_offer()
        if found is None:
            self._emit(Notice("No other run was found."))
            return
        if self.runs.own_running:
            self.discovery.offer = found
            text = "Wait for the run to end, or stop it (^x)."
            self._emit(Notice(text, severity="warning"))
            return
        request = found.record.request
        self.runs.open(found.record.id)
        if self.program is None or self.program.id != request.lesson:
            path = Path(request.path)

            def open_it(there: Future[bool]) -> None:
                if there.result():
                    self.open(path)

            self.disk.do_then(path.is_file, open_it)

    def tell_problem(self, problem: Problem) -> None:
        """Tell a problem that came up where the session is shown."""
        self._emit(ProblemRaised(problem))

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
        self.environments.require(lambda found: self._begin_in(found, program, until))

    def _begin_in(self, environment: Environment, program: Program, until: int | None) -> None:
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
                python=environment.request_python,
            )
        )

    def _approve_sweep(
        self, path: Path, source: str, devices: Sequence[Device], then: Callable[[], object]
    ) -> None:
        """Approve of a sweep, and see that its environment serves."""
        self.approval.require(
            path, source, devices, lambda: self.environments.require(lambda _: then())
        )

    def _sweep_basis(self) -> SweepBasis | None:
        from tflab.session.sweep_events import SweepBasis

        program, form = self.program, self.form
        if program is None:
            return None
        return SweepBasis(program, form.values, form.seed, form.device_key, self.settings.options)

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
        self.list_runs()
        self.environments.open(program)
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
                self.environments.tell_who_has(run.state.error)
        self._emit(event)

    def _devices_listed(self, devices: DeviceList) -> None:
        self.form.show_devices(devices)
        self._emit(DevicesListed(devices))

    def _take_glossary(self, read: Future[dict[str, str]]) -> None:
        self.glossary = read.result()


def _read_glossary() -> dict[str, str]:
    from tflab.data import glossary

    return glossary()
