"""A sitting over generated questions, with or without a screen: a review, or a placement.

It is asked for a question, told an answer, and says what came of it. Both the command line and the
app drive it, and word what it says.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from random import Random
from typing import NamedTuple, Protocol

from tflab.quiz.kinds import Kind, Question
from tflab.quiz.schedule import Grade


class Outcome(Enum):
    """What came of an answer."""

    UNREADABLE = "unreadable"
    RIGHT = "right"
    MISSED = "missed"
    TOLD = "told"


class Reply(NamedTuple):
    """What came of an answer, and the question that it was to.

    Attributes:
        outcome: `MISSED` waits for a second try, `TOLD` is over and names the answer.
    """

    outcome: Outcome
    question: Question


class Sitting(Protocol):
    """Questions one after another.

    Attributes:
        question: The one that waits for an answer; None at the end.
        number: Which one it is, from 1.
        total: How many there are at most.
        right: How many were answered at the first try.
        asked: How many were answered, or given up.
    """

    number: int
    right: int
    asked: int

    @property
    def question(self) -> Question | None: ...  # noqa: D102

    @property
    def total(self) -> int: ...  # noqa: D102

    def answer(self, text: str) -> Reply: ...  # noqa: D102


class ReviewSitting:
    """A few questions that are due. A missed one is put a second time, then told.

    What was told comes once more at the end, with other numbers, and is not graded again: SM-2 has
    every question of the day repeated until it is known.

    Args:
        kinds: What is asked.
        keep: Called with the id of a kind and its grade as soon as that is known.
        random: Draws the numbers.

    Attributes:
        graded: The ids of the kinds whose grade is known.
    """

    def __init__(
        self, kinds: Sequence[Kind], keep: Callable[[str, Grade], object], random: Random
    ) -> None:
        self._keep = keep
        self._random = random
        self._waiting = deque(kinds)
        self.graded: set[str] = set()
        self._tries = 0
        self.number = self.right = self.asked = 0
        self._question: Question | None = None
        self._next()

    @property
    def question(self) -> Question | None:
        """The question that waits for an answer."""
        return self._question

    @property
    def total(self) -> int:
        """How many questions there are, those that come again included."""
        return self.number + len(self._waiting)

    @property
    def again(self) -> bool:
        """Whether the question that waits was missed before, in this sitting."""
        return self._question is not None and self._question.kind.id in self.graded

    def answer(self, text: str) -> Reply:
        """Take an answer; an empty one says that the person does not know."""
        question = self._question
        assert question is not None, "a question waits"
        right = question.judge(text) if text.strip() else False
        if right is None:
            return Reply(Outcome.UNREADABLE, question)
        self._tries += 1
        if not right and self._tries == 1:
            return Reply(Outcome.MISSED, question)
        self._settle(question.kind, right)
        return Reply(Outcome.RIGHT if right else Outcome.TOLD, question)

    def _settle(self, kind: Kind, right: bool) -> None:
        if kind.id not in self.graded:
            self.graded.add(kind.id)
            self.asked += 1
            self.right += right and self._tries == 1
            if not right:
                self._waiting.append(kind)
                self._keep(kind.id, Grade.MISSED)
            else:
                self._keep(kind.id, Grade.AT_ONCE if self._tries == 1 else Grade.AT_SECOND_TRY)
        self._next()

    def _next(self) -> None:
        self._tries = 0
        self._question = None
        if self._waiting:
            self.number += 1
            self._question = self._waiting.popleft().draw(self._random)
