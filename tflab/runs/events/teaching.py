"""What a lesson sets the learner: goals and questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from tflab.runs.events.event import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal(Event):
    """Whether a goal of the lesson was reached in this run. Hints go from weak to strong.

    `id` stays when the text is reworded or translated; empty where the lesson gives none.
    """

    TYPE: ClassVar[str] = "goal"

    text: str
    passed: bool
    hints: list[str] = field(default_factory=list)
    cell: int = 0
    id: str = ""

    @property
    def key(self) -> str:
        """What the goal is known by: its id, or its text where it has none."""
        return self.id or self.text


@dataclass(frozen=True, kw_only=True, slots=True)
class Prediction(Event):
    """What a lesson asked the learner to guess, the guess (None if none was made), the answer.

    `id` stays when the question is reworded or translated; empty where the lesson gives none.
    """

    TYPE: ClassVar[str] = "prediction"

    question: str
    answer: Any
    guess: Any = None
    correct: bool | None = None
    cell: int = 0
    id: str = ""

    @property
    def key(self) -> str:
        """What the question is known by: its id, or its text where it has none."""
        return self.id or self.question
