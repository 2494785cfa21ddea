"""Lines to try after a cell, with the state that a run has there; the program stays as it is.

That state is nowhere kept once a run is over. So the program runs up to the cell, with the values
in the form, and then the lines: as a run beside the others, which no list shows and which goes with
the next one.
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from tflab.runs.disk_queue import DiskQueue
from tflab.runs.paths import data_folder
from tflab.runs.record import Problem, RunOptions, RunRecord, RunRequest
from tflab.runs.store import RunStore
from tflab.session.approval import Approval
from tflab.session.edit_events import ScratchShown
from tflab.session.edits import Edits
from tflab.session.environments import Environments
from tflab.session.events import Emit, Notice, ProblemRaised, ValueRefused
from tflab.session.form import Form
from tflab.session.open_program import OpenProgram
from tflab.session.server import Server
from tflab.targets.live_run import LiveRun
from tflab.targets.requests import with_scratch
from tflab.targets.runner import hand_over, versions

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.targets.environments import Environment

_BUSY_SECONDS = 0.03
_DISK_SECONDS = 0.01
_LONG_SECONDS = 3.0
"""Seconds after which it is said what takes so long."""


class Scratch:
    """Tries lines after cells of the program on show, one try at a time.

    Args:
        opened: The program on show.
        edits: Its edits.
        form: Has the values and the device.
        approval: Every run passes through it.
        environments: Gives the environment that serves.
        server: The fork server.
        options: Gives what a run may take of the machine now.
        disk: Does what waits for the disk.
        emit: Is told what comes of it.
        clock: Monotonic seconds; injected by tests.

    Attributes:
        texts: What was tried last after each cell, by the cell's index.
    """

    def __init__(
        self,
        opened: OpenProgram,
        edits: Edits,
        form: Form,
        approval: Approval,
        environments: Environments,
        server: Server,
        options: Callable[[], RunOptions],
        disk: DiskQueue,
        emit: Emit,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opened = opened
        self._edits = edits
        self._form = form
        self._approval = approval
        self._environments = environments
        self._server = server
        self._options = options
        self._disk = disk
        self._emit = emit
        self._clock = clock
        self._store = RunStore(data_folder() / "scratch")
        self._turn = 0
        self._run: LiveRun | None = None
        self._shown: ScratchShown | None = None
        self._say_at = math.inf
        self.texts: dict[int, str] = {}

    @property
    def going(self) -> bool:
        """Whether a try goes on."""
        return self._run is not None and not self._run.over

    @property
    def pause(self) -> float:
        """Seconds until `advance` is to be called again."""
        return _BUSY_SECONDS if self.going else math.inf

    def run(self, cell: int, text: str) -> None:
        """Try some lines after a cell; `ScratchShown` follows, again and again."""
        self.texts[cell] = text
        self._edits.settle(partial(self._approve, cell, text))

    def stop(self) -> bool:
        """Stop the try that goes on; return whether there was one."""
        run = self._run
        if run is None or run.over:
            return False
        run.stop()
        return True

    def forget(self) -> None:
        """Let go of what was tried, when another program is shown."""
        self._turn += 1
        self.texts.clear()
        self._let_go()

    def advance(self) -> None:
        """Read what is new of the try."""
        run, shown = self._run, self._shown
        if run is None or shown is None or run.over:
            return
        if self._clock() >= self._say_at:
            self._say_at = math.inf
            text = "The cells above run first, as state is kept only while a run goes on. ^x stops."
            self._emit(Notice(text, title="Trying it"))
        if run.advance(_DISK_SECONDS, self._disk):
            self._emit(shown)

    def close(self) -> None:
        """Stop what goes on: nobody would look at it any more."""
        self._let_go()

    def _approve(self, cell: int, text: str) -> None:
        program, bad, refusal = self._opened.program, self._form.first_bad, self._edits.refusal()
        if program is None:
            return
        if refusal is not None:
            self._emit(refusal)
        elif bad is not None:
            self._emit(ValueRefused(bad.parameter.name, bad.problem or ""))
        else:
            device = self._form.device

            def begin(environment: Environment) -> None:
                self._begin(program, environment, cell, text)

            self._approval.require(
                program.path,
                program.file_source,
                [device] if device is not None else [],
                lambda: self._environments.require(begin),
                edited=self._edits.foreign(),
            )

    def _begin(self, program: Program, environment: Environment, cell: int, text: str) -> None:
        if program is not self._opened.program:
            return
        self._let_go()
        self._turn += 1
        turn = self._turn
        form = self._form
        request, index = with_scratch(
            program,
            form.values,
            cell,
            text,
            seed=form.seed,
            device=form.device,
            options=self._options(),
            python=environment.request_python,
        )
        try:
            server = self._server.ready(request.python)
        except Problem as problem:
            self._emit(ProblemRaised(problem))
            return

        def take(made: Future[RunRecord]) -> None:
            if turn != self._turn:
                return
            try:
                record = made.result()
                self._run = hand_over(server, record, self._store.root / record.id)
            except Problem as problem:
                self._emit(ProblemRaised(problem))
                return
            self._say_at = self._clock() + _LONG_SECONDS
            self._shown = ScratchShown(cell, text, index, self._run)
            self._emit(self._shown)

        self._disk.do_then(partial(self._make, request), take)

    def _make(self, request: RunRequest) -> RunRecord:
        # What is left of earlier sittings goes; each try has been seen by then.
        for old in list(self._store.ids())[1:]:
            shutil.rmtree(self._store.root / old, ignore_errors=True)
        return self._store.create(request, versions())

    def _let_go(self) -> None:
        """Stop the try before, and take its folder away once it is over."""
        run, self._run, self._shown = self._run, None, None
        if run is None:
            return
        if run.state.ended is None:
            run.stop()
        else:
            self._disk.do(partial(shutil.rmtree, run.folder, ignore_errors=True))
