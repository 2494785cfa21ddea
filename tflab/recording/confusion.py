"""Counting which class was taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tflab.recording.conversion import ConversionError
from tflab.recording.values import to_array

MAX_CLASSES = 100
"""Classes of one confusion matrix."""

Array = np.ndarray[Any, Any]


def count_classes(
    true: Any, predicted: Any, labels: Sequence[Any] | None
) -> tuple[Array, list[str]]:
    """Return counts with a row for each true class and a column for each predicted one, and names.

    Raises:
        ConversionError: When there are not as many of each, or they are no classes.
    """
    expected, found = _classes(true, "true"), _classes(predicted, "predicted")
    if len(expected) != len(found):
        raise ConversionError(
            f"There are {len(expected)} true classes and {len(found)} predicted ones.",
            "Give as many of each.",
        )
    names = [] if labels is None else [str(label) for label in labels]
    most = int(max(expected.max(initial=-1), found.max(initial=-1))) + 1
    if names and most > len(names):
        raise ConversionError(
            f"Class {most - 1} has no name: there are {len(names)} labels, for classes from 0.",
            "Give a label for every class.",
        )
    count = len(names) or most
    if not 0 < count <= MAX_CLASSES:
        raise ConversionError(
            f"There are {count} classes.", f"Give 1 to {MAX_CLASSES}, numbered from 0."
        )
    counts = np.zeros((count, count), dtype=np.int64)
    np.add.at(counts, (expected, found), 1)
    return counts, names or [str(number) for number in range(count)]


def _classes(values: Any, name: str) -> Array:
    """Return the class of each example; the largest score of a row is its class."""
    try:
        array = to_array(values)
        numbers = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ConversionError(
            f"The {name} classes are no numbers.",
            "Give the number of each class, and their names as labels.",
        ) from error
    if numbers.ndim == 2 and numbers.shape[1] > 1:
        scores: Array = numbers.argmax(axis=1)
        return scores
    numbers = numbers.reshape(-1)
    if not np.isfinite(numbers).all() or (numbers != np.rint(numbers)).any() or (numbers < 0).any():
        raise ConversionError(
            f"The {name} classes are no whole numbers from 0.",
            "Round scores of two classes first, as in `scores > 0.5`.",
        )
    return numbers.astype(np.int64)
