"""What may be written on the command line, and its help."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from tflab import __version__
from tflab.cli.limits import add_limits, add_trust
from tflab.runs.record import Problem

LARGEST_SEED = 2**32 - 1

_EXIT_CODES = """exit code:
  0    the run finished, whether or not goals were reached
  1    the lesson failed
  2    wrong usage, a bad parameter or a bad lesson file
  130  stopped by Ctrl+C (143 by SIGTERM, 129 by SIGHUP); a second Ctrl+C kills the run at once
"""

_LARGEST_COUNT = 100_000

_SWEEP_VALUES = """values:
  0.01,0.03,0.1   these              1e-3..1:log:7   7 values, each the same times larger
  1..8:step:1     1, 2, 3, to 8      0..1:lin:5      5 values at equal distances
  '*'             every choice of a list
"""
_SWEEP_EXIT_CODES = """exit code:
  0    the sweep went to its end; some runs may have failed
  1    every run failed
  2    wrong usage, a bad value or a bad lesson file
  130  stopped by Ctrl+C (143 by SIGTERM, 129 by SIGHUP); a second Ctrl+C kills its runs at once
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
    _add_sweep(
        add(
            "sweep",
            "run a lesson over many values",
            "tflab sweep 10 -p learning_rate=1e-3..1:log:7",
        )
    )
    command = add("runs", "list the runs, those that are still going first", "tflab runs --all")
    command.add_argument("--all", action="store_true", help="all of them, not only the newest")
    command.add_argument(
        "--filter",
        metavar="TEXT",
        default="",
        help='only some, such as "learning_rate<0.1 loss<0.03 state=finished age<2d"',
    )
    command.add_argument("--json", action="store_true", help="print one JSON array")
    _add_attach(add("attach", "follow a run that was started elsewhere", "tflab attach last"))
    _add_known(add("stop", "stop a run that is still going", "tflab stop last"))
    command = add("devices", "list the CPU and the GPUs", "tflab devices --json")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command = add("delete", "move runs to the trash", "tflab delete last")
    command.add_argument(
        "runs", metavar="RUN", nargs="+", help="a run's id, the beginning of one, or last"
    )
    command = add("trash", "show the trash, bring runs back, or empty it", "tflab trash --empty")
    choice = command.add_mutually_exclusive_group()
    choice.add_argument("--restore", metavar="RUN", help="bring this run back; `all` for all")
    choice.add_argument("--empty", action="store_true", help="delete them for good")
    _add_export(add("export", "write runs as files", "tflab export last --as csv --to loss.csv"))
    command = add("doctor", "look for what keeps runs from working", "tflab doctor --json")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command = add("check", "say whether files are good lessons", "tflab check my_lesson.py")
    command.add_argument("paths", metavar="PATH", nargs="+", help="a file, or a folder of them")
    command = add("new", "write a lesson to start from", "tflab new my_lesson.py")
    command.add_argument("path", metavar="PATH", help="the file to write; it must not exist")
    return parser


def _add_lesson(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lesson", metavar="LESSON", help="its id, its number, or a path")


def _add_known(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="its id, the beginning of it, or last")


def _add_attach(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"{parser.epilog}\n\nCtrl+C lets go of the run and leaves it running."
    _add_known(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    parser.add_argument(
        "--plain", action="store_true", help="linear text without control sequences"
    )


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
    parser.add_argument("--preset", metavar="NAME", help="values kept under a name; -p goes over")
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
    add_trust(parser)
    add_limits(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    parser.add_argument(
        "--plain",
        action="store_true",
        help="linear text without control sequences; always so when stdout is no terminal",
    )


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"{parser.epilog}\n  tflab export 20261122-10 last --as chart-svg > both.svg"
    parser.add_argument(
        "runs", metavar="RUN", nargs="+", help="a run's id, the beginning of one, or last"
    )
    parser.add_argument(
        "--as",
        dest="format",
        metavar="FORMAT",
        required=True,
        help="csv, csv-summary, json, tensorboard, script, notebook, chart-text or chart-svg",
    )
    parser.add_argument("--to", metavar="PATH", help="where to write; default: stdout")
    parser.add_argument("--metric", metavar="NAME", help="what a chart shows; default: loss")
    parser.add_argument("--log", action="store_true", help="give a chart a logarithmic y axis")


def _add_sweep(parser: argparse.ArgumentParser) -> None:
    parser.epilog = f"{parser.epilog} -p steps=20,40\n\n{_SWEEP_VALUES}\n{_SWEEP_EXIT_CODES}"
    _add_lesson(parser)
    parser.add_argument(
        "-p",
        "--parameter",
        metavar="NAME=VALUES",
        action="append",
        default=[],
        type=_assignment,
        help="give a parameter one or several values; may be repeated",
    )
    parser.add_argument(
        "--sample", metavar="N", type=_count, help="draw N combinations at random, not all"
    )
    parser.add_argument(
        "--sample-seed", metavar="N", type=_seed, default=0, help="decides which; default: 0"
    )
    parser.add_argument(
        "--repeat", metavar="N", type=_count, default=1, help="run each N times, seed by seed"
    )
    parser.add_argument("--seed", metavar="N", type=_seed, default=0, help="the first; default: 0")
    parser.add_argument(
        "--jobs", metavar="N", type=_count, help="runs at once; default: the cores, one a GPU"
    )
    parser.add_argument(
        "--device",
        metavar="cpu|gpu:N|gpus",
        action="append",
        default=[],
        help="where to run; repeat it to spread over several; default: cpu",
    )
    parser.add_argument(
        "--metric",
        metavar="NAME",
        default="loss",
        help="what ranks the runs, the smallest first or as :max or :min says; default: loss",
    )
    add_trust(parser)
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object at the end")
    output.add_argument("--csv", action="store_true", help="print one table of all runs at the end")
    output.add_argument(
        "--plain",
        action="store_true",
        help="linear text without control sequences; always so when stdout is no terminal",
    )


def _assignment(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name.strip(), value


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= _LARGEST_COUNT:
        raise argparse.ArgumentTypeError(
            f"it takes a whole number from 1 to {_LARGEST_COUNT}, not {text!r}"
        )
    return int(text)


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
