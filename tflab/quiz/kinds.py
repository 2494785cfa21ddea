"""A kind of question: whole sentences with places for numbers, and how these are drawn.

Its texts are templates (`string.Template`), so that a translation puts other sentences under the
same ids. `$rate` stands for the value `rate` that was drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from string import Template
from typing import NamedTuple

from tflab.quiz.answers import Answer, short_number

Value = str | int | float | tuple[int, ...]


class Choice(NamedTuple):
    """One of the answers to choose from: what it is known by, and what it says."""

    id: str
    text: str


class Made(NamedTuple):
    """What was drawn for a question: the values in its texts, and the answer they lead to."""

    values: Mapping[str, Value]
    answer: Answer


Make = Callable[[Random], Made]


@dataclass(frozen=True)
class Kind:
    """A question with its numbers left open.

    Attributes:
        id: What it is known by: the lesson's id, a slash and a name. It stays when words change.
        read: The id of the question, exercise or goal in the lesson's cell where it is explained.
        text: What is asked.
        lead: A question that leads to the answer, put after a miss.
        why: How the answer comes about.
        make: Draws the numbers and computes the answer.
        code: The code that the question is about.
        choices: What can be chosen, by id; none where the answer is a number or a shape.
    """

    id: str
    read: str
    text: str
    lead: str
    why: str
    make: Make
    code: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def lesson(self) -> str:
        """The id of the lesson that it is about."""
        return self.id.partition("/")[0]

    def draw(self, random: Random) -> Question:
        """Return a question with numbers drawn from `random`."""
        made = self.make(random)
        in_code = {name: _word(value) for name, value in made.values.items()}
        in_prose = {
            name: word.replace("-", "−", 1) if isinstance(made.values[name], int | float) else word
            for name, word in in_code.items()
        }

        def fill(text: str) -> str:
            return Template(text).substitute(in_prose)

        return Question(
            kind=self,
            text=fill(self.text),
            code=Template(self.code).substitute(in_code),
            choices=tuple(Choice(id, fill(text)) for id, text in self.choices.items()),
            answer=made.answer,
            lead=fill(self.lead),
            why=fill(self.why),
        )


@dataclass(frozen=True)
class Question:
    """A question as it is put; the attributes are those of its kind, with the numbers in place."""

    kind: Kind
    text: str
    code: str
    choices: tuple[Choice, ...]
    answer: Answer
    lead: str
    why: str

    def judge(self, text: str) -> bool | None:
        """Return whether an answer is right; None where it is no answer at all."""
        return self.answer.judge(text, self.choices)

    @property
    def right(self) -> str:
        """The right answer, as people write it."""
        return self.answer.shown(self.choices)


class Bank:
    """The kinds of one part of the course, gathered by a decorator of what draws their numbers."""

    def __init__(self) -> None:
        self.kinds: list[Kind] = []

    def kind(
        self,
        id: str,
        *,
        read: str,
        text: str,
        lead: str,
        why: str,
        code: str = "",
        choices: Mapping[str, str] | None = None,
    ) -> Callable[[Make], Make]:
        """Return a decorator that makes a `Kind` of these texts and the function."""

        def take(make: Make) -> Make:
            self.kinds.append(Kind(id, read, text, lead, why, make, code, choices or {}))
            return make

        return take


def _word(value: Value) -> str:
    return short_number(value) if isinstance(value, int | float) else str(value)
