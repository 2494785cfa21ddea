"""The guide through the course: progress, search, contents, technical words, guesses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from tflab.programs.library import LessonEntry, search
from tflab.programs.program import Program
from tflab.programs.progress import Course, ProgressStore
from tflab.runs.state import RunState
from tflab.ui.dialogs.pick import Choice, PickScreen
from tflab.ui.workbench.goals import Goals
from tflab.ui.workbench.lesson_list import LessonList
from tflab.ui.workbench.lesson_view import LessonView
from tflab.ui.workbench.messages import LessonChosen
from tflab.ui.workbench.words import terms_in

if TYPE_CHECKING:
    from tflab.ui.app import LabApp


class Guide:
    """Knows where a person is in the course and helps them on."""

    def __init__(self, app: LabApp) -> None:
        self._app = app
        self._store = ProgressStore()
        self._asked: set[str] = set()
        self.course: Course = self._store.read()
        self.guesses: dict[str, dict[str, Any]] = {}

    def arrive(self, lesson: Program) -> int:
        """Show what was reached in a lesson before; return the cell where it was left."""
        progress = self.course.lessons.get(lesson.id)
        goals = [goal.text for goal in lesson.goals]
        self._app.main.query_one(LessonList).show_course(self.course, {lesson.id: goals})
        if progress is None:
            return 0
        self._app.main.query_one(Goals).show_kept(progress.goals)
        return progress.cell

    def note_run(self, lesson: Program, state: RunState) -> None:
        """Keep which goals a finished run reached."""
        reached = [text for text, goal in state.goals.items() if goal.passed]
        stated = [goal.text for goal in lesson.goals]
        before = self.course.lessons.get(lesson.id)
        fresh = [text for text in reached if before is None or text not in before.goals]
        self._keep(
            lambda: self._store.note_run(lesson.id, reached, stated), lambda: self.arrive(lesson)
        )
        for text in fresh:
            self._app.notify(text, title="Goal reached")

    def note_place(self, lesson: Program, cell: int) -> None:
        """Keep where the cursor stands when a lesson is left."""
        entry = self.course.lessons.get(lesson.id)
        if cell != (entry.cell if entry else 0):
            self._keep(lambda: self._store.note_place(lesson.id, cell))

    def reset(self, lesson: Program | None) -> None:
        """Forget the progress of one lesson, or of the whole course."""

        def show() -> None:
            self._app.main.query_one(Goals).show_kept([])
            self._app.main.query_one(LessonList).show_course(self.course, {})
            self._app.notify(
                "Progress forgotten." if lesson is None else f"{lesson.title} starts anew."
            )

        self._keep(lambda: self._store.reset(lesson.id if lesson else None), show)

    def ask(self, lesson: Program, then: Callable[[], None]) -> bool:
        """Ask a lesson's questions once a session, and call `then`; False when all was asked."""
        if not lesson.questions or lesson.id in self._asked:
            return False
        self.predict(lesson, then)
        return True

    def predict(self, lesson: Program, then: Callable[[], None]) -> None:
        """Ask a lesson's questions, and call `then` with the guesses kept."""
        from tflab.ui.dialogs.predict import PredictScreen

        def take(guesses: dict[str, Any] | None) -> None:
            if guesses is not None:
                self._asked.add(lesson.id)
                self.guesses[lesson.id] = guesses
                then()

        self._app.push_screen(
            PredictScreen(lesson.questions, self.guesses.get(lesson.id, {})), take
        )

    def search(self) -> None:
        """Find a lesson by title or content, and open it."""
        entries = {str(entry.path): entry for entry in self._app.entries}

        def find(query: str) -> Sequence[Choice[str]]:
            hits = search(self._app.entries, query)
            return [Choice(_title(hit.entry), hit.line, str(hit.entry.path)) for hit in hits]

        def take(path: str | None) -> None:
            if path is not None:
                self._app.post_message(LessonChosen(entries[path].path))

        self._app.push_screen(PickScreen("Find a lesson", find), take)

    def contents(self, view: LessonView) -> None:
        """Go to a section of the lesson."""
        headings = view.headings()

        def take(place: str | None) -> None:
            if place is not None:
                view.go_to(int(place))

        find = _narrow([Choice(text, "", str(place)) for place, text in headings])
        self._app.push_screen(PickScreen("Contents", find), take)

    def glossary(self, lesson: Program) -> None:
        """Explain the technical words of the lesson."""
        found = [Choice(word, about, word) for word, about in terms_in(lesson, glossary())]
        self._app.push_screen(PickScreen("Words of this lesson", _narrow(found)))

    def explain(self, word: str) -> None:
        """Explain one word, in place."""
        about = glossary().get(word)
        if about is not None:
            self._app.notify(about, title=word, timeout=12)

    def neighbour(self, lesson: Program, by: int) -> None:
        """Open the lesson after or before this one."""
        paths = [entry.path for entry in self._app.entries]
        place = paths.index(lesson.path) + by if lesson.path in paths else 0
        if 0 <= place < len(paths):
            self._app.post_message(LessonChosen(paths[place]))
        else:
            self._app.notify("This is the last lesson." if by > 0 else "This is the first lesson.")

    def _keep(
        self, change: Callable[[], Course], then: Callable[[], object] = lambda: None
    ) -> None:
        def take(course: Course) -> None:
            self.course = course
            then()

        self._app.keeping.keep("Progress is", change, take)


@cache
def glossary() -> dict[str, str]:
    """Return the glossary that ships with the course."""
    from tflab.data import glossary as load

    return load()


def _narrow(choices: Sequence[Choice[str]]) -> Callable[[str], Sequence[Choice[str]]]:
    """Return a search over fixed choices, by title and text."""

    def find(query: str) -> Sequence[Choice[str]]:
        words = query.casefold().split()
        return [c for c in choices if all(w in f"{c.title} {c.about}".casefold() for w in words)]

    return find


def _title(entry: LessonEntry) -> str:
    return entry.title if entry.number is None else f"{entry.number}  {entry.title}"
