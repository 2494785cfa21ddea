"""A question on the page: asked where it stands, then the guess beside what the run gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from textual.content import Content

from tflab.programs.program import Question
from tflab.runs.events import Prediction
from tflab.runs.tensor_text import number_text
from tflab.session.guesses import AskedQuestion, choice_said, is_right, values_behind
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import short_text, with_code
from tflab.ui.workbench.lesson_document import Block, Row

_INDENT = 2
_ANSWER = (("Enter", "guess"), ("Space", "go on without"))


class QuestionBlock(Block):
    """A question, its choices while it is open, and what came of it.

    Args:
        question: The question.

    Attributes:
        asked: How it stands; None where nobody asks, as in the history.
    """

    together = True

    def __init__(self, question: Question) -> None:
        self.question = question
        self.cell = question.cell
        self.asked: AskedQuestion | None = None
        self._form: Mapping[str, Any] = {}
        self._found: Prediction | None = None
        self._ran: Mapping[str, Any] = {}

    @property
    def asks(self) -> bool:  # type: ignore[override]
        """Whether what follows waits for the answer."""
        return self.asked is not None and self.asked.folds

    @property
    def is_open(self) -> bool:
        """Whether an answer is waited for."""
        return self.asked is not None and self.asked.open

    def show(self, asked: AskedQuestion, values: Mapping[str, Any]) -> bool:
        """Show how it stands with the values of the form; return whether that is new."""
        at = values_behind(self.question, values)
        new = (asked, at) != (self.asked, self._form)
        self.asked, self._form = asked, at
        return new

    def show_run(self, found: Prediction | None, values: Mapping[str, Any]) -> bool:
        """Show what a run gave; return whether that is new."""
        at = values_behind(self.question, values)
        new = (found, at) != (self._found, self._ran)
        self._found, self._ran = found, at
        return new

    def rows(self, width: int) -> list[Row]:
        """Return its rows, and a blank one behind them."""
        lines = [line for text in self._lines() for line in text.wrap(max(width - 3, 1))]
        return [
            *(Row(line, 0 if n == 0 else _INDENT) for n, line in enumerate(lines)),
            Row(Content()),
        ]

    def _lines(self) -> Iterator[Content]:
        yield Content.assemble(("? ", "bold $primary"), with_code(self.question.text, "bold"))
        asked = self.asked
        if asked is not None and asked.open:
            for number, choice in enumerate(self.question.choices, start=1):
                yield Content.assemble((f"{number} ", "$primary"), short_text(choice))
            if asked.changed:
                yield Content.styled(f"{_listed(asked.changed)} changed. Guess anew?", "$warning")
        result = self._result()
        if result is not None:
            yield result
        elif asked is not None and asked.guess is not None:
            said = short_text(number_text(choice_said(self.question, asked.guess)))
            yield Content.assemble(
                ("you said: ", "$text-quiet"), said, ("   ^r runs it", "$text-quiet")
            )
        if asked is not None and (asked.open or (result is None and asked.guess is None)):
            keys = _ANSWER if asked.folds else _ANSWER[:1]
            parts = [
                part
                for key, what in keys
                for part in ((key, "$primary"), (f" {what}  ", "$text-quiet"))
            ]
            yield Content.assemble(*parts).rstrip()

    def _result(self) -> Content | None:
        """Return guess and answer side by side, where the answer may be seen."""
        found, asked = self._found, self.asked
        if found is None:
            return None
        guess, right = found.guess, found.correct
        same = self._ran == self._form
        if guess is None and asked is not None and same:
            if asked.open:
                return None
            if asked.guess is not None:
                guess = choice_said(self.question, asked.guess)
                right = is_right(found, self.question, asked.guess)
        answer = Content.assemble(
            ("the run: ", "$text-quiet"), short_text(number_text(found.answer))
        )
        if guess is None:
            return answer
        marks = glyphs()
        mark = (f"{marks.passed} ", "$success") if right else (f"{marks.failed} ", "$warning")
        said = ("you said: ", "$text-quiet")
        return Content.assemble(mark, said, short_text(number_text(guess)), "   ") + answer


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
