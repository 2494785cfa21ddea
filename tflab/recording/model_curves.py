"""How far one model has been trained in a run, and what its series are called."""

from __future__ import annotations

import weakref
from typing import Any

MOST_EVALUATIONS = 8
"""Evaluations of a model after one and the same epoch that are told apart."""

Values = dict[str, float]


class ModelCurves:
    """One model in all its calls of `fit` and `evaluate`: its epochs go on from call to call.

    Args:
        model: The model; it may be freed.
        prefix: What stands before the names of its series; empty for the first of a run.
        number: How many models came before it.

    Attributes:
        epoch: The epoch that is running, or ran last, from 1; 0 before the first.
        batches: How many batches the epochs before took.
    """

    def __init__(self, model: Any, prefix: str, number: int) -> None:
        self.model = weakref.ref(model)
        self.prefix = prefix
        self.number = number
        self.epoch = 0
        self.batches = 0
        self._evaluated_at = -1
        self._evaluations = 0
        self._first: dict[str, tuple[int, Values] | None] = {}

    def evaluated(self, values: Values) -> tuple[str, list[tuple[int, Values]]] | None:
        """Take in what `evaluate` gave.

        Returns:
            A name for it, and the points that it adds to the curve over the epochs. One point is no
            curve: the first of all comes with the second. None where there are too many.
        """
        if self._evaluated_at != self.epoch:
            self._evaluated_at, self._evaluations = self.epoch, 0
        self._evaluations += 1
        number = self._evaluations
        if number > MOST_EVALUATIONS:
            return None
        name = "evaluate" if number == 1 else f"evaluate {number}"
        here = self.epoch, values
        if name not in self._first:
            self._first[name] = here
            return name, []
        first, self._first[name] = self._first[name], None
        return name, [here] if first is None else [first, here]
