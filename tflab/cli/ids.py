"""What a word on the command line names where it may be a run or a sweep."""

from __future__ import annotations

from tflab.runs.record import Problem
from tflab.runs.store import RunStore
from tflab.sweeps.store import SweepStore

LAST_SWEEP = "last-sweep"
"""What stands for the newest sweep, as `last` does for the newest run."""

HELP = "id of a run or a sweep, the beginning of one, last for the newest run, or last-sweep"


def named_sweep(text: str, runs: RunStore) -> str | None:
    """Return the id of the sweep that a word names, or None when it may name a run.

    Raises:
        Problem: When it may name either, or there is no sweep yet.
    """
    sweeps = SweepStore()
    if text == LAST_SWEEP:
        return sweeps.find("last")
    if not text or not any(sweep.startswith(text) for sweep in sweeps.ids()):
        return None
    if any(run.startswith(text) for run in runs.ids()):
        raise Problem(
            "A run or a sweep?",
            f"A run and a sweep begin with {text!r}.",
            "Write more of the id.",
        )
    return sweeps.find(text)
