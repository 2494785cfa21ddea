"""Where to begin the course: at most ten questions in its order, that stop where it gets new."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from random import Random
from typing import NamedTuple

from tflab.programs.library import LessonEntry
from tflab.quiz.kinds import Question
from tflab.session.quiz import Outcome, Reply

MOST_QUESTIONS = 10

STAGES = (
    ("tensors/shape-of-list", "tensors/type-of-constant"),
    ("variables/after-assigning", "variables/line-that-raises"),
    ("tensor-operations/shape-of-sum", "tensor-operations/shape-of-product"),
    ("tape-gradients/slope-of-parabola", "tape-gradients/watched-or-not"),
    ("gradient-descent/one-step", "gradient-descent/settles-or-not"),
    ("linear-regression/slope-for-w", "linear-regression/mean-squared-error"),
    ("movie-audience/standardised", "movie-audience/prediction-of-line"),
    ("batches-and-momentum/updates-of-training", "batches-and-momentum/cost-of-guessing"),
    ("model-styles/parameters", "model-styles/shape-of-predictions"),
    ("layers-and-ranks/shape-from-layer", "layers-and-ranks/shape-with-axis"),
)
"""What is asked on each lesson, and what decides where that is missed: once may be a slip."""


class Reason(Enum):
    """Why a lesson is the one to begin with."""

    FROM_THE_START = "from the start"
    MISSED = "missed"
    MISSED_LATER = "missed later"
    NOT_ASKED = "not asked"
    ALL_KNOWN = "all known"


class Placed(NamedTuple):
    """Where to begin.

    Attributes:
        lesson: The lesson to open.
        reason: Why.
        known: The lessons whose questions were answered.
        missed: The lesson whose questions were missed, if one was.
    """

    lesson: LessonEntry
    reason: Reason
    known: Sequence[LessonEntry] = ()
    missed: LessonEntry | None = None


class PlacementSitting:
    """Goes up through the course until a lesson's questions are missed twice, or ten were asked.

    It marks nothing as done.

    Args:
        entries: The lessons of the course, in order.
        random: Draws the numbers.
    """

    def __init__(self, entries: Sequence[LessonEntry], random: Random) -> None:
        self._entries = [entry for entry in entries if entry.shipped]
        self._random = random
        places = {entry.id: place for place, entry in enumerate(self._entries)}
        # Known from the start on, begun once: the questions come with it.
        from tflab.quiz.bank import BY_ID

        stages = [(BY_ID[first], BY_ID[second]) for first, second in STAGES]
        stages = [pair for pair in stages if pair[0].lesson in places]
        self._stages = sorted(stages, key=lambda pair: places[pair[0].lesson])
        self._places = places
        self._stage = 0
        self._second = False
        self._failed = False
        self.number, self.right, self.asked = 0, 0, 0
        self._question: Question | None = None
        self._next()

    @property
    def question(self) -> Question | None:
        """The question that waits for an answer; None at the end."""
        return self._question

    @property
    def total(self) -> int:
        """How many questions there are at most."""
        return MOST_QUESTIONS

    def answer(self, text: str) -> Reply:
        """Take an answer; an empty one says that the person does not know."""
        question = self._question
        assert question is not None, "a question waits"
        right = question.judge(text) if text.strip() else False
        if right is None:
            return Reply(Outcome.UNREADABLE, question)
        self.asked += 1
        self.right += right
        if right:
            self._stage += 1
            self._second = False
        elif self._second:
            self._failed = True
        else:
            self._second = True
        self._next()
        return Reply(Outcome.RIGHT if right else Outcome.TOLD, question)

    @property
    def placed(self) -> Placed:
        """Where to begin, by the answers so far: the first lesson after what was shown to be known.

        So no lesson in between is passed over that nothing was asked about.
        """
        known = [self._entry(stage) for stage in range(self._stage)]
        missed = self._entry(self._stage) if self._failed or self._second else None
        if not known:
            return Placed(self._entries[0], Reason.FROM_THE_START, missed=missed)
        after = min(self._places[known[-1].id] + 1, len(self._entries) - 1)
        lesson = self._entries[after]
        if missed is not None:
            reason = Reason.MISSED if lesson == missed else Reason.MISSED_LATER
            return Placed(lesson, reason, known, missed)
        if self._stage < len(self._stages):
            return Placed(lesson, Reason.NOT_ASKED, known)
        return Placed(lesson, Reason.ALL_KNOWN, known)

    def _entry(self, stage: int) -> LessonEntry:
        return self._entries[self._places[self._stages[stage][0].lesson]]

    def _next(self) -> None:
        self._question = None
        over = self._failed or self._stage >= len(self._stages)
        if not over and self.asked < MOST_QUESTIONS:
            self.number += 1
            kind = self._stages[self._stage][self._second]
            self._question = kind.draw(self._random)
