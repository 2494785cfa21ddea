"""One run on the command line, from its request to its exit code."""

from __future__ import annotations

import signal
from collections.abc import Callable

from tflab.cli.alerting import LongWait
from tflab.cli.answering import TerminalAnswers
from tflab.cli.hangup import leave, while_connected
from tflab.cli.run_json import refused
from tflab.cli.run_views import JsonView, RunView
from tflab.cli.terminal import print_json, print_problem
from tflab.runs.record import Problem, RunRequest
from tflab.runs.state import RunState
from tflab.runs.store import RunStore
from tflab.session.alerts import alert_of_run
from tflab.targets.host import Host
from tflab.targets.runner import begin, follow
from tflab.targets.stop_signals import StopSignals

EXIT_CODES = """exit code:
  0    the run finished, whether or not goals were reached
  1    the program failed
  2    wrong usage, a bad parameter or a bad program file
  129  the line was lost (SIGHUP): the run goes on, and `tflab attach last` follows it
  130  stopped by Ctrl+C (143 by SIGTERM); a second Ctrl+C kills the run at once
"""


def run_one(
    server: Host,
    request: RunRequest,
    view: RunView,
    ended: Callable[[RunState], object] = lambda _: None,
) -> int:
    """Run a request to its end, or until the line is lost, and return the exit code.

    Args:
        server: What takes it, started: the fork server of its environment, or a target.
        request: What is asked.
        view: Shows it.
        ended: Called with the state of a run that is over.
    """
    wait = LongWait()
    with StopSignals() as stops, TerminalAnswers(view, request.stdin == "asked") as answers:
        try:
            live = begin(server, RunStore(), request)
        except Problem as problem:
            if isinstance(view, JsonView):
                print_json(refused(problem, request.lesson, request.device, request.seed))
            print_problem(problem)
            return 1
        while_connected(view.begin, stops)(live)
        show = while_connected(view.update, stops)
        answer = while_connected(answers.look, stops)
        follow(server, live, show, lambda: stops.count, lambda: stops.left, answer)
        if live.over or isinstance(view, JsonView):
            while_connected(view.end, stops)(live)
        if live.over:
            ended(live.state)
            wait.over(alert_of_run(live.record, live.state))
            return _exit_code(live.state, stops.first)
        run = live.record.id
        return leave(
            f"\nThe line was lost; the run goes on. `tflab attach {run}` follows it, "
            f"`tflab stop {run}` stops it."
        )


def _exit_code(state: RunState, stopped_by: signal.Signals | None) -> int:
    if state.status == "finished":
        return 0
    if stopped_by is not None:
        return 128 + stopped_by
    return 128 + signal.SIGINT if state.status == "cancelled" else 1
