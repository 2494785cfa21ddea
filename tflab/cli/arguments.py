"""What may be written on the command line, and its help."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import NoReturn

from tflab import __version__
from tflab.cli.argument_types import assignment, seed
from tflab.cli.limits import add_limits, add_trust
from tflab.cli.sweep_arguments import add_sweep, add_sweeps
from tflab.runs.record import Problem

_EXIT_CODES = """exit code:
  0    the run finished, whether or not goals were reached
  1    the lesson failed
  2    wrong usage, a bad parameter or a bad lesson file
  129  the line was lost (SIGHUP): the run goes on, and `tflab attach last` follows it
  130  stopped by Ctrl+C (143 by SIGTERM); a second Ctrl+C kills the run at once
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
    for name, what, example, fill in _COMMANDS:
        fill(
            commands.add_parser(
                name,
                help=what,
                description=f"{what[:1].upper()}{what[1:]}.",
                epilog=f"example:\n  {example}",
                formatter_class=argparse.RawDescriptionHelpFormatter,
                allow_abbrev=False,
            )
        )
    return parser


def _add_lesson(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lesson", metavar="LESSON", help="its id, its number, or a path")


def _add_known(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="its id, the beginning of it, or last")


def _add_json_array(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON array")


def _add_json_object(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_runs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="all of them, not only the newest")
    parser.add_argument(
        "--filter",
        metavar="TEXT",
        default="",
        help='only some, such as "learning_rate<0.1 loss<0.03 state=finished age<2d"',
    )
    _add_json_array(parser)


def _add_delete(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "runs", metavar="RUN", nargs="+", help="a run's id, the beginning of one, or last"
    )


def _add_trash(parser: argparse.ArgumentParser) -> None:
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--restore", metavar="RUN", help="bring this run back; `all` for all")
    choice.add_argument("--empty", action="store_true", help="delete them for good")


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="PATH", nargs="+", help="a file, or a folder of them")


def _add_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="the file to write; it must not exist")


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
        type=assignment,
        help="give a parameter a value; may be repeated",
    )
    parser.add_argument("--device", metavar="cpu|gpu:N", default="cpu", help="default: cpu")
    parser.add_argument("--seed", metavar="N", type=seed, default=0, help="default: 0")
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
    parser.epilog = (
        f"{parser.epilog}\n  tflab export 20261122-10 last --as chart-svg > both.svg"
        "\n  tflab export last-sweep --as csv --to sweep.csv"
    )
    parser.add_argument(
        "runs",
        metavar="RUN",
        nargs="+",
        help="id of a run or a sweep, the beginning of one, last for the newest run, or last-sweep",
    )
    parser.add_argument(
        "--as",
        dest="format",
        metavar="FORMAT",
        required=True,
        help="csv, csv-summary (a sweep: csv-points), json, tensorboard, script, notebook, "
        "chart-text or chart-svg",
    )
    parser.add_argument("--to", metavar="PATH", help="where to write; default: stdout")
    parser.add_argument("--metric", metavar="NAME", help="what a chart shows; default: loss")
    parser.add_argument("--log", action="store_true", help="give a chart a logarithmic y axis")


_COMMANDS: tuple[tuple[str, str, str, Callable[[argparse.ArgumentParser], None]], ...] = (
    ("open", "open the workbench at a lesson", "tflab open linear-classifier", _add_lesson),
    ("lessons", "list the lessons", "tflab lessons --json", _add_json_array),
    ("run", "run a lesson here", "tflab run 10 -p learning_rate=0.5 -p steps=15", _add_run),
    (
        "sweep",
        "run a lesson over many values",
        "tflab sweep 10 -p learning_rate=1e-3..1:log:7",
        add_sweep,
    ),
    ("sweeps", "list the sweeps, or show one again", "tflab sweeps last", add_sweeps),
    ("runs", "list the runs, those that are still going first", "tflab runs --all", _add_runs),
    ("attach", "follow a run that was started elsewhere", "tflab attach last", _add_attach),
    ("stop", "stop a run that is still going", "tflab stop last", _add_known),
    ("devices", "list the CPU and the GPUs", "tflab devices --json", _add_json_object),
    ("delete", "move runs to the trash", "tflab delete last", _add_delete),
    ("trash", "show the trash, bring runs back, or empty it", "tflab trash --empty", _add_trash),
    (
        "export",
        "write runs or a sweep as files",
        "tflab export last --as csv --to loss.csv",
        _add_export,
    ),
    ("doctor", "look for what keeps runs from working", "tflab doctor --json", _add_json_object),
    ("check", "say whether files are good lessons", "tflab check my_lesson.py", _add_check),
    ("new", "write a lesson to start from", "tflab new my_lesson.py", _add_new),
)
"""Name, what it does, an example, and what adds its arguments, in the order of the help."""
