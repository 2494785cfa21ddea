"""The values of single batches, out of the means over an epoch so far that Keras reports."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterator, Mapping
from typing import Any


class BatchValues:
    """Takes a model's running means apart, batch by batch."""

    def __init__(self) -> None:
        self._before: dict[int, tuple[float, float]] = {}

    def begin_epoch(self) -> None:
        """Begin with empty means, as Keras does."""
        self._before.clear()

    def own(self, model: Any, logs: Mapping[str, Any]) -> dict[str, Any]:
        """Return what each of `logs` is for the newest batch alone.

        A value that no metric of the model stands behind is the batch's own already. A metric that
        is no mean, such as an AUC, is left out: a single batch has none.

        Args:
            model: The Keras model, after the batch.
            logs: What Keras reports of it.
        """
        # Keras on JAX keeps its variables elsewhere while it trains.
        sync = getattr(model, "jax_state_sync", None)
        if callable(sync):
            sync()
        metrics = list(_all_metrics(model))
        found: dict[str, Any] = {}
        for key, value in logs.items():
            named = [m for m in metrics if key == m.name or key.endswith(f"_{m.name}")]
            if not named:
                found[key] = value
                continue
            single = self._single(named, float(value))
            if single is not None:
                found[key] = single
        return found

    def _single(self, metrics: list[Any], mean: float) -> float | None:
        keras_mean = importlib.import_module("keras").metrics.Mean
        for metric in metrics:
            # One that is made of a mean, such as its root, gives a result of its own.
            if getattr(type(metric), "result", None) is not keras_mean.result:
                continue
            total, count = _number(metric.total), _number(metric.count)
            if not count or not _same(total / count, mean):
                # Another output has a metric of the same name.
                continue
            before, number = self._before.get(id(metric), (0.0, 0.0))
            if number >= count:
                before, number = 0.0, 0.0
            self._before[id(metric)] = total, count
            return (total - before) / (count - number)
        return None


def _all_metrics(model: Any) -> Iterator[Any]:
    waiting = list(getattr(model, "metrics", ()))
    while waiting:
        metric = waiting.pop(0)
        inner = getattr(metric, "metrics", None)
        if inner:
            waiting.extend(inner)
        else:
            yield metric


def _number(variable: Any) -> float:
    return float(importlib.import_module("keras").ops.convert_to_numpy(variable))


def _same(one: float, other: float) -> bool:
    if math.isfinite(one) and math.isfinite(other):
        return math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-9)
    return not math.isfinite(one) and not math.isfinite(other)
