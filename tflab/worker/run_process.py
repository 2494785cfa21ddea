"""The process of one run, from a fork of the fork server (or a fresh interpreter) to its end."""

from __future__ import annotations

import dataclasses
import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from tflab import lab
from tflab.recording.bounded_log import BoundedLog
from tflab.recording.event_files import EventFiles
from tflab.recording.journal import Journal
from tflab.recording.run_recorder import RunRecorder
from tflab.runs.events import Ended, Environment, Error, Event, Notice, Started
from tflab.runs.log_writer import FILES, RECORD
from tflab.runs.lost import as_asked
from tflab.runs.processes import start_of, this_host
from tflab.runs.record import Problem, needs_fresh_process, read_record
from tflab.runs.reserve import give_back
from tflab.worker.autolog import Autolog
from tflab.worker.capture import OUTPUT_LIMIT, Capture
from tflab.worker.cells import Execution, OpenCell
from tflab.worker.continuing import go_on
from tflab.worker.devices import check_device, choose_device
from tflab.worker.environment import environment
from tflab.worker.exercises import excused
from tflab.worker.exit_codes import DISK_FAILED, INTERNAL, leave
from tflab.worker.flush_files import flush_open_files
from tflab.worker.interrupt import Interrupt
from tflab.worker.leaving import ExitHandlers, unfinished_threads, wait_for_threads
from tflab.worker.limits import limit_memory, limit_threads, lower_priority
from tflab.worker.matplotlib_figures import MatplotlibFigures
from tflab.worker.options_used import OptionsUsed
from tflab.worker.orphans import keep_orphans, let_go_of_pools
from tflab.worker.outcome import cancelled, code_of_child, outcome
from tflab.worker.scratch import make_scratch, remove_scratch
from tflab.worker.seeds import set_seeds
from tflab.worker.standard_input import forget_input, set_input
from tflab.worker.system_use import SystemUse

_RESET = (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE, signal.SIGQUIT)


def execute(folder: Path, journal: Journal) -> NoReturn:
    """Execute the run of `folder` in this process, and leave with its exit code.

    Args:
        folder: The run folder.
        journal: Where its points wait.
    """
    code = INTERNAL
    try:
        with RunProcess(folder, journal) as process:
            # The lesson's code is called from here and no deeper: TensorFlow walks the whole stack
            # at every eager operation, and each frame below the lesson's slows a small step by
            # 0.2 to 0.3 %.
            for cell in process.cells():
                with process.interrupt.armed(), excused(cell.excuse), cell.guard:
                    if cell.awaits:
                        process.run_in_loop(cell)
                        continue
                    exec(cell.statements, cell.names)
                    if cell.expression is not None:
                        cell.value = eval(cell.expression, cell.names)
        code = process.code
    finally:
        # Whatever the lesson left running must not hold the process.
        leave(code)


