"""Predict before the run: the lesson's questions, each with a place for a guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Select, Static

from tflab.programs.program import Question
from tflab.ui.dialogs.dialog import Dialog
from tflab.ui.terminal.safe_text import choice_text, with_code

Guesses = dict[str, Any]


class PredictScreen(Dialog[Guesses]):
    """Asks for guesses. An empty one is no guess; Esc goes back without a run."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+r", "answer", "Run", priority=True)]

    def __init__(self, questions: Sequence[Question], guesses: Mapping[str, Any]) -> None:
        super().__init__()
        self._questions = questions
        self._guesses = guesses

    def compose(self) -> ComposeResult:
        """Lay out the questions."""
        with VerticalScroll(classes="dialog", can_focus=False) as dialog:
            dialog.border_title = "What do you expect?"
            dialog.border_subtitle = "^r runs, Esc goes back"
            yield Static(
                Content.styled(
                    "Guess before you run; the result stands beside your guess afterwards. "
                    "Leave empty what you do not want to guess.",
                    "$text-quiet",
                )
            )
            for question in self._questions:
                yield Static(with_code(question.text), classes="question")
                before = self._guesses.get(question.id)
                if question.choices:
                    pairs = zip(question.choices, question.answers, strict=True)
                    options = [(choice_text(choice), answer) for choice, answer in pairs]
                    field: Select[str] = Select(options, prompt="no guess", compact=True)
                    if before in question.answers:
                        field.value = before
                    yield field
                else:
                    yield Input(
                        "" if before is None else f"{before:g}", compact=True, type="number"
                    )
            with Horizontal(classes="choices"):
                yield Button("Run (^r)", id="run", variant="primary", compact=True)

    def action_answer(self) -> None:
        """Run with the guesses made."""
        self.dismiss(self._read())

    @on(Input.Submitted)
    @on(Button.Pressed)
    def _done(self) -> None:
        self.dismiss(self._read())

    def _read(self) -> Guesses:
        found: Guesses = {}
        fields = self.query("Input, Select")
        for question, field in zip(self._questions, fields, strict=True):
            if isinstance(field, Select):
                if isinstance(field.value, str):
                    found[question.id] = field.value
            elif isinstance(field, Input):
                number = _number(field.value)
                if number is not None:
                    found[question.id] = number
        return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
