"""Figures as data: the layers of each kind, thinned to what a terminal can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tflab.recording.conversion import ConversionError
from tflab.recording.values import rounded, to_array, to_number, to_text
from tflab.runs.events import Layer, as_number
from tflab.runs.text import count_of

MAX_POINTS = 5_000
"""Points of one layer that are kept."""

MAX_CELLS = 40_000
"""Cells of one grid that are kept."""

Array = np.ndarray[Any, Any]


class Layers:
    """The layers of one figure as they are put together; `note` says what was left out."""

    def __init__(self) -> None:
        self.found: list[Layer] = []
        self._notes: list[str] = []

    @property
    def note(self) -> str:
        """What was left out, for people; empty when nothing was."""
        return " ".join(self._notes)

    def add_points(self, groups: Mapping[str, Any]) -> None:
        """Add one layer of points for each group: arrays of shape (n, 2).

        Raises:
            ConversionError: When a group has another shape or holds no numbers.
        """
        for label, points in groups.items():
            array = _numeric(points, label)
            if array.size == 0:
                array = array.reshape(0, 2)
            if array.ndim != 2 or array.shape[1] != 2:
                raise ConversionError(
                    f"{label!r} has shape {array.shape}.",
                    "Give each group as points of shape (n, 2): one row, one x and one y.",
                )
            kept = array[_spread(len(array), MAX_POINTS)]
            self._note_thinned(label, len(kept), len(array))
            self._add("points", label, x=rounded(kept[:, 0]), y=rounded(kept[:, 1]))

    def add_lines(self, curves: Mapping[str, Any]) -> None:
        """Add one line for each curve: a pair (xs, ys) of equal length.

        Raises:
            ConversionError: When a curve is no such pair.
        """
        for label, curve in curves.items():
            xs, ys = _pair(curve, label)
            kept = _extremes(ys, MAX_POINTS)
            self._note_thinned(label, len(kept), len(xs))
            self._add("line", label, x=rounded(xs[kept]), y=rounded(ys[kept]))

    def add_bars(self, bars: Mapping[str, Any], label: str = "") -> None:
        """Add one layer with a bar for each name.

        Raises:
            ConversionError: When a height is no number.
        """
        names = [to_text(str(name)) for name in bars]
        self._add("bars", label, names=names, y=[as_number(to_number(v)) for v in bars.values()])

    def add_histograms(self, groups: Mapping[str, Any], bins: int) -> None:
        """Add one histogram for each group, all over the same bin edges.

        Raises:
            ConversionError: When a group holds no numbers.
        """
        arrays = {label: _numeric(values, label).reshape(-1) for label, values in groups.items()}
        finite = {label: array[np.isfinite(array)] for label, array in arrays.items()}
        every = np.concatenate(list(finite.values())) if finite else np.zeros(0)
        edges = _edges(every, max(1, int(bins)))
        for label, array in finite.items():
            counts, _ = np.histogram(array, bins=edges)
            self._add("hist", label, x=rounded(edges), y=[int(count) for count in counts])
            if lost := len(arrays[label]) - len(array):
                are = "is" if lost == 1 else "are"
                self._notes.append(f"{label}: {count_of(lost, 'value')} {are} not finite.")

    def add_counts(self, label: str, edges: Any, counts: Any) -> None:
        """Add a histogram that was counted already; it has one edge more than counts.

        Raises:
            ConversionError: When they are no numbers.
        """
        self._add("hist", label, x=rounded(edges), y=rounded(counts))

    def add_matrix(self, counts: Array, names: Sequence[str]) -> None:
        """Add a confusion matrix: counts with a row for each true class, and the classes' names."""
        grid = [[int(count) for count in row] for row in counts]
        self._add("matrix", "", names=[to_text(str(name)) for name in names], grid=grid)

    def add_grid(self, grid: Any, classes: Sequence[Any] = ()) -> tuple[int, int]:
        """Add a grid, rows from the smallest y upwards, and return its rows and columns.

        Args:
            grid: The numbers.
            classes: The names of the numbers 0, 1, … in it.

        Raises:
            ConversionError: When it is not 2-D or holds no numbers.
        """
        array = _numeric(grid, "the grid")
        if array.ndim != 2 or array.size == 0:
            raise ConversionError(f"The grid has shape {array.shape}.", "Give a grid of two axes.")
        side = int(MAX_CELLS**0.5)
        kept = array
        if array.size > MAX_CELLS:
            kept = array[np.ix_(_spread(array.shape[0], side), _spread(array.shape[1], side))]
            shape = f"{kept.shape[0]} × {kept.shape[1]}"
            self._notes.append(f"{shape} of {array.shape[0]} × {array.shape[1]} cells shown.")
        names = [to_text(str(name)) for name in classes]
        self._add("grid", "", names=names, grid=[rounded(row) for row in kept])
        return array.shape[0], array.shape[1]

    def _add(self, kind: Any, label: str, **content: Any) -> None:
        self.found.append(Layer(kind=kind, label=to_text(str(label)), **content))

    def _note_thinned(self, label: str, kept: int, total: int) -> None:
        if kept < total:
            self._notes.append(f"{label}: {kept:,} of {total:,} points shown.")


