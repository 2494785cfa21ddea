"""What tables and lists of runs have in common: marks of states, moments, numbers, values."""

from __future__ import annotations

import time

from tflab.programs.parameters import format_value
from tflab.ui.terminal.glyphs import glyphs

TONES: dict[str, str] = {
    "starting": "busy",
    "running": "busy",
    "finished": "good",
    "failed": "bad",
    "cancelled": "warn",
    "lost": "bad",
}
"""The tone of a table's cell for each state."""


def mark_of(status: str) -> str:
    """Return the mark of a state; states differ by more than colour."""
    marks = glyphs()
    by_status = {
        "finished": marks.passed,
        "failed": marks.failed,
        "cancelled": marks.stopped,
        "lost": marks.lost,
        "waiting": marks.open,
        "not begun": marks.open,
    }
    return by_status.get(status, marks.bullet)


def when(moment: float) -> str:
    """Return a moment as people write it: the time of day today, or else the date too."""
    then, now = time.localtime(moment), time.localtime()
    if then[:3] == now[:3]:
        return time.strftime("%H:%M:%S", then)
    if then.tm_year == now.tm_year:
        return time.strftime("%d %b %H:%M", then)
    return time.strftime("%d %b %Y", then)


def number(value: float | None) -> str:
    """Return a metric with four digits; empty when there is none."""
    return "" if value is None else f"{value:.4g}"


def value_text(value: object) -> str:
    """Return a parameter's value as it is read at a glance: 0.30000000000000004 is 0.3."""
    return format_value(float(f"{value:.7g}") if isinstance(value, float) else value)
