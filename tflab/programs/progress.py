"""How far a person is in the course: kept between sessions, and safe from changed lessons.

The file holds what was reached, by lesson id and by the goal's id, or its text where it has none. A
goal or a lesson that no longer exists is simply not asked for; nothing is lost when it comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from tflab.runs.atomic_files import (
    locked,
    make_private_folder,
    read_file,
    replace_atomically,
)
from tflab.runs.paths import data_folder

Standing = Literal["not started", "in progress", "goals reached"]


class LessonProgress(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is kept of one lesson.

    Attributes:
        goals: The goals that were reached at least once.
        runs: How often it was run.
        stated: All goals that the lesson had when it was last run.
        exercises: The exercises that were passed at least once.
        set: All exercises that the lesson had when it was last run.
        asked: The questions that were answered or passed over.
        cell: Where the cursor stood when it was left.
        met: The day when all its goals had been reached for the first time.
    """

    goals: list[str] = []
    stated: list[str] = []
    exercises: list[str] = []
    set: list[str] = []
    asked: list[str] = []
    runs: int = 0
    cell: int = 0
    met: date | None = None

    @property
    def goals_met(self) -> bool:
        """Whether there were goals when it was last run, and each was reached at least once."""
        return bool(self.stated) and set(self.goals).issuperset(self.stated)


class Course(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`progress.json`. In version 1 goals were known by their texts."""

    lessons: dict[str, LessonProgress] = {}
    version: int = 1


VERSION = 2


class ProgressStore:
    """Reads and writes the progress of one person. Two workbenches may use it at once.

    Args:
        path: The file; by default `progress.json` in the data folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or data_folder() / "progress.json"

    def read(self) -> Course:
        """Return what is kept; an empty course where there is nothing or it is damaged."""
        try:
            course = msgspec.json.decode(read_file(self._path), type=Course)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return Course(version=VERSION)
        if course.version < VERSION:
            _know_goals_by_ids(course)
        return course

    def note_run(
        self,
        lesson: str,
        reached: Sequence[str],
        stated: Mapping[str, str],
        passed: Sequence[str] = (),
        exercises: Sequence[str] = (),
    ) -> Course:
        """Keep that a lesson was run.

        Args:
            lesson: Its id.
            reached: The ids of the goals that the run reached.
            stated: The text of each goal that the lesson states, by its id. What was reached
                before the goal had an id is known by the text.
            passed: The ids of the exercises that passed in the run.
            exercises: The ids of the exercises that the lesson has.

        Raises:
            OSError: When the file cannot be written.
        """
        ids = {text: key for key, text in stated.items()}

        def change(entry: LessonProgress) -> None:
            entry.runs += 1
            kept = [ids.get(goal, goal) for goal in entry.goals]
            entry.goals = list(dict.fromkeys([*kept, *reached]))
            entry.stated = list(stated)
            entry.exercises = list(dict.fromkeys([*entry.exercises, *passed]))
            entry.set = list(exercises)
            if entry.met is None and entry.goals_met:
                entry.met = date.today()

        return self._change(lesson, change)

    def note_asked(self, lesson: str, question: str) -> Course:
        """Keep that a question was put, whether or not it was answered.

        Raises:
            OSError: When the file cannot be written.
        """

        def change(entry: LessonProgress) -> None:
            entry.asked = list(dict.fromkeys([*entry.asked, question]))

        return self._change(lesson, change)

    def note_place(self, lesson: str, cell: int) -> Course:
        """Keep where the cursor stands in a lesson.

        Raises:
            OSError: When the file cannot be written.
        """

        def change(entry: LessonProgress) -> None:
            entry.cell = cell

        return self._change(lesson, change)

    def reset(self, lesson: str | None) -> Course:
        """Forget one lesson, or the whole course; return what is left.

        Raises:
            OSError: When the file cannot be written.
        """
        with self._alone() as course:
            if lesson is None:
                course.lessons.clear()
            else:
                course.lessons.pop(lesson, None)
        return course

    def _change(self, lesson: str, change: Callable[[LessonProgress], None]) -> Course:
        with self._alone() as course:
            change(course.lessons.setdefault(lesson, LessonProgress()))
        return course

    @contextmanager
    def _alone(self) -> Iterator[Course]:
        """Hand out what is kept, to be changed; keep what it is then."""
        make_private_folder(self._path.parent)
        with locked(self._path.with_suffix(".lock")):
            course = self.read()
            yield course
            replace_atomically(self._path, msgspec.json.encode(course))


def _know_goals_by_ids(course: Course) -> None:
    """Put the ids of the course's goals in the places of the texts that they had in version 1."""
    # No file of today's needs it, and it would be read before the first paint.
    from tflab.data import former_goals

    former = former_goals()
    for lesson, entry in course.lessons.items():
        ids = former.get(lesson, {})
        entry.goals = [ids.get(goal, goal) for goal in entry.goals]
        entry.stated = [ids.get(goal, goal) for goal in entry.stated]
    course.version = VERSION


def standing(
    progress: LessonProgress | None, goals: Sequence[str], exercises: Sequence[str] = ()
) -> Standing:
    """Return where a person stands in a lesson that now has these goals and exercises."""
    if progress is None or not (progress.runs or progress.goals):
        return "not started"
    reached = set(progress.goals).issuperset(goals)
    if (goals or exercises) and reached and set(progress.exercises).issuperset(exercises):
        return "goals reached"
    return "in progress"
