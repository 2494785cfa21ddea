"""How far a run is, in words: count, rate and time left. The same on the screen and in text."""

from __future__ import annotations

import time

from tflab.runs.metrics import main_metric
from tflab.runs.state import RunState
from tflab.runs.text import plain_line


def progress_parts(state: RunState, now: float | None = None, of: str = " of ") -> list[str]:
    """Return epoch, count, rate and time left of the loop, as far as they are known.

    Args:
        state: The run.
        now: Seconds since the epoch, for the time left; by default the present.
        of: What stands between what is done and the total.
    """
    latest = state.progress
    if latest is None:
        return []
    parts = []
    if latest.epoch is not None:
        parts.append(_part(latest.epoch, latest.epochs, of, "epoch"))
    # Batches are counted over all epochs, which says little beside the epoch and the time left.
    if latest.epoch is None or latest.total is None:
        parts.append(_part(latest.done, latest.total, of, latest.unit))
    speed = rate(state)
    if speed is not None:
        each = " batches/s" if latest.unit == "batch" else "/s"
        parts.append(f"{speed:,.0f}{each}" if speed >= 10 else f"{speed:.2g}{each}")
        if latest.total is not None and state.ended is None:
            age = max(0.0, (time.time() if now is None else now) - latest.time)
            left = max(0.0, (latest.total - latest.done) / speed - age)
            parts.append(f"{_clock(left)} left")
    return parts


def rate(state: RunState) -> float | None:
    """Return steps a second since the tracked loop began, or None before it can be told."""
    begin, now = state.progress_began, state.progress
    if begin is None or now is None or now.time <= begin.time or now.done <= begin.done:
        return None
    return (now.done - begin.done) / (now.time - begin.time)


def status_parts(state: RunState, now: float | None = None) -> list[str]:
    """Return how far a run is and its newest loss; `starting` or `running` where none is known.

    Of one in a queue, its place and why it waits.
    """
    if state.ended is None and state.started is None:
        return [f"queued: {plain_line(state.queued)}"] if state.queued else ["starting"]
    parts = progress_parts(state, now)
    tag = main_metric(tag for tag, series in state.series.items() if len(series))
    if tag is not None:
        parts.append(f"{plain_line(tag)} {state.series[tag].values[-1]:.4g}")
    return parts or ["running"]


def _part(done: int, total: int | None, of: str, unit: str) -> str:
    count = f"{done:,}" + ("" if total is None else f"{of}{total:,}")
    return f"{unit} {count}" if unit else count


def _clock(seconds: float) -> str:
    whole = int(seconds + 0.5)
    if whole >= 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
    return f"{whole // 60}:{whole % 60:02}"
