"""Questions one after another, with what came of each answer: a review, or a placement."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from tflab.quiz.kinds import Question
from tflab.session.placement import PlacementSitting
from tflab.session.quiz import Outcome, Reply, ReviewSitting
from tflab.session.quiz_words import (
    NONE_LEFT,
    PASSING,
    RETURNS,
    placed_words,
    reply_words,
    review_end,
    wanted,
)
from tflab.session.review import Due, ReadingPlace
from tflab.ui.dialogs.dialog import Dialog
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import with_code
from tflab.ui.widgets.css import beside

_ACCIDENT_SECONDS = 0.4
"""An Enter meant for what was there before comes within this time, and gives up no question."""

_ASKING = "Enter answers, Esc leaves"
_LED = "Enter answers, ^o opens the lesson, Esc leaves"
_TOLD = "Enter goes on, Esc leaves"
_TOLD_WHERE = "Enter goes on, ^o opens the lesson, Esc leaves"
_OVER = "Enter closes"
_PLACED = "Enter opens the lesson, Esc closes"


class OpenAt(NamedTuple):
    """A lesson to open, at a cell of it or where it was left."""

    path: Path
    cell: int | None = None


class QuizScreen(Dialog[OpenAt]):
    """Puts the questions of a sitting; dismissed with a lesson that the person wants to read.

    Args:
        sitting: The questions.
        places: Where each kind is explained, by its id.
        due: All that was due when a review began.
    """

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "read", "Read", priority=True),
        Binding("up,pageup", "scroll_page(-1)", "Up", show=False),
        Binding("down,pagedown", "scroll_page(1)", "Down", show=False),
    ]

    def __init__(
        self,
        sitting: ReviewSitting | PlacementSitting,
        places: Mapping[str, ReadingPlace],
        due: Due,
    ) -> None:
        super().__init__()
        self._sitting = sitting
        self._places = places
        self._due = due
        self._question: Question | None = None
        self._place: ReadingPlace | None = None
        self._waits = True
        self._shown_at = 0.0

    def compose(self) -> ComposeResult:
        """Lay out the question, what is said to the answer, and the field."""
        with Vertical(classes="dialog -quiz"):
            with VerticalScroll(can_focus=False):
                yield Static(id="quiz-question")
                yield Static(id="quiz-reply")
            yield Input(compact=True)

    def on_mount(self) -> None:
        """Put the first question."""
        self._next()

    def action_read(self) -> None:
        """Open the lesson where the question is explained."""
        if self._place is not None:
            self.dismiss(OpenAt(self._place.lesson.path, self._place.cell))

    def action_scroll_page(self, by: int) -> None:
        """Scroll while the field keeps the focus."""
        self.query_one(VerticalScroll).scroll_relative(y=3 * by, animate=False)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self._question is None:
            self._leave()
        elif not self._waits:
            self._next()
        elif event.value.strip() or time.monotonic() - self._shown_at > _ACCIDENT_SECONDS:
            self._hear(self._sitting.answer(event.value))

    def _leave(self) -> None:
        sitting = self._sitting
        lesson = sitting.placed.lesson if isinstance(sitting, PlacementSitting) else None
        self.dismiss(OpenAt(lesson.path) if lesson is not None else None)

    def _next(self) -> None:
        """Put the next question, or say what came of all."""
        sitting = self._sitting
        self._question = question = sitting.question
        self._place, self._waits = None, True
        if question is None:
            self._show_end()
            return
        returns = isinstance(sitting, ReviewSitting) and sitting.again
        self._entitle(f"{sitting.number}/{sitting.total}", _ASKING)
        self._write(Content("\n").join(_question_lines(question, returns)), Content())
        self._shown_at = time.monotonic()

    def _hear(self, reply: Reply) -> None:
        place = self._places.get(reply.question.kind.id)
        lines = reply_words(reply, place)
        self._waits = reply.outcome in (Outcome.MISSED, Outcome.UNREADABLE)
        if reply.outcome in (Outcome.MISSED, Outcome.TOLD):
            self._place = place
        where = self._place is not None
        if self._waits:
            self._entitle(None, _LED if where else _ASKING)
        else:
            self._entitle(None, _TOLD_WHERE if where else _TOLD)
        self._write(None, Content("\n").join([*_reply_lines(reply.outcome, lines)]))
        self._shown_at = time.monotonic()

    def _show_end(self) -> None:
        sitting = self._sitting
        if isinstance(sitting, PlacementSitting):
            lines, keys = placed_words(sitting.placed), _PLACED
        else:
            left = [kind for kind in self._due.kinds if kind.id not in sitting.graded]
            lines, keys = review_end(sitting, Due(left)), _OVER
            lines += [] if left else [NONE_LEFT]
        self._entitle("", keys)
        self._write(Content(), Content("\n\n").join(with_code(line) for line in lines))
        self.query_one(Input).display = False
        self.set_focus(None)

    def key_enter(self) -> None:
        """Close at the end, where no field takes the key."""
        if self._question is None:
            self._leave()

    def _entitle(self, count: str | None, keys: str) -> None:
        box = self.query_one(".-quiz")
        if count is not None:
            name = "Where to begin" if isinstance(self._sitting, PlacementSitting) else "Review"
            box.border_title = f"{name} {count}" if count else name
        box.border_subtitle = keys

    def _write(self, question: Content | None, reply: Content) -> None:
        if question is not None:
            asked = self.query_one("#quiz-question", Static)
            asked.update(question)
            asked.display = bool(question.plain)
        said = self.query_one("#quiz-reply", Static)
        said.update(reply)
        said.display = bool(reply.plain)
        field = self.query_one(Input)
        field.value = ""
        page = self.query_one(VerticalScroll)
        page.call_after_refresh(page.scroll_home if question else page.scroll_end, animate=False)


def _question_lines(question: Question, returns: bool) -> Iterator[Content]:
    if returns:
        yield Content.styled(RETURNS, "$text-quiet")
    yield with_code(question.text, "bold")
    if question.code:
        yield Content()
        for line in question.code.split("\n"):
            yield Content.assemble("  ", (line, "$accent"))
    if question.choices:
        yield Content()
        for place, choice in enumerate(question.choices, start=1):
            yield Content.assemble((f"  {place}  ", "bold $primary"), with_code(choice.text))
    yield Content()
    yield Content.styled(f"{wanted(question)} {PASSING}", "$text-quiet")


def _reply_lines(outcome: Outcome, lines: Sequence[str]) -> Iterator[Content]:
    style = {Outcome.RIGHT: "$success", Outcome.UNREADABLE: "$warning"}.get(outcome, "")
    mark = f"{glyphs().passed} " if outcome is Outcome.RIGHT else ""
    yield Content.assemble((mark, "bold $success"), with_code(lines[0], style))
    for line in lines[1:]:
        yield with_code(line, "$text-quiet")
