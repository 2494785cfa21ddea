"""Where a person stands in the course: goals reached, place in each program, questions asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tflab.programs.progress import Course, LessonProgress, ProgressStore
from tflab.session.disk import SessionDisk
from tflab.session.events import CourseChanged, Emit, Notice

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.runs.state import RunState


class CourseProgress:
    """The person's progress, kept between sessions.

    Args:
        disk: Where it is read and written.
        emit: Is told what changes.
        store: Keeps it.

    Attributes:
        course: What is kept; empty until it has been read.
    """

    def __init__(self, disk: SessionDisk, emit: Emit, store: ProgressStore | None = None) -> None:
        self._disk = disk
        self._emit = emit
        self._store = store or ProgressStore()
        self.course = Course()
        self._noted: set[str] = set()

    def read(self) -> None:
        """Read what is kept; `CourseChanged` follows."""
        self._disk.keep("Progress is", self._store.read, self._take)

    def of(self, program: Program) -> LessonProgress | None:
        """Return what is kept of a program."""
        return self.course.lessons.get(program.id)

    def note_run(self, program: Program, run: str, state: RunState) -> None:
        """Keep which goals a run reached, and tell those that no run had reached before.

        A run tells its end again where it is looked at again, and counts once.
        """
        if run in self._noted:
            return
        self._noted.add(run)
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

    def note_asked(self, program: Program, question: str) -> None:
        """Keep that a question was answered or waved on: it folds nothing away any more."""
        kept = self.of(program)
        if kept is None or question not in kept.asked:
            self._keep(lambda: self._store.note_asked(program.id, question))

    def all_reached(self, program: Program) -> bool:
        """Return whether a program has goals, and all of them were reached."""
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
