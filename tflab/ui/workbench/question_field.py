"""The field that stands in the place of a question while it is answered."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from tflab.programs.program import Question
from tflab.session.guesses import read_guess
from tflab.ui.terminal.safe_text import short_text, with_code
from tflab.ui.workbench.messages import QuestionAnswered, QuestionLeft


class QuestionField(Vertical):
    """Takes a guess: a number that is typed, or a choice. Esc leaves the question open."""

    DEFAULT_CSS = """
    QuestionField { height: auto; }
    QuestionField > * { height: auto; border: none; padding: 0 2; }
    QuestionField > OptionList { max-height: 12; background: $code-background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back", show=False)]

    def __init__(self, question: Question, guess: str | float | None) -> None:
        super().__init__(id="question-field")
        self._question = question
        self._guess = guess

    def compose(self) -> ComposeResult:
        """Lay out the question and its field."""
        yield Static(
            Content.assemble(("? ", "bold $primary"), with_code(self._question.text, "bold"))
        )
        if self._question.choices:
            choices = [
                Content.assemble((f"{number} ", "$primary"), short_text(choice))
                for number, choice in enumerate(self._question.choices, start=1)
            ]
            yield OptionList(*choices, compact=True)
        else:
            before = "" if self._guess is None else f"{self._guess:g}"
            yield Input(before, compact=True, placeholder="a number", restrict=r"[-−+.,_\deE]*")

    def on_mount(self) -> None:
        """Begin to type."""
        field = self.query_one("Input, OptionList")
        field.focus(scroll_visible=False)
        if isinstance(field, OptionList):
            answers = list(self._question.answers)
            field.highlighted = answers.index(self._guess) if self._guess in answers else 0

    def on_key(self, event: object) -> None:
        """Take a choice by its number."""
        key = getattr(event, "key", "")
        if self._question.choices and key.isdecimal():
            self._take(key)

    def action_leave(self) -> None:
        """Leave the question open."""
        self.post_message(QuestionLeft())

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        self._take(event.value.replace(",", "."))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(str(event.option_index + 1))

    def _take(self, text: str) -> None:
        guess = read_guess(self._question, text)
        if guess is None:
            self.notify("A number is wanted, such as 0.25. Esc goes back.", severity="warning")
        else:
            self.post_message(QuestionAnswered(self._question.id, guess))
