"""The list of lessons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tflab.programs.library import LessonEntry
from tflab.programs.progress import Course, standing
from tflab.ui.actions import bindings
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.workbench.messages import LessonChosen, SearchRequested


class LessonList(OptionList):
    """The lessons in order; the open one is marked."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings("lessons"))

    def __init__(self, entries: Sequence[LessonEntry], current: Path | None = None) -> None:
        self._entries = list(entries)
        self._current = current
        self._course = Course()
        self._goals: dict[str, Sequence[str]] = {}
        self._exercises: dict[str, Sequence[str]] = {}
        super().__init__(*self._rows(), id="lessons")

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
        self._draw()

    def action_search(self) -> None:
        """Find lessons by title and content."""
        self.post_message(SearchRequested())

    def mark(self, path: Path) -> None:
        """Mark the lesson at `path` as the open one, and put the cursor on it.

        Whoever is choosing another one meanwhile keeps their place.
        """
        self._current = path
        self._draw()
        paths = [entry.path for entry in self._entries]
        if path in paths and (self.highlighted is None or not self.has_focus):
            self.highlighted = paths.index(path)

    def action_open_lesson(self) -> None:
        """Open the lesson under the cursor."""
        self.action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Tell which lesson was chosen."""
        event.stop()
        self.post_message(LessonChosen(self._entries[event.option_index].path))

    def _draw(self) -> None:
        for index, entry in enumerate(self._entries):
            self.replace_option_prompt_at_index(index, self._prompt(entry))

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

    def _rows(self) -> list[Option]:
        return [Option(self._prompt(entry)) for entry in self._entries]

    def _prompt(self, entry: LessonEntry) -> Content:
        here = entry.path == self._current
        number = f"{entry.number:>2}" if entry.number is not None else "  "
        mark = (glyphs().here, "bold $primary") if here else self._standing(entry)
        return Content.assemble(
            mark,
            (f"{number} ", "$primary" if here else "$text-quiet"),
            (short_title(entry.title), "bold" if here else ""),
        )


def short_title(title: str) -> str:
    """Return what fits a list: the part before a colon, as in `Tensors: numbers in a block`."""
    return title.partition(": ")[0]
