"""Options of `run` and `sweep` for a machine that others use too, and the one that trusts."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tflab.runs.record import LEAST_MEMORY, MOST_NICE, MOST_THREADS, RunOptions


def add_trust(parser: argparse.ArgumentParser) -> None:
    """Add `--trust`."""
    parser.add_argument(
        "--trust",
        action="store_true",
        help="run a lesson from outside the course, now and from now on until it changes",
    )


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add `--nice`, `--threads` and `--memory-limit`."""
    parser.add_argument(
        "--nice",
        metavar="N",
        type=_between(0, MOST_NICE),
        default=0,
        help=f"let others go first: 0 to {MOST_NICE}, {MOST_NICE} yields most; default: 0",
    )
    parser.add_argument(
        "--threads",
        metavar="N",
        type=_between(1, MOST_THREADS),
        default=0,
        help="threads that TensorFlow computes with; default: all cores",
    )
    parser.add_argument(
        "--memory-limit",
        metavar="MIB",
        type=_between(LEAST_MEMORY, 1 << 30),
        default=0,
        help=f"memory on top of TensorFlow's own, {LEAST_MEMORY} MiB or more; default: no limit",
    )


def chosen_options(arguments: argparse.Namespace) -> RunOptions:
    """Return what `add_limits` made of the command line."""
    return RunOptions(
        nice=arguments.nice, threads=arguments.threads, memory_limit=arguments.memory_limit
    )


def _between(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text[:12]) <= most:
            raise argparse.ArgumentTypeError(
                f"it takes a whole number from {least} to {most}, not {text!r}"
            )
        return int(text)

    return read
