"""`tflab attach RUN`: follow a run that was started elsewhere, without owning it."""

from __future__ import annotations

import argparse
import signal
import time

from tflab.cli.answering import TerminalAnswers, asks_here
from tflab.cli.command import Command
from tflab.cli.options import add_json, add_plain, add_run
from tflab.cli.run_views import RunView, run_view
from tflab.runs.log_reader import check_log
from tflab.runs.store import RunStore
from tflab.targets.live_run import LiveRun

_PAUSE = 0.05


def run(arguments: argparse.Namespace) -> int:
    """Show a run from its beginning and follow it to its end; Ctrl+C leaves it running.

    Returns:
        0 when it finished, 1 when it failed or was lost, 130 when it was stopped, and 0 when the
        person let go of it.

    Raises:
        Problem: When there is no such run, or its log cannot be read.
    """
    store = RunStore()
    found = store.find(arguments.run)
    folder = store.folder(found)
    check_log(folder)
    live = LiveRun(store.record(found), folder)
    view = run_view(arguments)
    try:
        view.begin(live)
        with TerminalAnswers(view, asks_here(arguments)) as answers:
            _follow(live, view, answers)
    except KeyboardInterrupt:
        print(
            f"\nLet go of the run; it goes on. `tflab attach {found}` follows it again, "
            f"`tflab stop {found}` stops it.",
            flush=True,
        )
        return 0
    view.end(live)
    codes = {"finished": 0, "pruned": 0, "cancelled": 128 + signal.SIGINT}
    return codes.get(live.state.status, 1)


def _follow(live: LiveRun, view: RunView, answers: TerminalAnswers) -> None:
    while not live.over:
        answers.look(live)
        if live.advance():
            view.update(live)
        elif not live.over:
            # There is no server of ours to hear from, so the log alone says that it has grown.
            time.sleep(_PAUSE)


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    add_json(parser, "one JSON object at the end")
    add_plain(parser)


COMMAND = Command(
    "follow a run that was started elsewhere",
    "tflab attach last",
    run,
    _add_options,
    "Ctrl+C lets go of the run and leaves it running. What it asks for can be answered here.",
)
