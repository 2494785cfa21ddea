"""The list of lessons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tflab.lessons.library import LessonEntry
from tflab.ui.actions import bindings
from tflab.ui.glyphs import glyphs
from tflab.ui.messages import LessonChosen


class LessonList(OptionList):
    """The lessons in order; the open one is marked."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings("lessons"))

    def __init__(self, entries: Sequence[LessonEntry], current: Path | None = None) -> None:
        self._entries = list(entries)
        self._current = current
        super().__init__(*self._rows(), id="lessons")

    @property
    def entries(self) -> Sequence[LessonEntry]:
        """The lessons, in the order shown."""
        return self._entries

    def mark(self, path: Path) -> None:
        """Mark the lesson at `path` as the open one, and put the cursor on it."""
        self._current = path
        for index, entry in enumerate(self._entries):
            self.replace_option_prompt_at_index(index, self._prompt(entry))
            if entry.path == path:
                self.highlighted = index

    def action_open_lesson(self) -> None:
        """Open the lesson under the cursor."""
        self.action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Tell which lesson was chosen."""
        event.stop()
        self.post_message(LessonChosen(self._entries[event.option_index].path))

    def _rows(self) -> list[Option]:
        return [Option(self._prompt(entry)) for entry in self._entries]

    def _prompt(self, entry: LessonEntry) -> Content:
        here = entry.path == self._current
        number = f"{entry.number:>2}" if entry.number is not None else "  "
        return Content.assemble(
            (glyphs().here if here else " ", "$primary"),
            (f"{number} ", "$text-quiet"),
            (entry.title, "bold" if here else ""),
        )
