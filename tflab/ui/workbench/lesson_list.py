"""The list in the drawer: the course with what was reached, and the person's own recent files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tflab.programs.library import LessonEntry
from tflab.programs.progress import Course, standing
from tflab.runs.text import plain_emoji
from tflab.session.settings import RecentFile
from tflab.ui.actions import bindings
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import short_line
from tflab.ui.workbench.messages import (
    LessonChosen,
    ListClosed,
    PlacementRequested,
    ReviewRequested,
    SearchRequested,
)

Target = Path | Literal["review", "place"] | None
"""What a row opens: a file, or questions."""

_NO_FILES = "Open one with `tflab open FILE`."


class LessonList(OptionList):
    """The lessons in order, then the files opened last; the open one is marked.

    Args:
        entries: The lessons.
        current: The file that is open.
    """

    BINDINGS: ClassVar[list[BindingType]] = list(bindings("lessons"))

    def __init__(self, entries: Sequence[LessonEntry], current: Path | None = None) -> None:
        super().__init__(id="lessons")
        self._entries = list(entries)
        self._recent: Sequence[RecentFile] = ()
        self._missing: frozenset[str] = frozenset()
        self._current = current
        self._course = Course()
        self._goals: dict[str, Sequence[str]] = {}
        self._exercises: dict[str, Sequence[str]] = {}
        self._paths: list[Target] = []
        self._due = 0

    def on_mount(self) -> None:
        """List everything; before the list is there, nobody sees it."""
        self._list()
        self._go_to_current()

    @property
    def entries(self) -> Sequence[LessonEntry]:
        """The lessons, in the order shown."""
        return self._entries

    def show_course(
        self,
        course: Course,
        goals: Mapping[str, Sequence[str]],
        exercises: Mapping[str, Sequence[str]],
    ) -> None:
        """Mark each lesson as not started, in progress or reached.

        Args:
            course: What is kept.
            goals: The goals of the lessons that were read; for the others, the kept word counts.
            exercises: Their exercises.
        """
        self._course = course
        self._goals = {**self._goals, **goals}
        self._exercises = {**self._exercises, **exercises}
        self._list()

    def show_due(self, count: int) -> None:
        """Say how many questions on what was learned are due."""
        self._due = count
        self._list()

    def go_to_open(self) -> None:
        """Put the cursor on the file that is open."""
        self._go_to_current()

    def show_recent(self, files: Sequence[RecentFile], missing: Iterable[str]) -> None:
        """List the files opened last.

        Args:
            files: The newest first.
            missing: The paths of those that are not there any more.
        """
        self._recent, self._missing = list(files), frozenset(missing)
        self._list()

    def action_search(self) -> None:
        """Find lessons by title and content."""
        self.post_message(SearchRequested())

    def action_close(self) -> None:
        """Close the list."""
        self.post_message(ListClosed())

    def mark(self, path: Path) -> None:
        """Mark the file at `path` as the open one, and put the cursor on it.

        Whoever is choosing another one meanwhile keeps their place.
        """
        self._current = path
        self._list()
        if self.highlighted is None or not self.has_focus:
            self._go_to_current()

    def action_open_lesson(self) -> None:
        """Open the lesson under the cursor."""
        self.action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Tell which lesson was chosen."""
        event.stop()
        match self._paths[event.option_index]:
            case Path() as path:
                self.post_message(LessonChosen(path))
            case "review":
                self.post_message(ReviewRequested())
            case "place":
                self.post_message(PlacementRequested())

    def _go_to_current(self) -> None:
        if self._current in self._paths:
            self.highlighted = self._paths.index(self._current)

    def _list(self) -> None:
        """Write every row anew; where the rows are the same ones, in their places."""
        if not self.is_mounted:
            return
        rows = list(self._rows())
        paths = [path for path, _ in rows]
        if paths == self._paths:
            for index, (_, row) in enumerate(rows):
                self.replace_option_prompt_at_index(index, row)
            return
        place = self.highlighted
        if place is not None and self._paths[place] in paths:
            place = paths.index(self._paths[place])
        self._paths = paths
        self.clear_options()
        self.add_options([Option(row, disabled=path is None) for path, row in rows])
        self.highlighted = place
        if place is None:
            self._go_to_current()

    def _rows(self) -> Iterable[tuple[Target, Content]]:
        """Yield what stands in each row, and what choosing it opens."""
        done = sum(self._standing(entry)[0] == glyphs().passed for entry in self._entries)
        if self._due:
            yield "review", _heading("Review", f"{self._due} due")
        if not self._course.lessons:
            yield "place", _heading("Where to begin?", "Ten questions at most")
        yield None, _heading("Course", f"{done} of {len(self._entries)} done")
        for entry in self._entries:
            yield entry.path, self._prompt(entry)
        yield None, Content()
        yield None, _heading("Recent files", "")
        for file in self._recent:
            yield Path(file.path), self._file(file)
        if not self._recent:
            yield None, Content.styled(f"   {_NO_FILES}", "$text-quiet")

    def _standing(self, entry: LessonEntry) -> tuple[str, str]:
        marks = glyphs()
        kept = self._course.lessons.get(entry.id)
        goals = self._goals.get(entry.id, kept.stated if kept else ())
        exercises = self._exercises.get(entry.id, kept.set if kept else ())
        match standing(kept, goals, exercises):
            case "goals reached":
                return marks.passed, "$success"
            case "in progress":
                return marks.half, "$secondary"
            case _:
                return " ", ""

    def _prompt(self, entry: LessonEntry) -> Content:
        here = entry.path == self._current
        number = f"{entry.number:>2}" if entry.number is not None else "  "
        kept = self._course.lessons.get(entry.id)
        stated = self._goals.get(entry.id, kept.stated if kept else ())
        reached = len(set(kept.goals) & set(stated)) if kept else 0
        goals = f"  {reached}/{len(stated)}" if stated and kept else ""
        return Content.assemble(
            (glyphs().here if here else " ", "bold $primary"),
            self._standing(entry),
            (f" {number} ", "$primary" if here else "$text-quiet"),
            (short_title(short_line(entry.title)), "bold" if here else ""),
            (goals, "$text-quiet"),
        )

    def _file(self, file: RecentFile) -> Content:
        path = Path(file.path)
        here = path == self._current
        missing = file.path in self._missing
        title = "" if file.title in (path.name, path.stem) else f"  {short_line(file.title)}"
        return Content.assemble(
            (glyphs().here if here else " ", "bold $primary"),
            (f"  {short_line(path.name)}", "bold" if here else "$warning" if missing else ""),
            (" is missing" if missing else title, "$text-quiet"),
        )


def _heading(title: str, about: str) -> Content:
    return Content.assemble((f" {title}", "bold $secondary"), (f"  {about}", "$text-quiet"))


def short_title(title: str) -> str:
    """Return what fits a list: the part before a colon, as in `Tensors: numbers in a block`."""
    return plain_emoji(title).partition(": ")[0]
