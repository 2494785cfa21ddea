"""`tflab alerts`: how a person is told of runs while elsewhere."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil

from msgspec.structs import replace

from tflab.cli.alerting import send
from tflab.cli.command import Command
from tflab.runs.paths import data_folder
from tflab.runs.record import Problem
from tflab.runs.system_errors import what_to_do
from tflab.runs.text import plain_line
from tflab.session.alerts import Alert
from tflab.session.settings import AlertSettings, load_settings, save_settings


def run(arguments: argparse.Namespace) -> int:
    """Show or change how alerts are told, or send one now; return 0.

    Raises:
        Problem: When the command is not there, or the settings cannot be kept.
    """
    settings = load_settings()
    changed = _changed(settings.alerts, arguments)
    if changed != settings.alerts:
        settings.alerts = changed
        try:
            save_settings(settings)
        except OSError as error:
            raise Problem(
                "The settings cannot be kept",
                f"{error.filename or data_folder()}: {error.strerror}.",
                what_to_do(error),
            ) from error
    print(_words(changed))
    if arguments.test:
        send(Alert("test", "tflab", "This is what an alert is like."))
    return 0


def _changed(alerts: AlertSettings, arguments: argparse.Namespace) -> AlertSettings:
    if arguments.loudness:
        alerts = replace(alerts, loudness=arguments.loudness)
    if arguments.command is None:
        return alerts
    try:
        command = tuple(shlex.split(arguments.command))
    except ValueError as error:
        raise Problem(
            "The command cannot be read",
            f"{plain_line(arguments.command)}: {error}.",
            "Close every quotation mark, and double a backslash at the end.",
        ) from error
    if command and shutil.which(os.path.expanduser(command[0])) is None:
        raise Problem(
            "No such command",
            f"{plain_line(command[0])} is no program that can be started.",
            "Give its path, and make it executable.",
        )
    return replace(alerts, command=command)


def _words(alerts: AlertSettings) -> str:
    told = {
        "off": "Alerts are off.",
        "quiet": "Alerts are quiet: a notice of the terminal, where it can show one.",
        "loud": "Alerts are loud: the terminal's bell, and a notice where it can show one.",
    }[alerts.loudness]
    if alerts.command and alerts.loudness != "off":
        told += f" Then this is run: {plain_line(shlex.join(alerts.command))}"
    return told


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "loudness", nargs="?", choices=("off", "quiet", "loud"), help="how loud; shown if left out"
    )
    parser.add_argument(
        "--command",
        metavar="LINE",
        help="a program of yours and its arguments, to be run as well; empty takes it away",
    )
    parser.add_argument("--test", action="store_true", help="send an alert now")


COMMAND = Command(
    "choose how you are told of runs while you are elsewhere",
    'tflab alerts loud --command "$HOME/bin/tell-me" --test',
    run,
    _add_options,
    "The workbench tells of runs that end, diverge or are the best so far while its terminal has\n"
    "not the focus; `tflab run`, `resume` and `sweep` of their end after ten seconds or more.\n"
    "Your command is started without a shell. It finds what happened in its environment:\n"
    "TFLAB_ALERT (ended, diverged, best, test), TFLAB_TITLE, TFLAB_TEXT, TFLAB_RUN, TFLAB_STATE,\n"
    "TFLAB_LESSON, TFLAB_METRIC, TFLAB_VALUE, TFLAB_SECONDS, TFLAB_DEVICE; TFLAB_SWEEP of a sweep.",
)
