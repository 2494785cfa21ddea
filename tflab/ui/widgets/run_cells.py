"""What tables and lists of runs have in common: the marks and tones of states."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tflab.runs.metrics import last_value, main_metric
from tflab.runs.summary import RunSummary
from tflab.ui.terminal.glyphs import glyphs

TONES: dict[str, str] = {
    "queued": "quiet",
    "starting": "busy",
    "running": "busy",
    "finished": "good",
    "diverged": "warn",
    "failed": "bad",
    "cancelled": "warn",
    "pruned": "quiet",
    "lost": "bad",
}
"""The tone of a table's cell for each state."""


def outcome_of(run: RunSummary) -> str:
    """Return the state of a run, or `diverged` where it finished with a loss that is no number."""
    return outcome(run.status, run.metrics)


def outcome(status: str, metrics: Mapping[str, Mapping[str, float]]) -> str:
    """Return the same for a run's state and what is known of each of its metrics."""
    tag = main_metric(metrics)
    last = last_value(metrics[tag]) if tag is not None else None
    lost = last is not None and not math.isfinite(last)
    return "diverged" if lost and status == "finished" else status


def mark_of(status: str) -> str:
    """Return the mark of a state; states differ by more than colour."""
    marks = glyphs()
    by_status = {
        "finished": marks.passed,
        "diverged": "!",
        "failed": marks.failed,
        "cancelled": marks.stopped,
        "pruned": marks.pruned,
        "lost": marks.lost,
        "queued": marks.open,
        "waiting": marks.open,
        "not begun": marks.open,
    }
    return by_status.get(status, marks.bullet)
