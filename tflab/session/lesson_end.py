"""What a person has done in a program, and what comes next: what stands at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tflab.programs.library import LessonEntry
from tflab.programs.progress import Course, standing
from tflab.session.run_names import RunName, name_of_row

if TYPE_CHECKING:
    from tflab.programs.program import GoalSpec, Program, ProgramKind
    from tflab.runs.state import RunState
    from tflab.runs.summary import RunSummary


class ReachedGoal(NamedTuple):
    """A goal, whether it was reached, and the first run known to have reached it."""

    text: str
    reached: bool
    by: RunName | None = None


class LessonEnd(NamedTuple):
    """What stands at the end of a program.

    Attributes:
        program: Its id.
        runs: How often it was run.
        guesses: How many guesses the run on show found right, and how many were made.
        goals: Its goals, in order.
        exercises: How many of its exercises were passed, and how many it has.
        next_title: The program after it; empty behind the last one.
        course: Behind the last lesson of the course, in how many all goals are reached, and of
            how many; None elsewhere.
        kind: What the program is.
        due: How many questions on what was learned are due.
    """

    program: str
    runs: int = 0
    guesses: tuple[int, int] = (0, 0)
    goals: Sequence[ReachedGoal] = ()
    exercises: tuple[int, int] = (0, 0)
    next_title: str = ""
    course: tuple[int, int] | None = None
    kind: ProgramKind = "lesson"
    due: int = 0

    @property
    def complete(self) -> bool:
        """Whether there are goals or exercises, and all are reached and passed."""
        passed, exercises = self.exercises
        some = bool(self.goals) or bool(exercises)
        return some and all(goal.reached for goal in self.goals) and passed == exercises


def lesson_end(
    program: Program,
    course: Course,
    runs: Sequence[RunSummary],
    entries: Sequence[LessonEntry],
    state: RunState | None,
) -> LessonEnd:
    """Return what stands at the end of a program.

    Args:
        program: The program.
        course: The person's progress.
        runs: Runs that are known, newest first; those of other programs are passed over.
        entries: All programs, in order.
        state: The run on show, if it is one of the program.
    """
    runs = [run for run in runs if run.lesson == program.id]
    kept = course.lessons.get(program.id)
    reached = set(kept.goals) if kept is not None else set()
    passed = set(kept.exercises) if kept is not None else set()
    paths = [entry.path for entry in entries]
    place = paths.index(program.path) + 1 if program.path in paths else len(paths)
    last = place > 0 and entries[place - 1].shipped and not any(e.shipped for e in entries[place:])
    return LessonEnd(
        program=program.id,
        kind=program.kind,
        runs=max(kept.runs if kept is not None else 0, len(runs)),
        guesses=guesses_right(state),
        goals=[_goal(goal, reached, runs, program) for goal in program.goals],
        exercises=(sum(e.id in passed for e in program.exercises), len(program.exercises)),
        next_title=title_of(entries[place]) if place < len(entries) else "",
        course=_lessons_done(course, entries) if last and program.path in paths else None,
    )


def guesses_right(state: RunState | None) -> tuple[int, int]:
    """Return how many guesses a run found right, and how many were made."""
    made = [p for p in state.predictions.values() if p.guess is not None] if state else []
    return sum(bool(p.correct) for p in made), len(made)


def goal_counts(state: RunState) -> list[str]:
    """Return how many goals a run reached, and how many exercises it passed, where it has any."""
    goals = [goal.passed for goal in state.goals.values()]
    exercises = [one.passed for one in state.exercises.values()]
    counted = (("goals", goals), ("exercises", exercises))
    return [f"{what} {sum(done)}/{len(done)}" for what, done in counted if done]


def title_of(entry: LessonEntry) -> str:
    """Return a program's number and title."""
    return entry.title if entry.number is None else f"{entry.number} {entry.title}"


def _goal(
    goal: GoalSpec, reached: set[str], runs: Sequence[RunSummary], program: Program
) -> ReachedGoal:
    # A run from before a goal got its id knows it by its text.
    known = {goal.id, goal.text}
    by = [run for run in runs if any(run.goals.get(name, False) for name in known)]
    name = name_of_row(by[-1], program.defaults) if by else None
    return ReachedGoal(goal.text, bool(known & reached) or bool(by), name)


def _lessons_done(course: Course, entries: Sequence[LessonEntry]) -> tuple[int, int]:
    shipped = [entry for entry in entries if entry.shipped]
    kept = [course.lessons.get(entry.id) for entry in shipped]
    done = [
        one
        for one in kept
        if one is not None and standing(one, one.stated, one.set) == "goals reached"
    ]
    return len(done), len(shipped)
