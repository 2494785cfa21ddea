"""How long a sweep may take, told before it begins from earlier runs of the lesson."""

from __future__ import annotations

import math
import statistics
from itertools import islice

from tflab.runs.store import RunStore
from tflab.runs.summary import read_summary
from tflab.sweeps.table import duration

_LOOK_AT = 300
_ENOUGH = 20


def usual_seconds(store: RunStore, lesson: str) -> float | None:
    """Return the median time of the newest finished runs of a lesson, or None without any."""
    took: list[float] = []
    for run in islice(store.ids(), _LOOK_AT):
        summary = read_summary(store.root / run)
        if summary is None or summary.lesson != lesson or summary.status != "finished":
            continue
        took += [summary.seconds] if summary.seconds is not None else []
        if len(took) >= _ENOUGH:
            break
    return statistics.median(took) if took else None


def plan_text(count: int, jobs: int, each: float | None) -> str:
    """Return number of runs, how many at once and the time they may take, as a sentence.

    Args:
        count: Number of runs.
        jobs: How many go at once.
        each: Seconds of one run, if known.
    """
    at_once = min(jobs, count)
    words = f"{count:,} run{'s' if count != 1 else ''}"
    if at_once > 1:
        words += f", {at_once} at a time"
    if each is None:
        return f"{words}; the time is known after the first"
    return f"{words}, about {duration(math.ceil(count / max(1, at_once)) * each)}"
