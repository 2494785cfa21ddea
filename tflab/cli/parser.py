"""Which command a line of words calls, and what it asks of it.

A module in `commands` is loaded when its command is called, or listed in the help.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from typing import NoReturn

from tflab import __version__
from tflab.cli.command import Command, UsageProblem
from tflab.cli.commands import NAMES
from tflab.runs.record import Problem


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageProblem(
            "Wrong usage", f"{message[:1].upper()}{message[1:]}.", f"See `{self.prog} --help`."
        )


def load(name: str) -> Command:
    """Return the command of that name, one of `commands.NAMES`."""
    command = importlib.import_module(f"tflab.cli.commands.{name}").COMMAND
    assert isinstance(command, Command)
    return command


def parse(words: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    """Return the command that the words name, and what they ask of it.

    Raises:
        UsageProblem: When they make no sense.
        SystemExit: After `--help` and `--version`.
    """
    name = words[0]
    if name not in NAMES:
        if name[:1] != "-":
            raise UsageProblem("Wrong usage", f"There is no command {name}.", _instead(name))
        _overview().parse_args(words)
        raise UsageProblem(
            "Wrong usage", "An option needs a command before it.", "See `tflab --help`."
        )
    command = load(name)
    return command, _parser(name, command).parse_args(words[1:])


def _parser(name: str, command: Command) -> _Parser:
    parser = _Parser(
        prog=f"tflab {name}",
        description=f"{command.about[:1].upper()}{command.about[1:]}.",
        epilog=f"example:\n  {command.example}" + (f"\n\n{command.more}" if command.more else ""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_options(parser)
    return parser


def _overview() -> _Parser:
    """Return what reads a line without a command, and lists them all in its help."""
    parser = _Parser(
        prog="tflab",
        description="A lab workbench for TensorFlow in the terminal. Without a command it opens.",
        epilog="example:\n  tflab\n  tflab run linear-classifier -p learning_rate=0.5",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="version", version=f"tflab {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=_Parser)
    for name in NAMES:
        commands.add_parser(name, help=load(name).about)
    return parser


def _instead(word: str) -> str:
    """Return what someone may have meant with a word that is no command."""
    import difflib

    from tflab.programs.library import resolve

    if close := difflib.get_close_matches(word, NAMES, cutoff=0.7):
        return f"Did you mean `tflab {close[0]}`?"
    try:
        found = resolve(word).is_file()
    except Problem:
        found = False
    if not found:
        return "See `tflab --help` for all of them."
    return f"It is a lesson: `tflab open {word}` opens it, `tflab run {word}` runs it."
