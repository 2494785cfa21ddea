"""Where a person stands in the course: goals reached, place in each program, guesses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tflab.programs.progress import Course, LessonProgress, ProgressStore
from tflab.session.disk import SessionDisk
from tflab.session.events import CourseChanged, Emit, GuessesAsked, Notice

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.runs.state import RunState


class CourseProgress:
    """The person's progress, kept between sessions, and their guesses, kept during this one.

    Args:
        disk: Where it is read and written.
        emit: Is told what changes.
        store: Keeps it.

    Attributes:
        course: What is kept; empty until it has been read.
        guesses: By program and question.
    """

    def __init__(self, disk: SessionDisk, emit: Emit, store: ProgressStore | None = None) -> None:
        self._disk = disk
        self._emit = emit
        self._store = store or ProgressStore()
        self._asked: set[str] = set()
        self.course = Course()
        self.guesses: dict[str, dict[str, Any]] = {}

    def read(self) -> None:
        """Read what is kept; `CourseChanged` follows."""
        self._disk.keep("Progress is", self._store.read, self._take)

    def of(self, program: Program) -> LessonProgress | None:
        """Return what is kept of a program."""
        return self.course.lessons.get(program.id)

    def note_run(self, program: Program, state: RunState) -> None:
        """Keep which goals a run reached, and tell those that no run had reached before."""
        reached = {key: goal.text for key, goal in state.goals.items() if goal.passed}
        stated = {goal.id: goal.text for goal in program.goals}
        before = self.of(program)
        passed = {key: one.title for key, one in state.exercises.items() if one.passed}
        exercises = [exercise.id for exercise in program.exercises]
        self._keep(
            lambda: self._store.note_run(program.id, list(reached), stated, list(passed), exercises)
        )
        for key, text in reached.items():
            if before is None or not {key, text} & set(before.goals):
                self._emit(Notice(text, title="Goal reached"))
        for key, title in passed.items():
            if before is None or key not in before.exercises:
                self._emit(Notice(title, title="Exercise passed"))

    def note_place(self, program: Program, cell: int) -> None:
        """Keep at which cell a person leaves a program."""
        kept = self.of(program)
        if cell != (kept.cell if kept is not None else 0):
            self._keep(lambda: self._store.note_place(program.id, cell))

    def forget(self, program: Program | None) -> None:
        """Forget the progress in one program, or in the whole course."""
        text = f"{program.title} starts anew." if program is not None else "Progress forgotten."
        name = program.id if program is not None else None
        self._keep(lambda: self._store.reset(name), lambda: self._emit(Notice(text)))

    def ask(self, program: Program, then: Callable[[], object], again: bool = False) -> bool:
        """Ask a program's questions once a session, and then call `then`.

        Who has reached all goals of a program is not asked any more, unless by wish.

        Args:
            program: Its questions are asked.
            then: Called when they have been answered; not at all when the person goes back.
            again: Whether to ask although they were asked before.

        Returns:
            Whether anything is asked.
        """
        asked = program.id in self._asked or self._all_reached(program)
        if not program.questions or (asked and not again):
            return False

        def take(guesses: dict[str, Any]) -> None:
            self._asked.add(program.id)
            self.guesses[program.id] = guesses
            then()

        self._emit(GuessesAsked(program, self.guesses.get(program.id, {}), take))
        return True

    def _all_reached(self, program: Program) -> bool:
        kept = self.of(program)
        reached = set(kept.goals) if kept is not None else set()
        return bool(program.goals) and all({g.id, g.text} & reached for g in program.goals)

    def _keep(
        self, change: Callable[[], Course], then: Callable[[], object] = lambda: None
    ) -> None:
        def take(course: Course) -> None:
            self._take(course)
            then()

        self._disk.keep("Progress is", change, take)

    def _take(self, course: Course) -> None:
        self.course = course
        self._emit(CourseChanged(course))
