"""Executing one lesson: its code cells in order, in a fresh `__main__`."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

from tflab.recording.run_recorder import RunRecorder
from tflab.recording.time_limit import time_limit
from tflab.runs.events import CellEnded, CellStarted, Notice, Result
from tflab.runs.record import CodeCell, Problem, RunRequest, cells_to_run
from tflab.worker.autolog import Autolog
from tflab.worker.exercise_failures import answer_name
from tflab.worker.exercise_spans import spans
from tflab.worker.exercises import Exercises
from tflab.worker.interrupt import Interrupt
from tflab.worker.ipython import Shell, notebook_shell
from tflab.worker.main_module import Compiler, awaits, fresh_main, keep_lines, run_awaiting
from tflab.worker.matplotlib_figures import MatplotlibFigures

_NOTHING = compile("", "<nothing>", "exec")


@dataclass
class OpenCell:
    """A code cell that has begun.

    Attributes:
        statements: Its code, but for the last expression.
        expression: That expression, if its value is to be shown.
        names: The global names to execute it with.
        began: When, by `time.perf_counter`.
        excuse: Title of an exercise that is not solved, for which the cell may fail.
        guard: To be entered around the code.
        value: What `expression` gave; whoever executes the cell sets it.
    """

    statements: CodeType
    expression: CodeType | None
    names: dict[str, Any]
    began: float
    excuse: str = ""
    guard: AbstractContextManager[Any] = field(default_factory=nullcontext)
    value: Any = None

    @property
    def awaits(self) -> bool:
        """Whether it awaits something at its top level, and so belongs into an event loop."""
        return awaits(self.statements, self.expression)


class Execution:
    """One execution of a lesson from the top, cell by cell; the code itself is executed outside.

    Attributes:
        cell: Index of the cell that is running, or ran last; None before the first.
        names: The lesson's global names.
    """

    def __init__(
        self,
        request: RunRequest,
        folder: Path,
        recorder: RunRecorder,
        interrupt: Interrupt,
        figures: MatplotlibFigures,
        autolog: Autolog,
    ) -> None:
        self.cell: int | None = None
        self._figures = figures
        self._request = request
        self._recorder = recorder
        self._interrupt = interrupt
        self._autolog = autolog
        self._compiler = Compiler(request)
        self._loop: asyncio.AbstractEventLoop | None = None
        # Kept alive here: a program may put another module in its place.
        self._module = fresh_main(request, folder)
        self.names = self._module.__dict__
        self._notebook: Shell | None = notebook_shell(self.names)
        if self._notebook is not None:
            self._notebook.begin()
        self._exercises = Exercises(
            request, recorder, interrupt, self.names, self._try, self._run_quietly
        )

    def cells(self) -> Iterator[OpenCell]:
        """Yield the code cells in order, up to the one that was asked for.

        Whoever asks for the next one has executed the one before.

        Raises:
            Problem: When there is no code cell.
            SyntaxError: When a cell is no Python.
            KeyboardInterrupt: When SIGINT came, whether or not the lesson swallowed it.
        """
        if not self._request.cells:
            raise Problem(
                "There is nothing to run",
                "The run was asked for without a code cell.",
                "Open the program and run it from there.",
            )
        for span in spans(cells_to_run(self._request)):
            plain: Iterable[CodeCell] = span
            if (exercise := span[0].exercise) is not None:
                shows = self._request.solutions and exercise.solved
                take = self._exercises.show_solution if shows else self._exercises.take
                plain = take(span)
            elif self._exercises.is_late(span[0]):
                self._exercises.check_late(span[0])
                continue
            for cell in plain:
                opened = self._open(cell)
                yield opened
                self._close(cell, opened)
        self._tell_what_was_used()

    def run_in_loop(self, cell: OpenCell) -> None:
        """Execute a cell that awaits something at its top level, and set its value."""
        if self._loop is None:
            # One loop for the whole program, as in a notebook: tasks live on from cell to cell.
            self._loop = asyncio.new_event_loop()
        coroutine = run_awaiting(cell.statements, cell.expression, cell.names)
        cell.value = self._loop.run_until_complete(coroutine)

    def _try(self, cell: CodeCell, source: str, seconds: float) -> None:
        """Execute a cell, or what stands in its place, for so many seconds at most."""
        cell, name = self._in_place(cell, source)
        opened: OpenCell | None = None
        try:
            opened = self._open(cell, name)
            self._execute(opened, seconds)
        finally:
            self._close(cell, opened or OpenCell(_NOTHING, None, self.names, time.perf_counter()))

    def _run_quietly(self, cell: CodeCell, source: str, seconds: float) -> None:
        """Execute a cell, or what stands in its place; nothing of it is recorded or shown."""
        cell, name = self._in_place(cell, source)
        self.cell = self._recorder.cell = cell.index
        with self._exercises.quiet():
            try:
                code = self._compiler.compile(cell, name)
                self._execute(OpenCell(*code, self.names, time.perf_counter()), seconds)
            finally:
                self._autolog.end_cell()
                self._figures.end_cell()

    def _in_place(self, cell: CodeCell, source: str) -> tuple[CodeCell, str]:
        """Return a cell with other code in its place, and the file that this seems to be from."""
        if cell.exercise is None or source == cell.source:
            return cell, ""
        name = answer_name(self._request, cell.exercise)
        keep_lines(name, source)
        return dataclasses.replace(cell, source=source, line=1, places=()), name

    def _execute(self, opened: OpenCell, seconds: float = 0.0) -> None:
        limit = time_limit(seconds) if seconds else nullcontext()
        with self._interrupt.armed(), limit, opened.guard:
            if opened.awaits:
                self.run_in_loop(opened)
                return
            exec(opened.statements, opened.names)
            if opened.expression is not None:
                opened.value = eval(opened.expression, opened.names)

    def _open(self, cell: CodeCell, path: str = "") -> OpenCell:
        recorder = self._recorder
        self.cell = recorder.cell = cell.index
        recorder.forget_meters()
        recorder.emit(CellStarted(cell=cell.index, time=time.time(), at=recorder.at()))
        began = time.perf_counter()
        code = self._compiler.compile(cell, path)
        if self._notebook is not None:
            self._notebook.history.begin(cell.source)
        guard = self._notebook.guard if self._notebook is not None else nullcontext()
        return OpenCell(*code, self.names, began, self._exercises.unsolved, guard)

    def _close(self, cell: CodeCell, opened: OpenCell) -> None:
        recorder = self._recorder
        self._autolog.end_cell()
        value = opened.value
        if self._notebook is not None:
            self._notebook.history.end(value)
            value = self._notebook.guard.take(value)
        self._autolog.show(value, cell.index)
        self._figures.end_cell()
        seconds = time.perf_counter() - opened.began
        recorder.emit(CellEnded(cell=cell.index, seconds=seconds, at=recorder.at()))
        if self._interrupt.asked:
            raise KeyboardInterrupt

    def _tell_what_was_used(self) -> None:
        """Record what a parameter ended as that the program sets again, where that differs."""
        for cell in self._request.cells:
            for place in cell.places:
                asked = self._request.parameters.get(place.name)
                used = self.names.get(place.target) if place.target else None
                if isinstance(used, bool | int | float | str) and used != asked:
                    recorder = self._recorder
                    recorder.emit(
                        Notice(
                            text=f"{place.name} was given as {asked!r:.200}; the program set it "
                            f"again, and it ended as {used!r:.200}.",
                            at=recorder.at(),
                        )
                    )
                    name = f"{place.name} as used"
                    recorder.emit(Result(cell=cell.index, name=name, value=used, at=recorder.at()))
