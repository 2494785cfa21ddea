"""The goals of the open lesson, which of them were reached, and hints on request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import with_code
from tflab.ui.workbench.messages import GoalsChanged

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.runs.state import RunState

_NONE = "This lesson sets none."


class Goals(Widget):
    """The goals of the lesson with a mark each; the run on show decides which are reached."""

    def __init__(self) -> None:
        super().__init__(id="goals")
        self._lesson: Program | None = None
        self._passed: dict[str, bool] = {}
        self._told: dict[str, str] = {}
        self._kept: set[str] = set()
        self._hints_shown: dict[str, int] = {}
        self._hinted = ""

    @property
    def texts(self) -> list[str]:
        """The goals, those that only the run knows last."""
        return list(self._goals().values())

    def show_lesson(self, lesson: Program) -> None:
        """Show the goals that the file states."""
        self._lesson = lesson
        self._passed, self._told, self._hints_shown = {}, {}, {}
        self._kept, self._hinted = set(), ""
        self._draw()

    def show_kept(self, reached: Iterable[str]) -> None:
        """Mark the goals that earlier runs reached, known by id or text; they stay reached."""
        self._kept = set(reached)
        self._draw()

    def show_run(self, state: RunState) -> None:
        """Mark what the run reached."""
        passed = {key: goal.passed for key, goal in state.goals.items()}
        if passed != self._passed:
            self._passed = passed
            self._told = {key: goal.text for key, goal in state.goals.items()}
            self._draw()

    def show_hint(self) -> bool:
        """Show the next hint of the first goal that is open; False when there is none left."""
        for goal in self._lesson.goals if self._lesson else ():
            shown = self._hints_shown.get(goal.id, 0)
            if not self._reached(goal.id, goal.text) and shown < len(goal.hints):
                self._hints_shown[goal.id] = shown + 1
                self._hinted = goal.id
                self._draw()
                return True
        return False

    def render(self) -> Content:
        """Draw each goal with its mark, and the hints asked for under it while it is open.

        Where there is no room for all, the hint asked for last is in view.
        """
        lines, hint_end = self._lines(self.content_size.width)
        return Content("\n").join(lines[max(0, hint_end - self.size.height) :])

    def rows(self, width: int) -> int:
        """Return how many rows all of it takes in `width` cells; 0 where there are no goals."""
        return len(self._lines(width)[0]) if self._goals() else 0

    def _lines(self, width: int) -> tuple[list[Content], int]:
        """Return every line, and how many there are down to the hint asked for last."""
        width = max(width - 2, 10)
        hints = {goal.id: goal.hints for goal in self._lesson.goals} if self._lesson else {}
        marks = glyphs()
        lines: list[Content] = []
        hint_end = 0
        for key, text in self._goals().items():
            good = self._reached(key, text)
            mark = (f"{marks.passed if good else marks.open} ", "$success" if good else "$primary")
            goal = with_code(text, "" if good else "$text-quiet")
            for index, line in enumerate(goal.wrap(width)):
                lines.append(Content.assemble(mark if index == 0 else "  ", line))
            for hint in () if good else hints.get(key, ())[: self._hints_shown.get(key, 0)]:
                for line in with_code(hint, "$warning").wrap(width - 2):
                    lines.append(Content("    ") + line)
            if key == self._hinted:
                hint_end = len(lines)
        if self._lesson and not lines:
            lines = [Content.styled(_NONE, "$text-quiet")]
        return lines, hint_end

    def _goals(self) -> dict[str, str]:
        """Return the text of each goal by what it is known by.

        A run from before a goal got its id knows it by its text.
        """
        stated = {goal.id: goal.text for goal in self._lesson.goals} if self._lesson else {}
        texts = set(stated.values())
        return stated | {
            key: text for key, text in self._told.items() if key not in stated and text not in texts
        }

    def _reached(self, key: str, text: str) -> bool:
        known = (key, text)
        return any(name in self._kept or self._passed.get(name, False) for name in known)

    def _draw(self) -> None:
        goals = self._goals()
        reached = sum(self._reached(key, text) for key, text in goals.items())
        self.post_message(GoalsChanged(reached, len(goals)))
        self.refresh(layout=True)
