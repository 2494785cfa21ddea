"""The values of single batches, out of the means over an epoch so far that Keras reports."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Reading(NamedTuple):
    """The state of one metric that is a mean: sum and weight of everything in the epoch so far."""

    name: str
    metric: int
    total: float
    weight: float


class BatchValues:
    """Takes a model's running means apart, batch by batch, or a few batches at a time.

    Args:
        library: The package of the model: `keras`, or `tf_keras` for the Keras of old.
    """

    def __init__(self, library: str = "keras") -> None:
        self._library = library
        self._before: dict[int, tuple[float, float]] = {}

    def begin_epoch(self) -> None:
        """Begin with empty means, as Keras does."""
        self._before.clear()

    def own(self, model: Any, logs: Mapping[str, Any]) -> dict[str, Any]:
        """Return what each of `logs` is for the batches since the last call alone.

        A value that no metric of the model stands behind is the batch's own already. A metric that
        is no mean, such as an AUC, is left out: a single batch has none.

        Args:
            model: The Keras model, after the batch.
            logs: What Keras reports of it.
        """
        return self.resolve(self.read(model), logs)

    def read(self, model: Any) -> list[Reading | str]:
        """Return the state of each metric of a model: of one that is no mean, only the name."""
        # Keras on JAX keeps its variables elsewhere while it trains.
        sync = getattr(model, "jax_state_sync", None)
        if callable(sync):
            sync()
        mean = importlib.import_module(self._library).metrics.Mean
        found: list[Reading | str] = []
        for metric in _all_metrics(model):
            # One that is made of a mean, such as its root, gives a result of its own.
            if not isinstance(metric, mean) or type(metric).result is not mean.result:
                found.append(metric.name)
                continue
            total, count = self._number(metric.total), self._number(metric.count)
            found.append(Reading(metric.name, id(metric), total, count))
        return found

    def resolve(self, readings: list[Reading | str], logs: Mapping[str, Any]) -> dict[str, Any]:
        """Return what each of `logs` is alone, given the state of the metrics at that batch."""
        found: dict[str, Any] = {}
        free = list(readings)
        for key, value in logs.items():
            named = [one for one in readings if _stands_behind(one, key)]
            if not named:
                found[key] = value
                continue
            # Outputs whose metrics have one name and one value follow each other in both.
            single = self._single([one for one in named if one in free], float(value), free)
            if single is not None:
                found[key] = single
        return found

    def _single(
        self, named: list[Reading | str], mean: float, free: list[Reading | str]
    ) -> float | None:
        for reading in named:
            if isinstance(reading, str):
                continue
            _, metric, total, weight = reading
            if not weight or not _same(total / weight, mean):
                # Another output has a metric of the same name.
                continue
            before, weight_before = self._before.get(metric, (0.0, 0.0))
            if weight_before >= weight:
                before, weight_before = 0.0, 0.0
            self._before[metric] = total, weight
            free.remove(reading)
            return (total - before) / (weight - weight_before)
        return None

    def _number(self, variable: Any) -> float:
        if self._library == "keras":
            return float(importlib.import_module("keras").ops.convert_to_numpy(variable))
        return float(variable.numpy())


def _stands_behind(reading: Reading | str, key: str) -> bool:
    name = reading if isinstance(reading, str) else reading.name
    return key == name or key.endswith(f"_{name}")


def _all_metrics(model: Any) -> Iterator[Any]:
    waiting = list(getattr(model, "metrics", ()))
    while waiting:
        metric = waiting.pop(0)
        inner = getattr(metric, "metrics", None)
        if inner:
            waiting.extend(inner)
        else:
            yield metric


def _same(one: float, other: float) -> bool:
    if math.isfinite(one) and math.isfinite(other):
        return math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-9)
    return not math.isfinite(one) and not math.isfinite(other)
