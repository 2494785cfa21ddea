"""What runs ask a person for while they go on: told once each, and answered."""

from __future__ import annotations

from concurrent.futures import Future

from tflab.runs.answers import Answer
from tflab.runs.disk_queue import DiskQueue
from tflab.runs.record import Problem
from tflab.session.events import Emit, InputWanted, Notice, ProblemRaised
from tflab.targets.live_run import LiveRun


class RunInput:
    """Tells what the run on show asks for, and that another one waits.

    Args:
        disk: Where answers are written.
        emit: Is told.
    """

    def __init__(self, disk: DiskQueue, emit: Emit) -> None:
        self._disk = disk
        self._emit = emit
        self._told: tuple[str, int] = ("", 0)
        self._told_behind: set[str] = set()

    def answer(self, run: LiveRun, number: int, answer: Answer) -> None:
        """Answer a question of a run; the log tells when it was taken, and a problem why not."""

        def take(given: Future[None]) -> None:
            try:
                given.result()
            except Problem as problem:
                self._emit(ProblemRaised(problem))

        self._disk.do_then(lambda: run.answer(number, answer), take)

    def tell(self, run: LiveRun) -> None:
        """Tell what the run on show asks for, or that it asks no more."""
        question = run.state.question
        now = (run.record.id, question.number if question is not None else 0)
        if now != self._told and (question is not None or self._told[1]):
            self._emit(InputWanted(run))
        self._told = now

    def tell_behind(self, run: LiveRun) -> None:
        """Say once that a run which is not on show waits for a person."""
        name = run.record.id
        if run.state.question is None or run.stopping or name in self._told_behind:
            return
        self._told_behind.add(name)
        text = f"The run {name} asks for input. Show it to answer (Runs, Enter)."
        self._emit(Notice(text, severity="warning"))
