"""What tables and lists of runs have in common: the marks and tones of states."""

from __future__ import annotations

from tflab.ui.terminal.glyphs import glyphs

TONES: dict[str, str] = {
    "starting": "busy",
    "running": "busy",
    "finished": "good",
    "failed": "bad",
    "cancelled": "warn",
    "pruned": "quiet",
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
        "pruned": marks.pruned,
        "lost": marks.lost,
        "waiting": marks.open,
        "not begun": marks.open,
    }
    return by_status.get(status, marks.bullet)
