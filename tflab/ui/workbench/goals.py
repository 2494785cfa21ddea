"""The goals of the open lesson, which of them were reached, and hints on request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import with_code

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.runs.state import RunState

_NONE = "This lesson sets none."


class Goals(Widget):
    """The goals of the lesson with a mark each; the run on show decides which are reached."""

    def __init__(self) -> None:
        super().__init__(id="goals")
        self.border_title = "Goals"
        self._lesson: Program | None = None
        self._passed: dict[str, bool] = {}
        self._kept: set[str] = set()
        self._hints_shown: dict[str, int] = {}
        self._hinted = ""

    @property
    def texts(self) -> list[str]:
        """The goals, those that only the run knows last."""
        stated = [goal.text for goal in self._lesson.goals] if self._lesson else []
        return stated + [text for text in self._passed if text not in stated]

    def show_lesson(self, lesson: Program) -> None:
        """Show the goals that the file states."""
        self._lesson = lesson
        self._passed, self._hints_shown, self._kept, self._hinted = {}, {}, set(), ""
        self._draw()

    def show_kept(self, reached: Iterable[str]) -> None:
        """Mark the goals that earlier runs reached; they stay reached."""
        self._kept = set(reached)
        self._draw()

    def show_run(self, state: RunState) -> None:
        """Mark what the run reached."""
        passed = {text: goal.passed for text, goal in state.goals.items()}
        if passed != self._passed:
            self._passed = passed
            self._draw()

    def show_hint(self) -> bool:
        """Show the next hint of the first goal that is open; False when there is none left."""
        for goal in self._lesson.goals if self._lesson else ():
            shown = self._hints_shown.get(goal.text, 0)
            if not self._reached(goal.text) and shown < len(goal.hints):
                self._hints_shown[goal.text] = shown + 1
                self._hinted = goal.text
                self._draw()
                return True
        return False

    def render(self) -> Content:
        """Draw each goal with its mark, and the hints asked for under it while it is open.

        Where there is no room for all, the hint asked for last is in view.
        """
        width = max(self.content_size.width - 2, 10)
        hints = {goal.text: goal.hints for goal in self._lesson.goals} if self._lesson else {}
        marks = glyphs()
        lines: list[Content] = []
        hint_end = 0
        for text in self.texts:
            good = self._reached(text)
            mark = (f"{marks.passed if good else marks.open} ", "$success" if good else "$primary")
            goal = with_code(text, "" if good else "$text-quiet")
            for index, line in enumerate(goal.wrap(width)):
                lines.append(Content.assemble(mark if index == 0 else "  ", line))
            for hint in () if good else hints.get(text, ())[: self._hints_shown.get(text, 0)]:
                for line in with_code(hint, "$warning").wrap(width - 2):
                    lines.append(Content("    ") + line)
            if text == self._hinted:
                hint_end = len(lines)
        if self._lesson and not lines:
            return Content.styled(_NONE, "$text-quiet")
        return Content("\n").join(lines[max(0, hint_end - self._rows()) :])

    def _rows(self) -> int:
        """Return the most rows that the style sheet leaves for goals, beneath their title."""
        limit = self.styles.max_height
        share = limit.value / 100 if limit is not None else 1.0
        return max(int(self.container_size.height * share) - 1, 1)

    def _reached(self, text: str) -> bool:
        return text in self._kept or self._passed.get(text, False)

    def _draw(self) -> None:
        reached = sum(map(self._reached, self.texts))
        count = f" {reached}/{len(self.texts)}" if self.texts else ""
        self.border_title = f"Goals{count}"
        self.refresh(layout=True)
