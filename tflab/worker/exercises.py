"""Exercises of a run: what the learner wrote is tried and checked; where it fails, the rest of
the program runs on the solution.

A trial executes the cells from the exercise to the last one that checks it. Whatever the learner's
code does in it, raising, hanging, leaving, is said and stops nothing.
"""

from __future__ import annotations

import contextlib
import io
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tflab.recording.run_recorder import RunRecorder
from tflab.recording.time_limit import TookTooLong
from tflab.runs.events import Check, Event, ExerciseOutcome
from tflab.runs.record import CodeCell, ExerciseCode, RunRequest
from tflab.worker.exercise_failures import Failure, bounded, failure_of
from tflab.worker.exercise_spans import checked_late
from tflab.worker.interrupt import Interrupt
from tflab.worker.snapshot import Snapshot

_NOTHING = "Nothing is written here yet."


@dataclass
class Trial:
    """What came of trying an answer.

    Attributes:
        tried: How many cells of the span were executed, the one that failed counted.
        failure: Why it failed; None when it passed.
    """

    tried: int
    failure: Failure | None


class Exercises:
    """Tries the answers of one run.

    Args:
        request: The run.
        recorder: Records it.
        interrupt: Ends it.
        names: The global names of the program.
        execute: Executes a cell, or other code in its place, and records what it does; ends it
            after so many seconds, unless that is 0.
        execute_quietly: The same, without a word of it in the log.
    """

    def __init__(
        self,
        request: RunRequest,
        recorder: RunRecorder,
        interrupt: Interrupt,
        names: dict[str, Any],
        execute: Callable[[CodeCell, str, float], None],
        execute_quietly: Callable[[CodeCell, str, float], None],
    ) -> None:
        self._request = request
        self._recorder = recorder
        self._interrupt = interrupt
        self._names = names
        self._execute = execute
        self._execute_quietly = execute_quietly
        self._failed: list[Check] = []
        self._late = checked_late(request.cells)
        self._told: dict[str, tuple[ExerciseOutcome, ExerciseCode]] = {}
        self._on_solution: set[str] = set()
        self.unsolved = ""

    def take(self, span: Sequence[CodeCell]) -> Iterator[CodeCell]:
        """Try an exercise; yield what of its span is then to be executed like any other cell.

        Raises:
            KeyboardInterrupt: When the run is to stop.
        """
        exercise = span[0].exercise
        assert exercise is not None
        snapshot = Snapshot(self._names)
        # Nobody wants to read what a starter prints, and how it fails, before writing anything.
        trial = self._try(span, exercise, quiet=not exercise.written)
        nothing_checks = len(span) == 1 and exercise.solved
        if not exercise.written and (exercise.id in self._late or nothing_checks):
            trial = Trial(1, Failure(_NOTHING))
        elif not exercise.written:
            if trial.failure is None or not exercise.solved:
                snapshot.restore()
                trial = self._try(span, exercise)
            else:
                trial.tried = 1
        outcome = self._outcome(span, exercise, trial.failure)
        if trial.failure is None:
            self._say(outcome, exercise)
        elif not exercise.solved:
            self._say(outcome, exercise)
            self.unsolved = self.unsolved or exercise.title
            for one in span[trial.tried :]:
                if not one.checks:
                    yield one
                elif one.checks != exercise.id:
                    self.check_late(one)
        else:
            snapshot.restore()
            self._on_solution.add(exercise.id)
            self._say(outcome, exercise)
            yield from self._go_on_solved(span, exercise, trial.tried, outcome)

    def _say(self, outcome: ExerciseOutcome, exercise: ExerciseCode) -> None:
        self._told[exercise.id] = outcome, exercise
        self._recorder.emit(outcome)

    def is_late(self, cell: CodeCell) -> bool:
        """Whether a cell checks an exercise that was tried before, further up."""
        return cell.exercise is None and cell.checks in self._told

    def check_late(self, cell: CodeCell) -> None:
        """Check an exercise further up, as it is by now, and say so where it does not pass.

        Raises:
            KeyboardInterrupt: When the run is to stop.
        """
        outcome, exercise = self._told[cell.checks]
        if outcome.passed:
            try:
                self._try_cell(cell, exercise, cell.source, quiet=False)
            except Failure as failure:
                message, line = bounded(failure.message), failure.line
                self._say(replace(outcome, passed=False, message=message, line=line), exercise)
        elif exercise.id in self._on_solution and not outcome.broken:
            broken = self._solve_check(cell, exercise)
            if broken:
                self._say(replace(outcome, broken=bounded(broken)), exercise)

    def _outcome(
        self, span: Sequence[CodeCell], exercise: ExerciseCode, failure: Failure | None
    ) -> ExerciseOutcome:
        return ExerciseOutcome(
            id=exercise.id,
            title=exercise.title,
            cell=span[0].index,
            passed=failure is None and exercise.written,
            message=bounded(failure.message if failure else self._praise(span, exercise)),
            written=exercise.written,
            line=failure.line if failure else None,
            mark=exercise.mark,
            trivial=failure is None and not exercise.written and len(span) > 1,
        )

    def _go_on_solved(
        self,
        span: Sequence[CodeCell],
        exercise: ExerciseCode,
        tried: int,
        outcome: ExerciseOutcome,
    ) -> Iterator[CodeCell]:
        """Execute the solution in place of what was tried, and yield the rest of the span."""
        broken = ""
        for place, one in enumerate(span):
            if one.checks and one.checks != exercise.id:
                # What was tried has been checked as well.
                if place >= tried:
                    self.check_late(one)
            elif one.checks:
                broken = broken or self._solve_check(one, exercise)
            elif place < tried:
                self._execute_quietly(one, one.source, 0.0)
            else:
                yield one
        if broken:
            self._say(replace(outcome, broken=bounded(broken)), exercise)

    def show_solution(self, span: Sequence[CodeCell]) -> Iterator[CodeCell]:
        """Yield the cells of an exercise, to be executed like any other, and say how they went."""
        cell, exercise = span[0], span[0].exercise
        assert exercise is not None
        self._failed = []
        with self._recorder.heard(self._hear):
            yield from span
        broken = self._failed[0].message if self._failed else ""
        self._recorder.emit(
            ExerciseOutcome(
                id=exercise.id,
                title=exercise.title,
                cell=cell.index,
                passed=not broken,
                message=bounded(broken) or "It ran as its solution.",
                broken=bounded(broken),
            )
        )

    def _try(self, span: Sequence[CodeCell], exercise: ExerciseCode, quiet: bool = False) -> Trial:
        for place, cell in enumerate(span):
            if cell.checks and cell.checks != exercise.id:
                self.check_late(cell)
                continue
            source = exercise.answer if place == 0 else cell.source
            try:
                self._try_cell(cell, exercise, source, quiet)
            except Failure as failure:
                return Trial(place + 1, failure)
        return Trial(len(span), None)

    def _try_cell(self, cell: CodeCell, exercise: ExerciseCode, source: str, quiet: bool) -> None:
        """Execute a cell of a trial.

        Raises:
            Failure: When it raised, took too long, or holds a check that failed.
            KeyboardInterrupt: When the run is to stop.
        """
        self._failed = []
        try:
            if quiet:
                self._execute_quietly(cell, source, exercise.seconds)
            else:
                with self._recorder.heard(self._hear):
                    self._execute(cell, source, exercise.seconds)
        except KeyboardInterrupt:
            if self._interrupt.asked:
                raise
            raise Failure("It raised KeyboardInterrupt.") from None
        except (Exception, SystemExit, TookTooLong) as error:
            raise failure_of(error, cell, exercise, self._request, self._names) from error
        if self._failed:
            raise Failure(self._failed[0].message)

    def _solve_check(self, cell: CodeCell, exercise: ExerciseCode) -> str:
        """Run a check on the solution, and say why that does not pass; empty when it does."""
        self._failed = []
        try:
            self._execute_quietly(cell, cell.source, 0.0)
        except KeyboardInterrupt:
            raise
        except Exception as error:  # noqa: BLE001
            return failure_of(error, cell, exercise, self._request, self._names).message
        return self._failed[0].message if self._failed else ""

    @contextlib.contextmanager
    def quiet(self) -> Iterator[None]:
        """Hear checks within this block, and have nothing recorded or printed."""
        nowhere = _Nowhere()
        with (
            self._recorder.heard(self._hear, muted=True),
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
        ):
            yield

    def _hear(self, event: Event) -> None:
        if isinstance(event, Check) and not event.passed:
            self._failed.append(event)

    def _praise(self, span: Sequence[CodeCell], exercise: ExerciseCode) -> str:
        if not exercise.written:
            unchecked = len(span) == 1
            return _NOTHING if unchecked else "The starter passes as it is: there is nothing to do."
        if exercise.by_hand:
            return "It ran without an error; a person grades it."
        if len(span) == 1 and exercise.id not in self._late:
            return "It ran without an error; nothing checks it."
        return ""


@contextlib.contextmanager
def excused(title: str) -> Iterator[None]:
    """Say what a cell raises, and go on, where it may lack an exercise that is not solved.

    Args:
        title: That exercise; empty where there is none, and nothing is excused.
    """
    try:
        yield
    except Exception as error:
        if not title:
            raise
        told = "".join(traceback.format_exception_only(error)).strip()
        sys.stdout.write(f"{told}\nIt may need the exercise that is not solved yet: {title}.\n")


class _Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)
