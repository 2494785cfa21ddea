"""What a session is made of: its pieces, each made when first asked for, and what they share."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.runs.disk_queue import DiskQueue
from tflab.session.disk import SessionDisk
from tflab.session.events import Emit, Event
from tflab.session.library import Library
from tflab.session.live_mode import LiveMode
from tflab.session.open_program import OpenProgram
from tflab.session.settings import load_settings

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.runs.problem import Problem
    from tflab.runs.record import RunRequest
    from tflab.session.approval import Approval
    from tflab.session.code_help import CodeHelp
    from tflab.session.course import CourseProgress
    from tflab.session.devices import DeviceWatch
    from tflab.session.edits import Edits
    from tflab.session.environments import Environments
    from tflab.session.form import Form
    from tflab.session.guesses import Guesses
    from tflab.session.presets import Presets
    from tflab.session.quiz_desk import QuizDesk
    from tflab.session.run_starter import RunStarter
    from tflab.session.runs import Runs
    from tflab.session.scratch import Scratch
    from tflab.session.server import Server
    from tflab.session.shell_commands import ShellCommands
    from tflab.session.targets import Targets
    from tflab.targets.devices import DeviceList
    from tflab.targets.host import Host


class SessionPieces(ABC):
    """The pieces of a session, each with what it needs of the others.

    Args:
        emit: Is told everything that happens, on the thread that drives the session.
        wake: Called in another thread when there is something for `deliver`.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        settings: What is remembered between sessions.
        disk: The one queue for everything that touches the disk.
        library: The programs there are to open.
        opened: The program on show.
        live: Live mode.
    """

    def __init__(
        self,
        emit: Emit,
        wake: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._emit = emit
        self._clock = clock
        # Drivers and interpreters may hang, and hang all that waits behind them.
        self._device_queue = DiskQueue(wake)
        self._environment_queue = DiskQueue(wake)
        self._target_queue = DiskQueue(wake)
        self.settings = load_settings()
        self.disk = SessionDisk(emit, wake)
        self._slow_disk = self.disk.beside()
        # Programs often lie on another disk than the data folder, and may be read while that hangs.
        self._programs = programs = self.disk.beside()
        self.opened = OpenProgram(
            programs, self._opened, self._refused, held=lambda: self.approval.asking, clock=clock
        )
        self.library = Library(programs, emit, self.opened.open)
        self.live = LiveMode(self._rerun, clock)

    @property
    def program(self) -> Program | None:
        """The program on show."""
        return self.opened.program

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

        def on_target(request: RunRequest, then: Callable[[Host], object]) -> None:
            self.targets.take(request, then)

        return Runs(RunStore(), self.server, self.disk, self._hear, self._clock, on_target)

    @cached_property
    def approval(self) -> Approval:
        """What a run must pass before it may start."""
        from tflab.session.approval import Approval

        def on_show() -> tuple[str, ...] | None:
            shown = self.program
            if shown is None:
                return None
            from tflab.programs.edits import source_with_answers

            return shown.source, shown.file_source, source_with_answers(shown)

        return Approval(self.disk, self._emit, on_show=on_show)

    @cached_property
    def edits(self) -> Edits:
        """The person's edits of the program on show."""
        from tflab.session.edits import Edits

        return Edits(
            self.opened,
            self.disk,
            self._programs,
            self._hear,
            ready=self._edits_ready,
            changed=self.live.changed,
            clock=self._clock,
        )

    @cached_property
    def commands(self) -> ShellCommands:
        """Whether the shell commands of programs run."""
        from tflab.session.shell_commands import ShellCommands

        return ShellCommands(self.disk, self._emit)

    @cached_property
    def course(self) -> CourseProgress:
        """Where the person stands in the course."""
        from tflab.session.course import CourseProgress

        return CourseProgress(self.disk, self._hear)

    @cached_property
    def quiz(self) -> QuizDesk:
        """Questions for review, and on where to begin."""
        from tflab.session.quiz_desk import QuizDesk

        return QuizDesk(self.disk, self._emit)

    @cached_property
    def guesses(self) -> Guesses:
        """The guesses of the person, and which questions are open."""
        from tflab.session.guesses import Guesses

        return Guesses(self.course, self._emit)

    @cached_property
    def starter(self) -> RunStarter:
        """What starts runs of the program on show."""
        from tflab.session.run_starter import RunStarter

        return RunStarter(
            self.opened,
            self.edits,
            self.form,
            self.guesses,
            self.approval,
            self.environments,
            self.commands,
            self.runs,
            lambda: self.settings.options,
            self._emit,
        )

    @cached_property
    def scratch(self) -> Scratch:
        """Lines that are tried after cells."""
        from tflab.session.scratch import Scratch

        return Scratch(
            self.opened,
            self.edits,
            self.form,
            self.approval,
            self.environments,
            self.server,
            lambda: self.settings.options,
            self.disk,
            self._emit,
            self._clock,
        )

    @cached_property
    def code_help(self) -> CodeHelp:
        """Completion and help for code that is written."""
        from tflab.session.code_help import CodeHelp

        def python() -> str:
            current = self.environments.current
            # Of an environment that is not trusted yet nothing is started.
            return current.request_python if current is not None and current.started else ""

        return CodeHelp(self.disk.beside(waited_for=False), python)

    @property
    def _starter_begun(self) -> RunStarter | None:
        """What starts runs, if anything was ever run."""
        found: RunStarter | None = self.__dict__.get("starter")
        return found

    @property
    def _scratch_begun(self) -> Scratch | None:
        """What is tried, if anything ever was."""
        found: Scratch | None = self.__dict__.get("scratch")
        return found

    @property
    def _targets_begun(self) -> Targets | None:
        """The targets that runs went to, if any ever did."""
        found: Targets | None = self.__dict__.get("targets")
        return found

    @cached_property
    def presets(self) -> Presets:
        """The presets of the open program."""
        from tflab.session.presets import Presets

        return Presets(self.form, self.disk, self._emit)

    @cached_property
    def devices(self) -> DeviceWatch:
        """The devices of this machine."""
        from tflab.session.devices import DeviceWatch

        return DeviceWatch(
            self._device_queue, self._devices_listed, self._clock, self._target_queue
        )

    @cached_property
    def targets(self) -> Targets:
        """The queues and clusters that runs can go to."""
        from tflab.session.targets import Targets

        return Targets(self._target_queue, self._emit, self.server.place_of)

    def _rerun(self) -> None:
        # Only now is the starter made: the first paint does not need it.
        self.starter.rerun()

    @abstractmethod
    def list_runs(self) -> None:
        """List the newest runs of the program on show."""

    @abstractmethod
    def _hear(self, event: Event) -> None:
        """Act on what a piece tells, and pass it on."""

    @abstractmethod
    def _opened(self, program: Program, before: Program | None, reloaded: bool) -> None:
        """Take the program that is now on show."""

    @abstractmethod
    def _edits_ready(self) -> None:
        """Take that the edits of the program on show have been read."""

    @abstractmethod
    def _refused(self, path: Path, problem: Problem) -> None:
        """Take that a file cannot be read as a program."""

    @abstractmethod
    def _devices_listed(self, devices: DeviceList) -> None:
        """Take the devices as they are now."""
