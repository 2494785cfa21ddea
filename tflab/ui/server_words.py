"""Saying what became of the fork server: in passing while another starts, else until it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tflab.runs.record import Problem
from tflab.runs.transcript import plain

if TYPE_CHECKING:
    from tflab.ui.app import LabApp
    from tflab.ui.messages import ServerChanged


def tell_server(app: LabApp, message: ServerChanged) -> None:
    """Tell of a fork server that is broken or gone."""
    problem = message.problem
    if problem is None:
        return
    if message.final:
        steps = f"{problem.next_step} Run starts it once more; reading and history go on."
        app.show_problem(Problem(problem.title, problem.cause, steps))
    elif message.phase == "gone":
        text = f"{plain(problem.cause)} Another one is being started."
        app.notify(text, title=problem.title, severity="warning", markup=False)
    else:
        app.show_problem(problem)
