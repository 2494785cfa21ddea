"""A diagnosis after a run: one or two sentences, and only when the evidence is in the series.

Every rule looks at the loss alone, thinned to a few hundred points, and stays silent when in doubt:
a wrong word teaches worse than none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import fmean, median
from typing import Literal, NamedTuple

from tflab.runs.series import Series

Kind = Literal["diverged", "rising", "oscillating", "overfitting", "plateau", "still falling"]

_LEAST_POINTS = 12
_MOST_POINTS = 400


class Diagnosis(NamedTuple):
    """What the loss did, why, and which parameter to try."""

    kind: Kind
    text: str


def diagnose(
    series: Mapping[str, Series], parameters: Sequence[str], finished: bool = True
) -> Diagnosis | None:
    """Return what stands out in a run, or None for a healthy one.

    Args:
        series: The metrics of the run by tag.
        parameters: Names of the lesson's parameters, so that only those are suggested.
        finished: Whether the run came to its own end; one that was stopped is not called short.
    """
    losses = [(tag, s) for tag, s in series.items() if _metric(tag) == "loss" and len(s)]
    for tag, loss in losses:
        kind, text, names, how = _look(loss, series.get(_validation_tag(tag)), finished)
        if kind is not None:
            words = f"{text} {_suggest(parameters, names, how)}".rstrip()
            return Diagnosis(kind, f"{tag}: {words}" if len(losses) > 1 else words)
    return None


_Finding = tuple[Kind | None, str, tuple[str, ...], str]
_RATE = ("learning_rate", "rate")
_LENGTH = ("epochs", "steps")


def _look(loss: Series, validation: Series | None, finished: bool) -> _Finding:
    """Return what one loss shows: kind, sentence, and which parameters to change in what way."""
    if loss.nonfinite:
        return _look_at_nonfinite(loss)
    values = _thin(list(loss.values))
    if len(values) < _LEAST_POINTS:
        return None, "", (), ""
    if _rises(values):
        text = "The loss ended far above where it began: each step overshoots."
        return "rising", text, _RATE, "a smaller"
    if validation is not None and _overfits(values, _thin(list(validation.values))):
        text = (
            f"The validation loss rose after step {_best_step(validation)} while the training loss "
            "still fell: from there on the model learned the examples by heart."
        )
        return "overfitting", text, _LENGTH, "fewer"
    if _oscillates(values):
        text = (
            "The loss swings up and down from step to step and hardly gains: the steps jump across "
            "the valley."
        )
        return "oscillating", text, _RATE, "a smaller"
    if finished and _still_falls(values):
        return "still falling", "The loss was still falling when it stopped.", _LENGTH, "more"
    if _plateaued(values):
        text = (
            "The loss hardly moved from start to end: the steps are too short to get anywhere, the "
            "gradient does not reach the weights, or the model can do no better."
        )
        return "plateau", text, _RATE, "a larger"
    return None, "", (), ""


def _look_at_nonfinite(loss: Series) -> _Finding:
    if math.isfinite(loss.values[-1]):
        return None, "", (), ""
    text = (
        f"The loss left the range of numbers at step {loss.first_nonfinite_step}: each step "
        "overshot by more than the one before."
    )
    return "diverged", text, _RATE, "a smaller"


def _metric(tag: str) -> str:
    return tag.rsplit("/", 1)[-1]


def _validation_tag(tag: str) -> str:
    head, _, name = tag.rpartition("/")
    return f"{head}/val_{name}" if head else f"val_{name}"


def _suggest(parameters: Sequence[str], names: Sequence[str], how: str) -> str:
    """Return the sentence that names a parameter of the lesson to try, or nothing."""
    name = next((name for name in names if name in parameters), None)
    return f"Try {how} {name}." if name else ""


def _thin(values: list[float]) -> list[float]:
    """Return at most a few hundred of the points, evenly chosen, the last one included."""
    step = max(1, math.ceil(len(values) / _MOST_POINTS))
    return values[::-1][::step][::-1]


def _scale(values: Sequence[float]) -> float:
    return max(max(values) - min(values), 1e-12 * max(map(abs, values)), 1e-300)


def _rises(values: Sequence[float]) -> bool:
    quarter = max(3, len(values) // 4)
    early = max(map(abs, values[:quarter]))
    return fmean(values[-quarter:]) > 2 * early and values[-1] == max(values)


def _overfits(train: Sequence[float], validation: Sequence[float]) -> bool:
    if len(validation) < _LEAST_POINTS or not all(map(math.isfinite, validation)):
        return False
    best = min(range(len(validation)), key=validation.__getitem__)
    tail = validation[best:]
    if len(tail) < max(5, len(validation) // 4):
        return False
    noise = _noise(validation)
    end = fmean(tail[-max(3, len(tail) // 4) :])
    rose = end > validation[best] + max(0.1 * _scale(validation), 0.05 * validation[best])
    clear = end > validation[best] + 4 * noise
    middle = len(train) * best // len(validation)
    fell = fmean(train[-3:]) < 0.98 * fmean(train[max(0, middle - 1) : middle + 2])
    return rose and clear and fell


def _oscillates(values: Sequence[float]) -> bool:
    """Whether the second half turns at most steps with swings that the trend does not explain."""
    half = values[len(values) // 2 :]
    moves = [b - a for a, b in pairwise(half)]
    turns = sum(a * b < 0 for a, b in pairwise(moves))
    if turns < 0.75 * max(len(moves) - 1, 1):
        return False
    swing = median(map(abs, moves))
    gain = abs(fmean(half[: len(half) // 2]) - fmean(half[len(half) // 2 :]))
    return swing > 0.1 * _scale(values) and swing > 2 * gain


def _still_falls(values: Sequence[float]) -> bool:
    """Whether the last quarter still gained a clear part of all that was gained."""
    quarter = max(3, len(values) // 4)
    late, end = values[-quarter], fmean(values[-max(1, quarter // 4) :])
    gained = values[0] - min(values)
    fell = late - end
    return gained > 0 and fell > 0.08 * gained and fell > 4 * _noise(values[-quarter:])


def _plateaued(values: Sequence[float]) -> bool:
    start, end = values[0], fmean(values[-max(3, len(values) // 4) :])
    size = max(abs(start), abs(end))
    return size > 0 and _scale(values) < 0.02 * size and abs(start) > 1e-6


def _noise(values: Sequence[float]) -> float:
    """Return how far neighbours differ beyond the trend: the median second difference, halved."""
    seconds = [
        abs(a - 2 * b + c) / 2 for a, b, c in zip(values, values[1:], values[2:], strict=False)
    ]
    return median(seconds) if seconds else 0.0


def _best_step(series: Series) -> int:
    place = min(range(len(series)), key=lambda i: series.values[i])
    return int(series.steps[place])
