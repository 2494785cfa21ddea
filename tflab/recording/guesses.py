"""Comparing the learner's guess with the answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tflab.recording.conversion import ConversionError
from tflab.recording.values import is_tensor, to_number, to_plain
from tflab.runs.events import Prediction, as_number


def compare(
    question: str,
    answer: Any,
    guess: Any,
    choices: Sequence[str] | Mapping[str, str] | None,
    within: float,
    cell: int,
) -> Prediction:
    """Return question, answer and guess, and whether the guess was right (None without one).

    Raises:
        ConversionError: When the answer is neither a number nor text.
    """
    if choices is not None or isinstance(answer, (str, bytes)):
        said = str(to_plain(answer))
        correct = None if guess is None else str(guess).strip() == said.strip()
        if isinstance(choices, Mapping):
            said, guess = choices.get(said, said), choices.get(guess, guess)
        return Prediction(question=question, answer=said, guess=guess, correct=correct, cell=cell)
    number = to_number(answer)
    shown: Any = to_plain(answer) if not is_tensor(answer) else as_number(number)
    return Prediction(
        question=question,
        answer=shown,
        guess=guess,
        correct=None if guess is None else _close(guess, number, within),
        cell=cell,
    )


def _close(guess: Any, answer: float, within: float) -> bool:
    try:
        number = to_number(float(guess))
    except (TypeError, ValueError, ConversionError):
        return False
    if not math.isfinite(answer):
        return number == answer or (math.isnan(number) and math.isnan(answer))
    return abs(number - answer) <= within * max(abs(answer), 1e-12)
