"""What may be written after `tflab sweep` and `tflab sweeps`, and its help."""

from __future__ import annotations

import argparse

from tflab.cli.argument_types import assignment, count, seed
from tflab.cli.limits import add_limits, add_trust

_VALUES = """values:
  0.01,0.03,0.1   these              1e-3..1:log:7   7 values, each the same times larger
  1..8:step:1     1, 2, 3, to 8      0..1:lin:5      5 values at equal distances
  '*'             every choice of a list
"""
_EXIT_CODES = """exit code:
  0    the sweep went to its end; some runs may have failed
  1    every run failed
  2    wrong usage, a bad value or a bad lesson file
  129  the line was lost (SIGHUP): runs that have begun go on, the others never begin
  130  stopped by Ctrl+C (143 by SIGTERM); a second Ctrl+C kills its runs at once
"""


def add_sweep(parser: argparse.ArgumentParser) -> None:
    """Add what `tflab sweep` takes."""
    parser.epilog = f"{parser.epilog} -p steps=20,40\n\n{_VALUES}\n{_EXIT_CODES}"
    parser.add_argument("lesson", metavar="LESSON", help="its id, its number, or a path")
    parser.add_argument(
        "-p",
        "--parameter",
        metavar="NAME=VALUES",
        action="append",
        default=[],
        type=assignment,
        help="give a parameter one or several values; may be repeated",
    )
    parser.add_argument(
        "--sample", metavar="N", type=count, help="draw N combinations at random, not all"
    )
    parser.add_argument(
        "--sample-seed", metavar="N", type=seed, default=0, help="decides which; default: 0"
    )
    parser.add_argument(
        "--repeat", metavar="N", type=count, default=1, help="run each N times, seed by seed"
    )
    parser.add_argument("--seed", metavar="N", type=seed, default=0, help="the first; default: 0")
    _add_places(parser)
    parser.add_argument(
        "--metric",
        metavar="NAME",
        default="loss",
        help="what ranks the runs, the smallest first or as :max or :min says; default: loss",
    )
    add_trust(parser)
    add_limits(parser)
    _add_output(parser)


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs", metavar="N", type=count, help="runs at once; default: the cores, one a GPU"
    )
    parser.add_argument(
        "--device",
        metavar="cpu|gpu:N|gpus",
        action="append",
        default=[],
        help="where to run; repeat it to spread over several; default: cpu",
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object at the end")
    output.add_argument("--csv", action="store_true", help="print one table of all runs at the end")
    output.add_argument(
        "--plain",
        action="store_true",
        help="linear text without control sequences; always so when stdout is no terminal",
    )


def add_sweeps(parser: argparse.ArgumentParser) -> None:
    """Add what `tflab sweeps` takes."""
    parser.add_argument(
        "sweep", metavar="SWEEP", nargs="?", help="show this one: its id, its beginning, or last"
    )
    parser.add_argument("--all", action="store_true", help="all of them, not only the newest")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print JSON")
    output.add_argument("--csv", action="store_true", help="print one table of the sweep's runs")
