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

    `id` stays when the question is reworded or translated; empty where the lesson gives none. A
    guessed number is right when it is off by no more than the share `within` of the answer.
    """

    TYPE: ClassVar[str] = "prediction"

    question: str
    answer: Any
    guess: Any = None
    correct: bool | None = None
    cell: int = 0
    id: str = ""
    within: float = 0.1

    @property
    def key(self) -> str:
        """What the question is known by: its id, or its text where it has none."""
        return self.id or self.question


@dataclass(frozen=True, kw_only=True, slots=True)
class Check(Event):
    """What `lab.check` found. For one that failed, the first case that does.

    Attributes:
        name: What was checked.
        cases: How many cases there are; 0 where a value is checked.
        case: Number of the case that fails, from 1; 0 for a value.
        given: The call, such as `half(2)`; empty for a value.
        expected: What should have come, as text.
        got: What came, as text; empty when nothing did.
        reason: Why that does not serve, where that is not plain.
    """

    TYPE: ClassVar[str] = "check"

    name: str
    passed: bool
    cases: int = 0
    case: int = 0
    given: str = ""
    expected: str = ""
    got: str = ""
    reason: str = ""
    cell: int = 0
    at: int = 0

    @property
    def message(self) -> str:
        """What is wrong, on one line; empty when nothing is."""
        if self.passed:
            return ""
        if not self.expected:
            return f"{self.given}: {self.reason}" if self.given else self.reason
        what = f"expected {self.expected}, got {self.got}." if self.got else self.reason
        more = f" {self.reason}" if self.got and self.reason else ""
        return f"{self.given or self.name}: {what}{more}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ExerciseOutcome(Event):
    """How an exercise went in this run.

    Attributes:
        id: What it is known by.
        title: What people call it.
        cell: Index of its cell.
        passed: Whether what the learner wrote does what it should.
        message: What does not, on one line; of one that passed, what there is to know.
        written: Whether the learner has written anything; the starter was tried otherwise.
        line: Line of the learner's text where it failed, from 1, if that is known.
        mark: Tells what was tried from any other answer.
        trivial: Whether the starter passes as it is, which leaves nothing to do.
        broken: Why the exercise's own solution does not pass; empty when it does.
    """

    TYPE: ClassVar[str] = "exercise"

    id: str
    title: str
    cell: int
    passed: bool
    message: str = ""
    written: bool = False
    line: int | None = None
    mark: str = ""
    trivial: bool = False
    broken: str = ""