class RunProcess:
    """What is around a lesson's code in its process: session, files, device, log, how it ended.

    A context manager. Leaving it, whatever the lesson raised, writes the end into the log and
    raises nothing of the lesson's on.

    Args:
        folder: The run folder.
        journal: Where its points wait to be written.

    Attributes:
        interrupt: The handler of SIGINT, to be armed around the lesson's code.
        code: The exit code to leave with, once the block was left.

    Raises:
        OSError: When the run folder cannot be written.
    """

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.code = 0
        self._folder = folder
        self._execution: Execution | None = None
        self._told: Environment | None = None
        _own_session()
        keep_orphans()
        self.interrupt = Interrupt()
        self.interrupt.install()
        self._handlers = ExitHandlers()
        self._handlers.install()
        capture = Capture(folder, journal)
        record = read_record(folder / RECORD)
        self._request = record.request

        self._summaries = EventFiles()

        def watch() -> Iterable[Event]:
            news = self._summaries.news()
            return [*news, _cut_notice(capture)] if capture.watch() else news

        guesses = record.request.guesses
        self._recorder = RunRecorder(
            folder,
            BoundedLog(folder),
            guesses,
            capture.printed,
            watch,
            journal,
            reads_later=record.request.device != "cpu",
        )
        set_input(record.request, folder, self._recorder)
        self._options = OptionsUsed(record.request, self._recorder)
        self._options.install()
        self._figures = MatplotlibFigures(self._recorder, record.request)
        self._autolog = Autolog(self._recorder, self._figures, self._summaries)
        self._pid = os.getpid()

    def __enter__(self) -> RunProcess:
        began = start_of(self._pid) or 0.0
        self._recorder.emit(
            Started(time=time.time(), pid=self._pid, process_start=began, host=this_host())
        )
        os.register_at_fork(after_in_child=self._recorder.detach)
        lab.attach(self._recorder)
        choose_device(self._request)
        lower_priority(self._request)
        make_scratch(self._folder.name)
        self._clock = time.monotonic()
        self._tell_environment()
        SystemUse(self._request.device, self._recorder.tell).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if os.getpid() != self._pid:
            # A child that the lesson forked and that came this far: the run is its parent's.
            self.code = code_of_child(error, self._handlers)
            return True
        errors, end = self._leave(*self._ending(error))
        self.interrupt.ignore()
        with suppress(Problem):
            # A log that cannot be written is said below.
            self._autolog.end()
        self._figures.end()
        flush_open_files()
        let_go_of_pools()
        forget_input(self._folder)
        # What was written past Python is in its place before the run has ended.
        self._recorder.at()
        self._tell_environment()
        end = as_asked(self._folder, end)
        end = dataclasses.replace(end, seconds=time.monotonic() - self._clock)
        if not self._recorder.finish(*errors, end):
            self.code = DISK_FAILED
            return True
        give_back(self._folder)
        remove_scratch(self._folder.name)
        self.code = 0 if end.state == "finished" else 1
        return True

    def cells(self) -> Iterator[OpenCell]:
        """Yield the lesson's code cells, up to the one that was asked for, each to be executed.

        Raises:
            Problem: When its device is not there.
            KeyboardInterrupt: When SIGINT came, whether or not the lesson swallowed it.
        """
        self._make_ready()
        self._figures.install()
        self._autolog.begin(self._request)
        self._execution = Execution(
            self._request,
            self._folder,
            self._recorder,
            self.interrupt,
            self._figures,
            self._autolog,
        )
        yield from self._execution.cells()
        self._recorder.settle()

    def run_in_loop(self, cell: OpenCell) -> None:
        """Execute a cell that awaits something."""
        assert self._execution is not None
        self._execution.run_in_loop(cell)

    def _ending(self, error: BaseException | None) -> tuple[list[Error], Ended]:
        cell = self._execution.cell if self._execution else None
        names = list(self._execution.names) if self._execution else []
        refused = self._options.refused
        return outcome(error, self._request, self.interrupt.asked, cell, names, refused)

    def _leave(self, errors: list[Error], end: Ended) -> tuple[list[Error], Ended]:
        """Do what Python does at the end of a program; return what is still to be written."""
        with suppress(Problem):
            self._options.tell(whole=end.state == "finished")
        try:
            with self.interrupt.armed(again=end.state == "cancelled"):
                if unfinished_threads() or end.state == "failed":
                    # What follows may take long, and what went wrong is not to wait for it.
                    errors = self._write_at_once(errors)
                self._see_to_threads(end)
                for wrong in self._handlers.run():
                    self._notice(wrong)
        except KeyboardInterrupt:
            if end.state == "finished":
                end = cancelled("Stopped after its last line, while it was leaving.")
        return errors, end

    def _see_to_threads(self, end: Ended) -> None:
        """Wait for the threads of a program that was run to its end, as Python does."""
        request = self._request
        notebook = request.path.lower().endswith(".ipynb")
        if not notebook and request.until is None and end.state != "cancelled":
            wait_for_threads(
                lambda names: self._notice(f"It has come to its end, and waits for {_few(names)}.")
            )
        elif names := [thread.name for thread in unfinished_threads()]:
            self._notice(
                f"Threads that had not ended are ended with the run: {_few(names)}. "
                "Join them to keep what they still do."
            )

    def _write_at_once(self, errors: list[Error]) -> list[Error]:
        try:
            for error in errors:
                self._recorder.emit(error)
        except Problem:
            # The log takes nothing now; it is tried again with the last words.
            return errors
        return []

    def _notice(self, text: str) -> None:
        # A log that takes nothing is told of with the run's end.
        with suppress(Problem):
            self._recorder.emit(Notice(text=text, at=self._recorder.at()))

    def _tell_environment(self) -> None:
        """Say what this process runs in, once more where the lesson has loaded something else."""
        found = environment()
        if found != self._told:
            self._told = found
            self._recorder.emit(found)

    def _make_ready(self) -> None:
        if names := needs_fresh_process(self._request):
            said = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
            text = f"It runs in a fresh process, since it sets {said} before a library is loaded."
            self._recorder.emit(Notice(text=text))
        with self.interrupt.armed():
            go_on(self._request, self._folder, self._recorder)
        limit_threads(self._request)
        check_device(self._request)
        if not limit_memory(self._request):
            self._recorder.emit(Notice(text="This system cannot limit a run's memory."))
        set_seeds(self._request.seed)
        home = Path(self._request.path).parent
        os.chdir(home if home.is_dir() else self._folder / FILES)


def _own_session() -> None:
    """Lead a session and a process group; take signals as any fresh program would."""
    if os.getsid(0) != os.getpid():
        os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for number in _RESET:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _few(names: list[str]) -> str:
    return f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"


def _cut_notice(capture: Capture) -> Notice:
    limit = OUTPUT_LIMIT >> 20
    text = f"The output was cut at {limit} MiB; what is printed from here on is not kept."
    return Notice(text=text, at=capture.printed())
