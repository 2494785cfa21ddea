"""When a question comes back: SM-2, the rule of SuperMemo 2.

The intervals are 1 day, then 6, then each the last one times an ease that starts at 2.5 and falls
with every answer that was hard. A miss starts the intervals anew.

P. A. Woźniak, "Optimization of repetition spacing in the practice of learning" (1990):
https://super-memory.com/english/ol/sm2.htm
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import IntEnum

import msgspec

_EASIEST = 2.5
_HARDEST = 1.3
_LONGEST_DAYS = 3650


class Grade(IntEnum):
    """How well a question was answered, on the scale of SM-2 from 0 to 5."""

    MISSED = 2
    AT_SECOND_TRY = 3
    AT_ONCE = 4


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of one kind of question.

    Attributes:
        due: The day from which on it is asked again.
        days: How long the interval before that day is.
        streak: How often in a row it was answered.
        ease: By what the interval grows.
    """

    due: date
    days: int = 0
    streak: int = 0
    ease: float = _EASIEST


def graded(card: Card | None, grade: Grade, today: date) -> Card:
    """Return the card after an answer; None is a question that was never asked."""
    card = card or Card(due=today)
    if grade < Grade.AT_SECOND_TRY:
        # SM-2 leaves the ease as it is here.
        return Card(due=today + timedelta(days=1), days=1, ease=card.ease)
    streak = card.streak + 1
    days = {1: 1, 2: 6}.get(streak, min(round(card.days * card.ease), _LONGEST_DAYS))
    off = 5 - grade
    ease = max(card.ease + 0.1 - off * (0.08 + off * 0.02), _HARDEST)
    return Card(due=today + timedelta(days=days), days=days, streak=streak, ease=ease)
