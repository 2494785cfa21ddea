"""From the wish for a run to its request: what stands in the way is said, or asked about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from tflab.runs.record import RunOptions
from tflab.session.approval import Approval
from tflab.session.environments import Environments
from tflab.session.events import Emit, Notice, ValueRefused
from tflab.session.form import Form
from tflab.session.guesses import Guesses
from tflab.session.open_program import OpenProgram
from tflab.session.runs import Runs
from tflab.session.shell_commands import ShellCommands
from tflab.targets.requests import new_request

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.session.edits import Edits
    from tflab.targets.environments import Environment
    from tflab.targets.live_run import LiveRun


class _Wish(NamedTuple):
    """A run that is to begin when another has ended."""

    after: LiveRun
    until: int | None


class RunStarter:
    """Starts runs of the program on show, with the values in the form.

    Who has changed the code since the run that goes on began has a reason to ask for the next one:
    that wish is kept until the run has ended. One that would be the same again is refused.

    Args:
        opened: The program on show.
        edits: The person's edits of it.
        form: Has the values and the device.
        guesses: Has the guesses that hold for the run.
        approval: Every run passes through it.
        environments: Gives the environment that serves.
        commands: Decides whether the program's shell commands run.
        runs: Takes the request.
        options: Gives what a run may take of the machine now.
        emit: Is told what stands in the way.
    """

    def __init__(
        self,
        opened: OpenProgram,
        edits: Edits,
        form: Form,
        guesses: Guesses,
        approval: Approval,
        environments: Environments,
        commands: ShellCommands,
        runs: Runs,
        options: Callable[[], RunOptions],
        emit: Emit,
    ) -> None:
        self._opened = opened
        self._edits = edits
        self._form = form
        self._guesses = guesses
        self._approval = approval
        self._environments = environments
        self._commands = commands
        self._runs = runs
        self._options = options
        self._emit = emit
        self._wish: _Wish | None = None

    def run(self, until: int | None) -> None:
        """Start a run with every edit in it, or say what stands in the way.

        Args:
            until: Index of the last cell to run; None for the whole program.
        """
        self._edits.settle(lambda: self._run(until))

    def _run(self, until: int | None) -> None:
        program, bad = self._opened.program, self._form.first_bad
        refusal = self._edits.refusal()
        if program is None:
            self._emit(Notice("Open a program first.", severity="warning"))
        elif refusal is not None:
            self._emit(refusal)
        elif self._runs.own_running:
            self._wait(program, until)
        elif bad is not None:
            self._emit(ValueRefused(bad.parameter.name, bad.problem or ""))
        else:
            self._start(program, until)

    def _wait(self, program: Program, until: int | None) -> None:
        """Keep the wish for a run until the one that goes on has ended, if it has other code."""
        current = self._runs.current
        if current is None or self._runs.beginning or not _other_code(program, current):
            text = "A run is going on. Stop it first (^x)."
            self._emit(Notice(text, severity="warning"))
            return
        self._wish = _Wish(current, until)
        number = current.record.number
        name = f"#{number}" if number else "the run"
        self._emit(Notice(f"Your code runs when {name} has ended; ^x takes that back."))

    def advance(self) -> None:
        """Begin what was to wait for the end of a run, once that is there.

        Nothing begins if the person went on to another program meanwhile.
        """
        wish, program = self._wish, self._opened.program
        if wish is not None and wish.after.over:
            self._wish = None
            if program is not None and wish.after.record.request.path == str(program.path):
                self.run(wish.until)

    def take_back(self) -> bool:
        """Forget the run that waits for the end of another; return whether there was one."""
        waited, self._wish = self._wish is not None, None
        if waited:
            self._emit(Notice("Taken back: nothing runs after this run. ^x stops it too."))
        return waited

    def rerun(self) -> None:
        """Start a run, superseding one that goes on."""
        self._edits.settle(self._rerun)

    def _rerun(self) -> None:
        program, bad = self._opened.program, self._form.first_bad
        if program is not None and bad is None and self._edits.problem is None:
            self._start(program, None)

    def predict(self) -> None:
        """Ask the program's questions again."""
        program = self._opened.program
        if program is None or not program.questions:
            self._emit(Notice("Nothing is asked here."))
        else:
            self._guesses.ask_again(program)

    def _start(self, program: Program, until: int | None) -> None:
        self._wish = None
        device = self._form.device
        devices = [device] if device is not None else []

        def begin(environment: Environment) -> None:
            self._begin(environment, program, until)

        self._approval.require(
            program.path,
            program.file_source,
            devices,
            lambda: self._commands.settle(program, lambda: self._environments.require(begin)),
            edited=self._edits.foreign(),
        )

    def _begin(self, environment: Environment, program: Program, until: int | None) -> None:
        now = self._opened.program
        if now is not program:
            # The form has the values of another reading by now, if not of another program.
            if now is not None and now.path == program.path and self._edits.problem is None:
                self._start(now, until)
            return
        self._runs.start(
            new_request(
                program,
                self._form.values,
                seed=self._form.seed,
                device=self._form.device,
                until=until,
                guesses=self._guesses.for_run(program, self._form.values),
                options=self._options(),
                python=environment.request_python,
                shell_commands=self._commands.run_in(program.source),
                stdin="asked",
            )
        )


def _other_code(program: Program, run: LiveRun) -> bool:
    """Return whether a program has other code now than a run of it; answers of exercises count."""
    request = run.record.request
    return (program.source, program.edits) != (request.source, request.edits)
