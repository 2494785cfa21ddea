"""Smoothing: an exponential moving average without the pull towards 0 at its start.

With weight a, the average after t values is
    m_t = (1 - a) * sum over i of a^(t-i) * x_i / (1 - a^t)
The division is the bias correction of Kingma and Ba, "Adam: A Method for Stochastic Optimization"
(2015), section 3. TensorBoard smooths the same way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BLOCK = 32
_LARGEST_WEIGHT = 1 - 1e-6


def smooth(values: Sequence[float] | Floats, weight: float) -> Floats:
    """Return the moving average of `values`, one for each.

    Non-finite values are skipped: the average goes on as if they were not there, and is NaN at
    their places. The average never leaves the range of the values.

    Args:
        values: The series, in order.
        weight: Weight of the past, 0 (no smoothing) up to 1; clamped a millionth below 1.
    """
    series = np.asarray(values, dtype=np.float64)
    finite = np.isfinite(series)
    if finite.all():
        return _smooth_finite(series, weight)
    averages = np.full(len(series), np.nan)
    averages[finite] = _smooth_finite(series[finite], weight)
    return averages


class Samples(NamedTuple):
    """The moving average at some of the values.

    Attributes:
        places: Which values.
        averages: The average there, over all values up to it.
        sums: What is needed to go on from here when there are more values.
    """

    places: NDArray[np.int64]
    averages: Floats
    sums: Floats


def smooth_samples(
    values: Floats, weight: float, every: int, known: Samples | None = None
) -> Samples:
    """Return the moving average at every `every`-th value and at the last one.

    Each is the true average over all values up to there, not an average of samples. It takes one
    pass over the values, or over the new ones only.

    Args:
        values: Finite values, in order.
        weight: As in `smooth`.
        every: Distance between samples, 1 or more.
        known: The result for the first of these values, with the same weight and distance.
    """
    past = clamp_weight(weight)
    decay = past ** np.arange(every - 1, -1, -1, dtype=np.float64)
    before = np.empty(0) if known is None else known.sums
    begin, whole = len(before) * every, len(values) - len(values) % every
    blocks = values[begin:whole].reshape(-1, every)
    newer = _decaying_sums(_products(blocks, decay) * (1 - past), past**every)
    if len(before):
        newer += before[-1] * (past**every) ** np.arange(1, len(newer) + 1)
    sums = np.concatenate([before, newer])
    places = np.arange(every - 1, whole, every, dtype=np.int64)
    shown, tail = sums, values[whole:]
    if len(tail):
        carried = sums[-1] * past ** len(tail) if len(sums) else 0.0
        last = carried + float((tail * decay[-len(tail) :]).sum()) * (1 - past)
        shown, places = np.append(sums, last), np.append(places, len(values) - 1)
    return Samples(places, _unbias(shown, past, places.astype(np.float64) + 1), sums)


def clamp_weight(weight: float) -> float:
    """Return `weight` within 0 to a millionth below 1; NaN counts as 0."""
    if math.isnan(weight):
        return 0.0
    return min(max(weight, 0.0), _LARGEST_WEIGHT)


def _smooth_finite(series: Floats, weight: float) -> Floats:
    past = clamp_weight(weight)
    if past == 0.0 or len(series) == 0:
        return series.copy()
    sums = _decaying_sums(series * (1 - past), past)
    return _unbias(sums, past, np.arange(1.0, len(series) + 1.0))


def _unbias(sums: Floats, past: float, counts: Floats) -> Floats:
    # 1 - a^t, written so that it keeps its digits when a is close to 1.
    if past == 0.0:
        return sums
    with np.errstate(over="ignore"):
        averages = sums / -np.expm1(counts * math.log(past))
    # Rounding may carry an average of the largest doubles beyond them.
    limit = np.finfo(np.float64).max
    held: Floats = np.clip(averages, -limit, limit)
    return held


def _decaying_sums(inputs: Floats, decay: float) -> Floats:
    """Return s with s[t] = decay * s[t-1] + inputs[t], by blocks: one matrix product a level."""
    count = len(inputs)
    lags = np.arange(_BLOCK, dtype=np.float64)
    ages = lags[:, None] - lags[None, :]
    spread = np.where(ages >= 0, decay ** np.maximum(ages, 0), 0.0)
    if count <= _BLOCK:
        return _products(spread[:count, :count], inputs)
    blocks = np.zeros((-(-count // _BLOCK), _BLOCK))
    blocks.reshape(-1)[:count] = inputs
    sums = _products(blocks, spread)
    ends = _decaying_sums(sums[:-1, -1].copy(), decay**_BLOCK)
    sums[1:] += ends[:, None] * decay ** (lags + 1)
    return sums.reshape(-1)[:count]


def _products(rows: Floats, others: Floats) -> Floats:
    """Return the inner product of each row with `others`, one vector or several rows.

    `@` would hand this to BLAS, whose threads go on spinning after the call and take the cores from
    the run that is being watched.
    """
    products: Floats = np.einsum("ij,...j->i...", rows, others)
    return products
