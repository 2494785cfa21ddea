"""What `train_on_batch` and `test_on_batch` of Keras record of themselves.

Such calls stand in loops of the program's own. A batch's value is what the call has added to the
model's metrics, which is right wherever the program sets these back. Points are kept back until the
next call, which tells whether the program logs its batches itself.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from tflab.recording.autolog import is_wanted, numbers
from tflab.recording.batch_values import BatchValues, Reading
from tflab.recording.keras_fit import Budget
from tflab.recording.keras_training import KerasTraining
from tflab.recording.model_curves import ModelCurves
from tflab.runs.record import Problem

Sums = dict[str, tuple[float, float]]
"""Sum and weight of each metric over some batches."""


def record_single_batches(training: KerasTraining, budget: Budget) -> None:
    """Have every such call of a library recorded, which is imported already."""
    model = importlib.import_module(training.library).Model
    batches = SingleBatches(training, budget)
    training.batches = batches
    model.train_on_batch = _recorded(model.train_on_batch, batches.train)
    model.test_on_batch = _recorded(model.test_on_batch, batches.test)
    model.reset_metrics = batches.counting(model.reset_metrics)


def _recorded(method: Callable[..., Any], record: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def recorded(self: Any, *arguments: Any, **named: Any) -> Any:
        call = functools.partial(method, self, *arguments, **named)
        return record(self, call) if is_wanted() else call()

    return recorded


class SingleBatches:
    """Records the batches of one library that a program trains or tests one by one.

    Args:
        training: What they belong to.
        budget: How often batches may be read.
    """

    def __init__(self, training: KerasTraining, budget: Budget) -> None:
        self._training = training
        self._own = training.own
        self._budget = budget
        self._values = BatchValues(training.library)
        self._kept: dict[tuple[int, str], tuple[ModelCurves, int, Sums]] = {}
        self._calls = self._own.calls
        self._stopped = False
        self._resets = 0

    def counting(self, reset: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method that sets metrics back, and counts: some calls begin with that."""

        @functools.wraps(reset)
        def counted(model: Any) -> Any:
            self._resets += 1
            return reset(model)

        return counted

    def train(self, model: Any, call: Callable[[], Any]) -> Any:
        """Train on a batch, and record it as the next one of the model."""
        if self._stopped:
            return call()
        curves = self._training.curves(model)
        curves.batches += 1
        return self._follow(model, call, curves, "")

    def test(self, model: Any, call: Callable[[], Any]) -> Any:
        """Test on a batch; those between two that are trained on count as one."""
        if self._stopped:
            return call()
        return self._follow(model, call, self._training.curves(model), "val_")

    def tell(self) -> None:
        """Record what was kept back, unless the program logs by itself."""
        self._listen()
        for key in list(self._kept):
            self._tell(key)

    def _listen(self) -> None:
        """Leave everything to a program that has logged since the first point was kept back."""
        self._own.listen()
        if not self._kept:
            self._calls = self._own.calls
        elif self._own.calls != self._calls:
            self._stopped = True
            self._kept.clear()

    def _tell(self, key: tuple[int, str]) -> None:
        curves, step, sums = self._kept.pop(key)
        values = {f"{key[1]}{name}": total / weight for name, (total, weight) in sums.items()}
        self._training.log(curves, step, values, "batch")

    def _follow(self, model: Any, call: Callable[[], Any], curves: ModelCurves, lead: str) -> Any:
        self._listen()
        reads = not self._stopped and self._budget.allows()
        before, spent = self._budget.timed(lambda: self._read(model)) if reads else (None, 0.0)
        resets = self._resets
        returned = call()
        if before is not None:
            after, more = self._budget.timed(lambda: self._read(model))
            self._budget.spend(spent + more)
            sums = _added(before if resets == self._resets else [], after) or self._returned(
                model, returned
            )
            if after is not None and sums and not self._stopped:
                self._keep(curves, sums, lead)
        return returned

    def _keep(self, curves: ModelCurves, sums: Sums, lead: str) -> None:
        """Keep a point back until the next of its kind: by then the program may have logged."""
        key = id(curves), lead
        if key in self._kept:
            if not lead or self._kept[key][1] != curves.batches:
                self._tell(key)
            else:
                so_far = self._kept[key][2]
                for name, (total, weight) in sums.items():
                    before, its_weight = so_far.get(name, (0.0, 0.0))
                    so_far[name] = before + total, its_weight + weight
                return
        self._kept[key] = curves, curves.batches, sums

    def _read(self, model: Any) -> list[Reading | str] | None:
        try:
            return self._values.read(model)
        except Problem:
            raise
        except Exception as error:  # noqa: BLE001
            self._stopped = True
            self._training.give_up("Batches are", error)
            return None

    def _returned(self, model: Any, returned: Any) -> Sums:
        """Return what a call gave, where Keras of old has set its metrics back already."""
        if self._training.library == "keras":
            return {}
        values = returned
        if not isinstance(values, dict):
            listed = values if isinstance(values, list) else [values]
            values = dict(zip(model.metrics_names, listed, strict=False))
        return {name: (value, 1.0) for name, value in numbers(values).items()}


def _added(before: list[Reading | str], after: list[Reading | str] | None) -> Sums:
    """Return what has come to each metric in between; none of those of one name."""
    sums = {one.metric: one for one in before if isinstance(one, Reading)}
    names = [one.name if isinstance(one, Reading) else one for one in after or ()]
    found: Sums = {}
    for one in after or ():
        if not isinstance(one, Reading) or names.count(one.name) > 1:
            continue
        known = sums.get(one.metric)
        weight = one.weight - (known.weight if known else 0.0)
        if weight > 0:
            found[one.name] = one.total - (known.total if known else 0.0), weight
    return found
