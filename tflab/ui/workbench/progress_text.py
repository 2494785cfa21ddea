"""How far a run is: count, rate and time left, as a line of the loss pane."""

from __future__ import annotations

import time

from textual.content import Content

from tflab.runs.state import RunState
from tflab.ui.terminal.glyphs import glyphs


def rate(state: RunState) -> float | None:
    """Return steps a second since the tracked loop began, or None before it can be told."""
    begin, now = state.progress_began, state.progress
    if begin is None or now is None or now.time <= begin.time or now.done <= begin.done:
        return None
    return (now.done - begin.done) / (now.time - begin.time)


def progress_words(state: RunState) -> str:
    """Return count, rate and time left, such as `31/40, 212/s, 0:03 left`."""
    progress = state.progress
    if progress is None:
        return ""
    total = "" if progress.total is None else f"/{progress.total:,}"
    words = [f"{progress.done:,}{total}"]
    speed = rate(state)
    if speed is not None:
        words.append(f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.2g}/s")
        if progress.total is not None and state.ended is None:
            age = max(0.0, time.time() - progress.time)
            left = max(0.0, (progress.total - progress.done) / speed - age)
            words.append(f"{_clock(left)} left")
    return f" {glyphs().dot} ".join(words)


def progress_content(state: RunState, width: int) -> Content:
    """Return a bar with the words beside it, in `width` cells."""
    words = progress_words(state)
    progress = state.progress
    if progress is None or not progress.total:
        return Content.styled(words, "$text-quiet")
    room = max(width - len(words) - 2, 4)
    filled = min(room, round(room * progress.done / progress.total))
    return Content.assemble(
        (glyphs().filled * filled, "$primary"),
        (glyphs().empty * (room - filled), "$border-quiet"),
        (f"  {words}", "$text-quiet"),
    )


def _clock(seconds: float) -> str:
    whole = int(seconds + 0.5)
    if whole >= 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
    return f"{whole // 60}:{whole % 60:02}"
