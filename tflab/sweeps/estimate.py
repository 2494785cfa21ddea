"""How long a sweep may take, told before it begins from earlier runs of the lesson."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterable
from itertools import islice

from tflab.runs.store import RunStore
from tflab.runs.summary import read_summary
from tflab.sweeps.run import SweepRun
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


def seconds_left(runs: Iterable[SweepRun], each: float, jobs: int) -> float:
    """Return how long the runs that are not over may still take.

    Args:
        runs: Those that are not over.
        each: Seconds of one run.
        jobs: How many go at once.
    """
    now, left, longest = time.time(), 0.0, 0.0
    for run in runs:
        began = run.live.state.started if run.live is not None else None
        rest = max(0.0, each - (now - began.time)) if began is not None else each
        left, longest = left + rest, max(longest, rest)
    return max(left / max(1, jobs), longest)


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
