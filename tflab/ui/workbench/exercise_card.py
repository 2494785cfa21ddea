"""An exercise on the page: its title and state above the code, and below it what is still wrong,
the hints asked for, and a solution beside one's own."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from tflab.programs.edits import cell_hash
from tflab.programs.exercises import Exercise, Kind
from tflab.runs.events import ExerciseOutcome
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import short_line, short_text, with_code
from tflab.ui.workbench.code_text import CodeText
from tflab.ui.workbench.lesson_document import Block, Row

_INDENT = 2
_GROUND = "on $code-background"

_TASKS: dict[Kind, str] = {
    "fill": "Write what is missing.",
    "mend": "Something is wrong here. Mend it.",
    "line": "Type the line.",
}
_WORDS = {
    "todo": "to do",
    "unchecked": "not checked yet",
    "passed": "passed",
    "once": "passed once",
    "failed": "not yet",
}
_STYLES = {
    "todo": "$primary",
    "unchecked": "$warning",
    "passed": "$success",
    "once": "$success",
    "failed": "$warning",
}
_KEYS = (("Enter", "write"), ("^r", "check"), ("h", "hint"), ("s", "solution"), ("u", "reset"))
_NO_SOLUTION = "There is no solution in this file."
_ASK_AGAIN = "Press s again to see a solution. A hint may do: h."


class ExerciseCard:
    """What is known of one exercise.

    Args:
        exercise: The exercise, with the learner's answer.
        kept: Whether it was passed in an earlier run.
    """

    def __init__(self, exercise: Exercise, kept: bool = False) -> None:
        self.exercise = exercise
        self.kept = kept
        self.outcome: ExerciseOutcome | None = None
        self._hints = 0
        self._asked = 0
        self.head = ExerciseHead(self)
        self.foot = ExerciseFoot(self)

    def like(self, before: ExerciseCard) -> None:
        """Take over what a person has asked for before the file was read again."""
        self.kept, self.outcome = before.kept, before.outcome
        self._hints, self._asked = before.asked_for

    @property
    def asked_for(self) -> tuple[int, int]:
        """How many hints, and how often the solution."""
        return self._hints, self._asked

    def take(self, exercise: Exercise) -> None:
        """Show the exercise with another answer; who starts anew sees no solution any more."""
        self.exercise = exercise
        if exercise.answer is None:
            self._asked = 0

    @property
    def is_current(self) -> bool:
        """Whether the outcome is that of what stands there now."""
        mark = self.outcome.mark if self.outcome is not None else ""
        return bool(mark) and mark == cell_hash(self.exercise.text)

    @property
    def state(self) -> str:
        """How the exercise stands: `todo`, `unchecked`, `passed`, `once` or `failed`."""
        outcome = self.outcome if self.is_current else None
        if outcome is not None and outcome.passed:
            return "passed"
        if self.exercise.answer is None:
            return "once" if self.kept else "todo"
        if outcome is not None:
            return "failed"
        return "once" if self.kept else "unchecked"

    @property
    def waits(self) -> bool:
        """Whether a run has something new to say of it: there is an answer that has not passed."""
        if self.exercise.answer is None:
            return self.exercise.kind == "mend" and not self.kept
        if self.outcome is not None and self.is_current:
            return not self.outcome.passed
        return not self.kept or self.outcome is not None

    def next_hint(self) -> str:
        """Show the next hint; return why there is none."""
        if self._hints < len(self.exercise.hints):
            self._hints += 1
            return ""
        return "There is no further hint." if self._hints else "This exercise has no hints."

    def ask_solution(self) -> str:
        """Show a solution, at once to who has passed and else when asked again; or hide it.

        Returns:
            Why there is none.
        """
        if not self.exercise.solution:
            return _NO_SOLUTION
        if self._asked >= 2:
            self._asked = 0
        else:
            self._asked = 2 if self.state in ("passed", "once") else self._asked + 1
        return ""

    @property
    def message(self) -> str:
        """What is wrong, or to be known; empty when there is nothing to say."""
        outcome = self.outcome if self.is_current else None
        if outcome is None or (not outcome.written and self.exercise.kind != "mend"):
            return ""
        return outcome.message

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints asked for."""
        return self.exercise.hints[: self._hints]

    @property
    def note(self) -> str:
        """What is said once a solution was asked for the first time."""
        return _ASK_AGAIN if self._asked == 1 else ""

    @property
    def solution(self) -> str:
        """The solution, once it was asked for."""
        return self.exercise.solution if self._asked >= 2 else ""


class ExerciseHead(Block):
    """The title of an exercise, how it stands, and which keys work on it."""

    together = True

    def __init__(self, card: ExerciseCard) -> None:
        self._card = card
        self.cell = card.exercise.cell

    def rows(self, width: int) -> list[Row]:
        """Return its rows."""
        card, marks = self._card, glyphs()
        state = card.state
        mark = marks.passed if state in ("passed", "once") else marks.open
        mark = marks.failed if state == "failed" else mark
        word = _WORDS[state]
        room = max(width - cell_len(word) - 5, 1)
        title = Content.styled(short_line(card.exercise.title), "bold")
        title = title.truncate(room, ellipsis=marks.unicode)
        gap = max(width - 1 - 2 - title.cell_length - cell_len(word), 1)
        first = Content.assemble(
            (f"{mark} ", _STYLES[state]), title, " " * gap, (word, _STYLES[state])
        )
        lines = [line for text in (self._task(), self._keys()) for line in text.wrap(width - 3)]
        return [Row(first), *(Row(line, _INDENT) for line in lines)]

    def _task(self) -> Content:
        return Content(_TASKS[self._card.exercise.kind])

    def _keys(self) -> Content:
        exercise = self._card.exercise
        there = {"h": bool(exercise.hints), "s": bool(exercise.solution)}
        parts: list[tuple[str, str]] = []
        for key, what in _KEYS:
            if there.get(key, True):
                parts += [(key, "$primary"), (f" {what}  ", "$text-quiet")]
        return Content.assemble(*parts).rstrip()


class ExerciseFoot(Block):
    """What is wrong, the hints asked for, and the solution, below the code of an exercise."""

    together = True

    def __init__(self, card: ExerciseCard) -> None:
        self._card = card
        self.cell = card.exercise.cell

    def rows(self, width: int) -> list[Row]:
        """Return its rows."""
        room = max(width - _INDENT - 1, 1)
        rows = [Row(line, _INDENT) for text in self._lines() for line in text.wrap(room)]
        solution = self._card.solution
        if solution:
            rows.append(Row(Content.styled("A solution", "$text-quiet"), _INDENT))
            code = CodeText(solution).rows(max(width - 2, 1))
            rows += [Row(line, bar="$success", ground=_GROUND) for line in code]
        return rows

    def _lines(self) -> list[Content]:
        card, marks = self._card, glyphs()
        lines = []
        if card.message:
            passed = card.state == "passed"
            mark = (f"{marks.passed} ", "$success") if passed else (f"{marks.failed} ", "$warning")
            lines.append(Content.assemble(mark, short_text(card.message)))
        count = len(card.exercise.hints)
        for number, hint in enumerate(card.hints, start=1):
            label = (f"Hint {number} of {count}  ", "$text-quiet")
            lines.append(Content.assemble(label, with_code(hint, "$warning")))
        if card.note:
            lines.append(Content.styled(card.note, "$text-quiet"))
        return lines