def axis_range(given: Any) -> tuple[float, float] | None:
    """Return the two ends of an axis as finite numbers, smaller first, or None if not given.

    Raises:
        ConversionError: When it is no pair of finite numbers that differ.
    """
    if given is None:
        return None
    ends = _numeric(given, "the range").reshape(-1)
    if len(ends) != 2 or not np.isfinite(ends).all() or ends[0] == ends[1]:
        raise ConversionError(
            "A range is no pair of two different numbers.", "Write it as (-3, 3)."
        )
    return float(ends.min()), float(ends.max())


def _numeric(values: Any, label: str) -> Array:
    try:
        return to_array(values).astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ConversionError(
            f"{label!r} is ragged or holds something other than numbers.",
            "Give an array, a tensor or lists of equal length.",
        ) from error


def _pair(curve: Any, label: str) -> tuple[Array, Array]:
    try:
        xs, ys = curve
    except (TypeError, ValueError) as error:
        raise ConversionError(f"{label!r} is no pair.", "Give each curve as (xs, ys).") from error
    xs, ys = _numeric(xs, label).reshape(-1), _numeric(ys, label).reshape(-1)
    if len(xs) != len(ys):
        raise ConversionError(
            f"{label!r} has {len(xs)} xs and {len(ys)} ys.", "Give as many of each."
        )
    return xs, ys


def _edges(values: Array, bins: int) -> Array:
    """Return the edges of `bins` bins, or of one where so many do not fit between the values."""
    try:
        with np.errstate(all="ignore"):
            return np.histogram_bin_edges(values, bins=bins)
    except ValueError:
        # They differ by a few units in the last place, or by more than a float can hold.
        return np.array([values.min(), values.max()])


def _spread(count: int, limit: int) -> Array:
    """Indices of at most `limit` of `count` items, evenly spread, both ends among them."""
    if count <= limit:
        return np.arange(count)
    return np.linspace(0, count - 1, limit).astype(np.int64)


def _extremes(values: Array, limit: int) -> Array:
    """Indices of at most `limit` values that keep the lowest and highest of each stretch."""
    count = len(values)
    if count <= limit:
        return np.arange(count)
    stretches = (limit - 2) // 2
    edges = np.linspace(0, count, stretches + 1).astype(np.int64)
    # A NaN would win every comparison, so it counts as the middle of nowhere.
    low, high = np.nan_to_num(values, nan=np.inf), np.nan_to_num(values, nan=-np.inf)
    kept = {0, count - 1}
    for start, end in pairwise(edges):
        kept.add(int(start + np.argmin(low[start:end])))
        kept.add(int(start + np.argmax(high[start:end])))
    return np.array(sorted(kept))
