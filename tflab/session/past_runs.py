"""Using a run of the past: showing it as it was, its values in the form, run again, as a line."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from enum import Enum
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from tflab.programs.code_cells import with_cells
from tflab.programs.edits import program_as_run, source_with_answers
from tflab.programs.program import Program
from tflab.programs.reader import ProgramError, program_text, read_program
from tflab.runs.compare import text_diff
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem, RunOptions, RunRecord, RunRequest
from tflab.session.approval import Approval
from tflab.session.command_line import copied_text, request_line
from tflab.session.continuing import Continuation, continuation_of, read_assignments
from tflab.session.events import DifferenceShown, Emit, Notice, ProblemRaised, TextCopied
from tflab.session.form import Form
from tflab.session.open_program import OpenProgram
from tflab.session.question_events import LineAsked
from tflab.session.runs import Runs
from tflab.session.targets import place_key
from tflab.session.trust import others_at
from tflab.targets.devices import Device, DeviceList, find_device

_T = TypeVar("_T")


class RunUse(Enum):
    """What is to be done with a run of the past."""

    SHOW = "show"
    VALUES = "values"
    RERUN = "rerun"
    CONTINUE = "continue"
    COMMAND = "command"
    CODE = "code"


_STARTING = (RunUse.SHOW, RunUse.RERUN, RunUse.CONTINUE)


class _Past(NamedTuple):
    """A run of the past: its request, its program as it was, and whether the file still is so."""

    request: RunRequest
    program: Program | ProgramError
    current: bool
    folder: Path


class PastRuns:
    """Brings runs of the past to the open program, the form, and the run on show.

    Args:
        opened: The program on show.
        form: Takes values.
        runs: Shows and starts runs.
        approval: Passes what is run again.
        options: Gives what a run may take now.
        devices: Calls back with the devices of this machine.
        disk: Where records and files are read.
        emit: Is told what comes of it.
    """

    def __init__(
        self,
        opened: OpenProgram,
        form: Form,
        runs: Runs,
        approval: Approval,
        options: Callable[[], RunOptions],
        devices: Callable[[Callable[[DeviceList], object]], object],
        disk: DiskQueue,
        emit: Emit,
    ) -> None:
        self._opened = opened
        self._form = form
        self._runs = runs
        self._approval = approval
        self._options = options
        self._devices = devices
        self._disk = disk
        self._emit = emit

    def use(self, run: str, use: RunUse) -> None:
        """Do something with a run; what is wrong with it is told."""
        if use is RunUse.COMMAND:
            self._read(lambda: self._line_of(run), self._emit)
        elif use is RunUse.CODE:
            self._read(lambda: code_of(self._runs.store.record(run)), self._emit)
        elif use in _STARTING and self._runs.own_running:
            text = "Wait for the run to end, or stop it (^x)."
            self._emit(Notice(text, severity="warning"))
        elif use is RunUse.CONTINUE:
            self._continue(run, {})
        else:
            self._read(lambda: self._past(run), lambda past: self._take(past, run, use))

    def _take(self, past: _Past, run: str, use: RunUse) -> None:
        if use is RunUse.SHOW:
            self._show_program(past)
            self._runs.open(run)
        elif use is RunUse.RERUN:
            self._devices(lambda devices: self._try(lambda: self._run_again(past, devices)))
        else:
            shown, request = self._opened.program, past.request
            if shown is None or shown.id != request.lesson:
                self._show_program(past)
            self._form.set_values(request.parameters, request.seed, place_key(request))
            self._emit(Notice("The form has this run's values."))

    def _continue(self, run: str, texts: Mapping[str, str]) -> None:
        """Go on with a run; how much longer, where it came to its end, is asked first."""

        def take(found: Continuation) -> None:
            if found.finished and not texts and found.length:
                self._emit(
                    LineAsked(
                        title="Go on with a run that has finished",
                        about="Give it more to do, such as another number of epochs.",
                        text=found.length,
                        take=lambda text: self._try(
                            lambda: self._continue(run, read_assignments(text))
                        ),
                    )
                )
                return
            for note in found.notes[1:]:
                self._emit(Notice(note))
            current = program_text(Path(found.request.path)) == found.request.file_source
            past = _Past(found.request, found.program, current, found.folder)
            self._devices(lambda devices: self._try(lambda: self._run_again(past, devices)))

        self._read(lambda: continuation_of(self._runs.store, run, texts), take)

    def _show_program(self, past: _Past) -> None:
        """Show the program as the run had it; where it has changed since, say so."""
        shown, program = self._opened.program, past.program
        if isinstance(program, ProgramError):
            self._emit(ProblemRaised(program))
            return
        if shown is not None and (shown.path, shown.source) == (program.path, program.source):
            return
        self._opened.show(program)
        if past.current:
            self._emit(
                Notice(
                    "You see the program with the code that this run had; open it from the list "
                    "for yours as it is now.",
                    title="Program as run",
                )
            )
        else:
            self._emit(
                Notice(
                    "The file has changed since. You see it as this run had it; open it "
                    "from the list for the file as it is now.",
                    title="Program as run",
                )
            )

    def _run_again(self, past: _Past, devices: DeviceList) -> None:
        """Run exactly this again, with what a run now may take, through what every run passes.

        A GPU may have another number by now; its own name for itself finds it again.

        Raises:
            Problem: When the device is not there, or the program is not read any more.
        """
        program = past.program
        if isinstance(program, ProgramError):
            raise program
        device = same_device(past.request, devices)
        request = dataclasses.replace(
            with_cells(past.request),
            device=device.gives or device.key,
            device_uuid=device.uuid,
            target=device.target,
            stdin="asked",
            **dataclasses.asdict(self._options()),
        )
        self._show_program(past)
        start = partial(self._runs.start, request)
        # An edit that was typed here was the person's own, unless others may write to the run.
        edited = source_with_answers(program) if program.edits and others_at(past.folder) else ""
        self._approval.require(program.path, program.file_source, [device], start, edited=edited)

    def _past(self, run: str) -> _Past:
        request = self._runs.store.record(run).request
        program: Program | ProgramError
        try:
            program = program_as_run(request)
        except ProgramError as problem:
            program = problem
        return _Past(request, program, _is_current(request), self._runs.store.folder(run))

    def _line_of(self, run: str) -> TextCopied:
        request = self._runs.store.record(run).request
        line, current = line_of(request)
        return TextCopied(line, copied_text(current, edited=bool(request.edits)))

    def _read(self, read: Callable[[], _T], take: Callable[[_T], object]) -> None:
        def brought(done: Future[_T]) -> None:
            self._try(lambda: take(done.result()))

        self._disk.do_then(read, brought)

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Problem as problem:
            self._emit(ProblemRaised(problem))


def code_of(record: RunRecord) -> DifferenceShown | Notice:
    """Return how the code that a run had differs from the file's, now or as it was then."""
    request = record.request
    before, now = request.file_source, program_text(Path(request.path))
    name = f"Run {record.id}"
    parts: list[str] = []
    if request.source != before:
        names = f"{request.lesson} in its file", f"{request.lesson} as it ran"
        parts.append(text_diff(*names, before, request.source))
    if now is not None and now != before:
        parts.append(
            text_diff(f"{request.lesson} at that time", f"{request.lesson} now", before, now)
        )
    if not parts:
        gone = now is None
        text = "Its file cannot be read now." if gone else "It ran the code that the file has now."
        return Notice(text)
    return DifferenceShown(f"{name}: its code", "\n\n".join(parts))


def same_device(request: RunRequest, devices: DeviceList) -> Device:
    """Return the device that a run was on, by its own name for itself or else by its number.

    Raises:
        Problem: When it is not there.
    """
    if request.target:
        return find_device(place_key(request), devices)
    named = [d for d in devices.devices if d.uuid and d.uuid == request.device_uuid]
    return named[0] if named else find_device(request.device, devices)


def line_of(request: RunRequest) -> tuple[str, bool]:
    """Return the line that makes a run again, and whether the program is still as it was.

    A file that is gone or bad now has no defaults, so every value is written.
    """
    try:
        program = read_program(Path(request.path))
    except ProgramError:
        return request_line(request, {}, ()), False
    questions = tuple(question.id for question in program.questions)
    current = not request.edits and program.source == request.source
    return request_line(request, program.defaults, questions), current


def _is_current(request: RunRequest) -> bool:
    return program_text(Path(request.path)) == request.file_source
