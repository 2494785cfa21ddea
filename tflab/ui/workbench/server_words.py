"""Saying what became of the fork server: in passing while another starts, else until it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tflab.runs.record import Problem
from tflab.runs.text import plain

if TYPE_CHECKING:
    from tflab.ui.app import LabApp
    from tflab.ui.workbench.messages import ServerChanged


def phase_words(phase: str) -> str:
    """Return what the status line says of the fork server; nothing while all is well."""
    words = {
        "importing": "TensorFlow is loading",
        "broken": "TensorFlow cannot be loaded",
        "gone": "no fork server",
    }
    return words.get(phase, "")


def tell_server(app: LabApp, message: ServerChanged) -> None:
    """Tell of a fork server that is broken or gone."""
    problem = message.problem
    if problem is None:
        return
    if message.final and message.phase == "broken":
        # It was shown in full the first time.
        text = "Run tries again; reading and history go on without."
        app.notify(text, title=problem.title, severity="warning", markup=False)
    elif message.final:
        steps = f"{problem.next_step} Run tries again; reading and history go on without."
        app.show_problem(Problem(problem.title, problem.cause, steps))
    elif message.phase == "gone":
        text = f"{plain(problem.cause)} Another one is being started."
        app.notify(text, title=problem.title, severity="warning", markup=False)
    else:
        app.show_problem(problem)
