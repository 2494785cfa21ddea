"""What is said when a run is over, and what stands at the end of a lesson."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from tflab.charts.text import cell_width
from tflab.programs.program import ProgramKind
from tflab.runs.state import RunState
from tflab.runs.text import count_of
from tflab.session.lesson_end import LessonEnd, ReachedGoal, goal_counts, guesses_right
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import short_line, with_code
from tflab.ui.workbench.lesson_document import Block, Row

_ENDS: dict[ProgramKind, str] = {
    "lesson": "The end of this lesson",
    "notebook": "The end of this notebook",
    "script": "The end of this script",
}
_INDENT = 2
_WIDEST = 96


def run_words(state: RunState, outputs: int, changed: int | None) -> tuple[str, str]:
    """Return what came out of a run: outputs, guesses, goals or else exercises.

    Args:
        state: The run.
        outputs: How many cells gave something.
        changed: How many of them gave something else than in the run before; None without one.

    Returns:
        All of it, and what is said of it where there is less room.
    """
    words = [count_of(outputs, "output")]
    if changed is not None:
        words[0] += f" ({changed} new or changed)" if changed else " (none changed)"
    right, made = guesses_right(state)
    if made:
        words.append(f"guesses {right}/{made}")
    words += goal_counts(state)[:1]
    between = f" {glyphs().dot} "
    return between.join(words), between.join(words[1:] or [count_of(outputs, "output")])


class EndCard(Block):
    """The end of a lesson: what was done in it, and what comes next.

    Attributes:
        end: What it says.
    """

    together = True

    def __init__(self, end: LessonEnd) -> None:
        self.end = end

    def guess(self, width: int) -> int:
        """Return about how many rows it takes."""
        del width
        return 6 + 2 * len(self.end.goals)

    def rows(self, width: int) -> list[Row]:
        """Return the rows of the card."""
        room = max(min(width, _WIDEST) - _INDENT, 1)
        rule = Content.styled(
            ("─" if glyphs().unicode else "-") * (room + _INDENT), "$border-quiet"
        )
        lines = [line for part in self._parts(room) for line in part.wrap(room)]
        return [
            Row(rule),
            *[Row(line, _INDENT) for line in lines],
            Row(rule),
            Row(Content()),
        ]

    def _parts(self, room: int) -> Iterator[Content]:
        end = self.end
        if end.complete:
            said = "Every goal is reached" if end.goals else "Every exercise is passed"
            yield Content.styled(f"{glyphs().passed} {said}", "bold $success")
        else:
            yield Content.styled(_ENDS[end.kind], "bold $primary")
        yield self._done()
        for goal in end.goals:
            yield from _goal_lines(goal, room)
        if end.runs and not all(goal.reached for goal in end.goals):
            yield _keys(("F10", "gives a hint for the first open goal"))
        yield Content()
        if end.course is not None:
            done, lessons = end.course
            yield Content(
                f"This is the end of the course: every goal in {done} of {lessons} lessons."
            )
            yield _keys(("F2", "goes to the list"), ("^y", "shows every run you made"))
        if end.due:
            # The questions are not needed before.
            from tflab.session.quiz_words import due_words

            yield Content(due_words(end.due))
            yield _keys(("^p", "and “Review” asks them"))
        if end.next_title:
            yield _keys(("n", f"opens {short_line(end.next_title)}"))

    def _done(self) -> Content:
        end = self.end
        if not end.runs:
            return _keys(("^r", "runs it; no run of it has ended yet"))
        words = [f"You ran it {end.runs:,} times." if end.runs > 1 else "You ran it once."]
        right, made = end.guesses
        if made:
            words.append(f"Guesses right: {right} of {made}.")
        if end.goals:
            reached = sum(goal.reached for goal in end.goals)
            words.append(f"Goals reached: {reached} of {len(end.goals)}.")
        passed, exercises = end.exercises
        if exercises:
            words.append(f"Exercises passed: {passed} of {exercises}.")
        return Content(" ".join(words))


def _goal_lines(goal: ReachedGoal, room: int) -> Iterator[Content]:
    """Yield a goal, and at its right, or below, the run that first reached it."""
    marks = glyphs()
    mark = (f"{marks.passed} ", "$success") if goal.reached else (f"{marks.open} ", "bold $primary")
    lines = with_code(goal.text).wrap(max(room - _INDENT, 1))
    lines = [Content.assemble(" " * _INDENT if n else mark, line) for n, line in enumerate(lines)]
    if goal.by is not None:
        name = goal.by.fit(room - _INDENT)
        free = room - lines[-1].cell_length - cell_width(name)
        if free < _INDENT:
            lines.append(Content())
            free = room - cell_width(name)
        lines[-1] = Content.assemble(lines[-1], " " * max(free, 0), (name, "$text-quiet"))
    yield from lines


def _keys(*keys: tuple[str, str]) -> Content:
    """Return keys, each with what it does."""
    parts = [Content.assemble((key, "bold $primary"), f" {does}") for key, does in keys]
    return Content("   ").join(parts)
