"""The goals of the open lesson, which of them were reached, and hints on request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tflab.runs.text import count_of
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import with_code
from tflab.ui.workbench.messages import GoalsChanged

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.runs.state import RunState

_NONE = "No goals are set here."
_MARK = 2
_NARROWEST = 10


class _Part(NamedTuple):
    """A goal in lines: what it says, and below that the hints asked for."""

    key: str
    reached: bool
    text: list[Content]
    hints: list[Content]

    def fit(self, rows: int) -> list[Content]:
        """Return what fits: the goal itself, and the end of its hints."""
        room = max(rows - len(self.text), 0)
        return (self.text + (self.hints[-room:] if room else []))[:rows]

    def __len__(self) -> int:
        return len(self.text) + len(self.hints)


class Goals(Widget):
    """The goals of the lesson with a mark each; the run on show decides which are reached.

    It is as high as all of them need. With less room the goal in work comes first: that of the hint
    asked for last, or else the first open one.
    """

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

    def show_kept(self, reached: Iterable[str], passed: Iterable[str] = ()) -> None:
        """Mark what earlier runs reached; it stays reached.

        Args:
            reached: The goals, known by id or text.
            passed: The exercises, known by id.
        """
        self._kept = {*reached, *map(_exercise, passed)}
        self._draw()

    def show_run(self, state: RunState) -> None:
        """Mark what the run reached."""
        passed = {key: goal.passed for key, goal in state.goals.items()}
        passed |= {_exercise(key): one.passed for key, one in state.exercises.items()}
        if passed != self._passed:
            self._passed = passed
            self._told = {key: goal.text for key, goal in state.goals.items()}
            self._draw()

    def show_hint(self) -> str:
        """Show the next hint of the first open goal that has one; return why there is none."""
        stated = self._lesson.goals if self._lesson else ()
        left = [goal for goal in stated if not self._reached(goal.id, goal.text)]
        for goal in left:
            shown = self._hints_shown.get(goal.id, 0)
            if shown < len(goal.hints):
                self._hints_shown[goal.id] = shown + 1
                self._hinted = goal.id
                self._draw()
                return ""
        if left:
            return "There is no further hint for the goals that are open."
        return "Every goal is reached." if stated else _NONE

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows all goals take."""
        del container, viewport
        return max(self.rows(width), 1)

    def rows(self, width: int) -> int:
        """Return how many rows all goals take in `width` cells; 0 where there are none."""
        return sum(map(len, self._parts(width)))

    def render(self) -> Content:
        """Draw each goal with its mark, and under it, while it is open, the hints asked for."""
        width, height = self.content_size
        parts = self._parts(width)
        if not parts:
            return Content.styled(_NONE if self._lesson else "", "$text-quiet")
        return Content("\n").join(self._fitting(parts, height))

    def _fitting(self, parts: list[_Part], rows: int) -> list[Content]:
        """Return the goal in work, and others as far as there is room, in their order."""
        left = [part for part in parts if not part.reached]
        asked = [part for part in left if part.key == self._hinted]
        work = [*asked, *left, *parts][0]
        all_fit = sum(map(len, parts)) <= rows
        shown = {work.key: work.fit(rows)}
        # The line that counts the others needs a row.
        room = rows - len(shown[work.key]) - (0 if all_fit else 1)
        for part in [*left, *parts]:
            if part.key not in shown and len(part) <= room:
                shown[part.key] = part.fit(room)
                room -= len(part)
        lines = [line for part in parts for line in shown.get(part.key, ())]
        more = len(parts) - len(shown)
        if more and len(lines) < rows:
            lines.append(Content.styled(f"  and {count_of(more, 'goal')} more", "$text-quiet"))
        return lines

    def _parts(self, width: int) -> list[_Part]:
        """Return each goal in lines of so many cells."""
        room = max(width - _MARK, _NARROWEST)
        hints = {goal.id: goal.hints for goal in self._lesson.goals} if self._lesson else {}
        parts = []
        for key, text in self._goals().items():
            good = self._reached(key, text)
            mark = glyphs().passed if good else glyphs().open
            first = (f"{mark} ", "$success" if good else "bold $primary")
            said = with_code(text, "$text-quiet" if good else "").wrap(room)
            lines = [
                Content.assemble("" if n else first, " " * _MARK if n else "", line)
                for n, line in enumerate(said)
            ]
            given = () if good else hints.get(key, ())[: self._hints_shown.get(key, 0)]
            below = [
                line for hint in given for line in with_code(hint, "$warning").wrap(room - _MARK)
            ]
            indent = Content(" " * 2 * _MARK)
            parts.append(_Part(key, good, lines, [indent + line for line in below]))
        return parts

    def _goals(self) -> dict[str, str]:
        """Return the text of each goal, and of each exercise, by what it is known by.

        A run from before a goal got its id knows it by its text.
        """
        stated = {goal.id: goal.text for goal in self._lesson.goals} if self._lesson else {}
        texts = set(stated.values())
        told = {
            key: text for key, text in self._told.items() if key not in stated and text not in texts
        }
        exercises = self._lesson.exercises if self._lesson else ()
        return stated | told | {_exercise(e.id): f"Exercise: {e.title}" for e in exercises}

    def _reached(self, key: str, text: str) -> bool:
        known = (key, text)
        return any(name in self._kept or self._passed.get(name, False) for name in known)

    def _draw(self) -> None:
        written = {_exercise(e.id) for e in self._lesson.exercises} if self._lesson else set()
        done = {key: self._reached(key, text) for key, text in self._goals().items()}
        exercises = [good for key, good in done.items() if key in written]
        goals = [good for key, good in done.items() if key not in written]
        counts = (sum(goals), len(goals)), (sum(exercises), len(exercises))
        self.border_title = goals_title(*counts)
        self.post_message(GoalsChanged(*counts))
        self.refresh(layout=True)


def goals_title(goals: tuple[int, int], exercises: tuple[int, int]) -> str:
    """Return what stands above them: how many are done, each kind counted as it is elsewhere."""
    words = [f"goals {goals[0]}/{goals[1]}"] if goals[1] else []
    words += [f"exercises {exercises[0]}/{exercises[1]}"] if exercises[1] else []
    title = f" {glyphs().dot} ".join(words) or "goals"
    return title[0].upper() + title[1:]


def _exercise(id: str) -> str:
    """Return what an exercise is known by among goals, whose ids may be the same."""
    return f"exercise {id}"
