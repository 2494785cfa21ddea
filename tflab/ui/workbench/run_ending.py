"""Telling of a run what its panes cannot: what was cut or left out, and how it ended badly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tflab.runs.record import Problem
from tflab.runs.state import RunState
from tflab.runs.text import plain
from tflab.targets.live_run import LiveRun

if TYPE_CHECKING:
    from tflab.ui.app import LabApp


@dataclass(frozen=True)
class Told:
    """How many notices of which run were told."""

    run: str = ""
    count: int = 0


def tell_notices(app: LabApp, run: LiveRun, told: Told) -> Told:
    """Tell the notices of the run on show that were not told before; return what is told now."""
    count = told.count if told.run == run.record.id else 0
    for text in run.state.notices[count:]:
        app.notify(plain(text), severity="warning", markup=False)
    return Told(run.record.id, len(run.state.notices))


def tell_end(app: LabApp, state: RunState) -> None:
    """Say how a run ended, if not well; the error of a lesson is shown in full at its cell."""
    ended = state.ended
    if ended is None or ended.state not in ("failed", "lost"):
        return
    if state.error is None:
        app.show_problem(Problem(f"The run {ended.state}"[:40], ended.cause, ended.next_step))
    elif ended.state == "failed":
        text = f"{plain(state.error.title)}, line {state.error.line}"
        app.notify(text, severity="error", markup=False)
