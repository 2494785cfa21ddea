"""What may be written on the command line, and its help."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from tflab import __version__
from tflab.runs.record import Problem

LARGEST_SEED = 2**32 - 1

_EXIT_CODES = """exit code:
  0    the run finished, whether or not goals were reached
  1    the lesson failed
  2    wrong usage, a bad parameter or a bad lesson file
  130  stopped by Ctrl+C (143 by SIGTERM, 129 by SIGHUP); a second Ctrl+C kills the run at once
"""


class UsageProblem(Problem):
    """The command line makes no sense."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageProblem(
            "Wrong usage", f"{message[:1].upper()}{message[1:]}.", f"See `{self.prog} --help`."
        )


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Return the arguments; `command` is None when the workbench is to be opened.

    Raises:
        UsageProblem: When they make no sense.
        SystemExit: After `--help` and `--version`.
    """
    return _build().parse_args(words)


def _build() -> _Parser:
    parser = _Parser(
        prog="tflab",
        description="A lab workbench for TensorFlow in the terminal. Without a command it opens.",
        epilog="example:\n  tflab\n  tflab run linear-classifier -p learning_rate=0.5",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="version", version=f"tflab {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    def add(name: str, what: str, example: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=what,
            description=f"{what[:1].upper()}{what[1:]}.",
            epilog=f"example:\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    command = add("open", "open the workbench at a lesson", "tflab open linear-classifier")
    _add_lesson(command)
    command = add("lessons", "list the lessons", "tflab lessons --json")
    command.add_argument("--json", action="store_true", help="print one JSON array")
    _add_run(add("run", "run a lesson here", "tflab run 10 -p learning_rate=0.5 -p steps=15"))
    command = add("devices", "list the CPU and the GPUs", "tflab devices --json")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command = add("check", "say whether files are good lessons", "tflab check my_lesson.py")
    command.add_argument("paths", metavar="PATH", nargs="+", help="a file, or a folder of them")
    command = add("new", "write a lesson to start from", "tflab new my_lesson.py")
    command.add_argument("path", metavar="PATH", help="the file to write; it must not exist")
    return parser


def _add_lesson(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lesson", metavar="LESSON", help="its id, its number, or a path")


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"{parser.epilog}\n\n{_EXIT_CODES}"
    _add_lesson(parser)
    parser.add_argument(
        "-p",
        "--parameter",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        type=_assignment,
        help="give a parameter a value; may be repeated",
    )
    parser.add_argument("--device", metavar="cpu|gpu:N", default="cpu", help="default: cpu")
    parser.add_argument("--seed", metavar="N", type=_seed, default=0, help="default: 0")
    parser.add_argument(
        "--guess",
        metavar="ANSWER",
        action="append",
        default=[],
        help="your guess at the lesson's first question; repeat it for the next ones",
    )
    parser.add_argument(
        "--until", metavar="CELL", type=int, help="stop after this cell; the first one is 0"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    parser.add_argument(
        "--plain",
        action="store_true",
        help="linear text without control sequences; always so when stdout is no terminal",
    )


def _assignment(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name.strip(), value


def _seed(text: str) -> int:
    try:
        seed = int(text)
    except ValueError:
        seed = -1
    if not 0 <= seed <= LARGEST_SEED:
        raise argparse.ArgumentTypeError(
            f"a seed is a whole number from 0 to {LARGEST_SEED}, not {text!r}"
        )
    return seed
