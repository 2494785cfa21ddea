"""Which way a metric is better, and which one speaks for a run. Their names decide."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

_HIGHER = frozenset(
    {"acc", "accuracy", "auc", "precision", "recall", "f1", "score", "reward", "r2", "iou"}
)


def measure(tag: str) -> str:
    """Return what a tag measures: `adam/val_loss` and `loss` are both `loss`."""
    return tag.rsplit("/", 1)[-1].removeprefix("val_")


def higher_is_better(tag: str) -> bool:
    """Return whether larger values of this metric are better, as with accuracy."""
    return any(word in _HIGHER for word in measure(tag).lower().replace("-", "_").split("_"))


def main_metric(tags: Iterable[str]) -> str | None:
    """Return the tag that speaks for a run: its first loss, or else its first metric."""
    found = list(tags)
    losses = (tag for tag in found if measure(tag) == "loss")
    return next(losses, found[0] if found else None)


def last_value(metric: Mapping[str, Any]) -> float | None:
    """Return the last value of a summarised series, non-finite ones too; None without points."""
    return as_float(metric.get("last"))


def best_value(tag: str, metric: Mapping[str, Any]) -> float | None:
    """Return the best finite value of a summarised series, or None when there is none."""
    return as_float(metric.get("max" if higher_is_better(tag) else "min"))


def as_float(value: object) -> float | None:
    """Return a number as the log keeps it as a float; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None
    except OverflowError:
        return math.inf if str(value)[:1] != "-" else -math.inf
