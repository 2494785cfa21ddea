"""The process of one run, from a fork of the fork server (or a fresh interpreter) to its end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from tflab import lab
from tflab.lessons.lesson import Lesson
from tflab.recording.bounded_log import BoundedLog
from tflab.recording.run_recorder import RunRecorder
from tflab.runs.events import Ended, Error, Event, Notice, Started
from tflab.runs.log import FILES, RECORD
from tflab.runs.processes import this_host
from tflab.runs.record import RunRecord, RunRequest
from tflab.runs.reserve import give_back
from tflab.runs.store import process_start
from tflab.worker.capture import OUTPUT_LIMIT, Capture
from tflab.worker.cells import Execution
from tflab.worker.devices import check_device, choose_device
from tflab.worker.errors import explain, leaving
from tflab.worker.interrupt import Interrupt
from tflab.worker.limits import limit_memory, limit_threads, lower_priority
from tflab.worker.orphans import keep_orphans

DISK_FAILED = 74
"""Exit code of a run whose log could not be written to the end."""

_RESET = (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE, signal.SIGQUIT)


def run(folder: Path, prepare: Callable[[], object] = lambda: None) -> int:
    """Run the run of `folder` in this process, and return the exit code to leave with.

    The caller must leave with `os._exit`: what the lesson left running must not hold the process.

    Args:
        folder: The run folder.
        prepare: Called once the output is captured; a fresh interpreter imports TensorFlow here.

    Raises:
        OSError: When the run folder cannot be written.
    """
    _own_session()
    keep_orphans()
    interrupt = Interrupt()
    interrupt.install()
    capture = Capture(folder)
    record = msgspec.json.decode((folder / RECORD).read_bytes(), type=RunRecord)
    request = record.request

    def watch() -> Iterable[Event]:
        return [_cut_notice(capture)] if capture.cut_now() else ()

    recorder = RunRecorder(folder, BoundedLog(folder), request.guesses, capture.printed, watch)
    pid = os.getpid()
    began = process_start(pid)
    recorder.emit(Started(time=time.time(), pid=pid, process_start=began, host=this_host()))
    os.register_at_fork(after_in_child=recorder.detach)
    lab.attach(recorder)
    choose_device(request)
    lower_priority(request)
    clock = time.monotonic()
    *errors, end = _Run(folder, request, recorder, interrupt).perform(prepare)
    interrupt.ignore()
    if os.getpid() != pid:
        # A child that the lesson forked and that came this far: the run is its parent's.
        return 0
    end = msgspec.structs.replace(end, seconds=time.monotonic() - clock)
    if not recorder.finish(*errors, end):
        return DISK_FAILED
    give_back(folder)
    return 0 if end.state == "finished" else 1


class _Run:
    def __init__(
        self, folder: Path, request: RunRequest, recorder: RunRecorder, interrupt: Interrupt
    ) -> None:
        self._folder = folder
        self._request = request
        self._recorder = recorder
        self._interrupt = interrupt
        self._execution: Execution | None = None

    def perform(self, prepare: Callable[[], object]) -> tuple[*tuple[Error, ...], Ended]:
        """Run the lesson; return how it ended, after the error if there was one."""
        try:
            prepare()
            lesson = self._ready()
            self._execution = Execution(
                lesson, self._request.parameters, self._recorder, self._interrupt
            )
            self._execution.run(self._request.until)
            self._recorder.settle()
        except KeyboardInterrupt:
            return (_cancelled("Stopped."),)
        except SystemExit as left:
            return (self._left(left),)
        except BaseException as error:  # noqa: BLE001  # whatever a lesson raises is explained
            return self._failed(error)
        return (Ended(state="finished", time=time.time(), exit_code=0),)

    def _ready(self) -> Lesson:
        from tflab.lessons.reader import parse_lesson

        lesson = parse_lesson(self._request.source, Path(self._request.path))
        limit_threads(self._request)
        check_device(self._request)
        if not limit_memory(self._request):
            self._recorder.emit(Notice(text="This system cannot limit a run's memory."))
        _seed(self._request.seed)
        home = lesson.path.parent
        os.chdir(home if home.is_dir() else self._folder / FILES)
        return lesson

    def _left(self, error: SystemExit) -> Ended:
        if self._interrupt.asked:
            return _cancelled("The lesson left when it was interrupted.")
        code, said = leaving(error)
        if code == 0:
            return Ended(
                state="finished",
                time=time.time(),
                cause="The lesson left early, by sys.exit.",
                exit_code=0,
            )
        return Ended(
            state="failed",
            time=time.time(),
            cause=f"The lesson left by sys.exit with code {code}{f': {said}' if said else '.'}",
            next_step="Look at what it printed before, or remove the call of sys.exit.",
            exit_code=code,
        )

    def _failed(self, error: BaseException) -> tuple[*tuple[Error, ...], Ended]:
        """Explain an error; one that came of an interrupt is no failure of the lesson."""
        cell = self._execution.cell if self._execution else None
        names = list(self._execution.names) if self._execution else []
        found = explain(error, Path(self._request.path), cell, names)
        cause = f"{found.title}: {found.cause}".partition("\n")[0][:300]
        if self._interrupt.asked:
            return (_cancelled(f"While it was stopped: {cause}"),)
        return found, Ended(
            state="failed",
            time=time.time(),
            cause=cause,
            next_step=found.next_step,
            exit_code=1,
        )


def _own_session() -> None:
    """Lead a session and a process group; take signals as any fresh program would."""
    if os.getsid(0) != os.getpid():
        os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for number in _RESET:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _seed(seed: int) -> None:
    import keras

    keras.utils.set_random_seed(seed)


def _cancelled(cause: str) -> Ended:
    return Ended(state="cancelled", time=time.time(), cause=cause, exit_code=130)


def _cut_notice(capture: Capture) -> Notice:
    limit = OUTPUT_LIMIT >> 20
    text = f"The output was cut at {limit} MiB; what is printed from here on is not kept."
    return Notice(text=text, at=capture.printed())
