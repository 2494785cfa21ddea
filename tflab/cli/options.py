"""Options that several commands take, and the values that they read."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Protocol

from tflab.cli.command import UsageProblem
from tflab.runs.record import LARGEST_SEED, LEAST_MEMORY, MOST_NICE, MOST_THREADS, RunOptions
from tflab.runs.text import writable

_LARGEST_COUNT = 100_000


class Options(Protocol):
    """What takes options: a parser, or a group of options of which one may be given."""

    def add_argument(self, *names: str, **settings: Any) -> Any:
        """Add one, as `argparse` has it."""


def add_lesson(parser: argparse.ArgumentParser) -> None:
    """Add the lesson that is meant."""
    parser.add_argument("lesson", metavar="LESSON", help="its id, its number, or a path")


def add_run(parser: argparse.ArgumentParser) -> None:
    """Add the run that is meant."""
    parser.add_argument("run", metavar="RUN", help="its id, the beginning of it, or last")


def add_parameter(parser: argparse.ArgumentParser, metavar: str, about: str) -> None:
    """Add `-p`, which gives a parameter what it is to have."""
    parser.add_argument(
        "-p",
        "--parameter",
        metavar=metavar,
        action="append",
        default=[],
        type=assignment,
        help=f"give a parameter {about}; may be repeated",
    )


def add_json(parser: Options, what: str = "one JSON object") -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help=f"print {what}")


def add_plain(parser: Options) -> None:
    """Add `--plain`."""
    parser.add_argument(
        "--plain",
        action="store_true",
        help="linear text without control sequences; always so when stdout is no terminal",
    )


def add_trust(parser: argparse.ArgumentParser) -> None:
    """Add `--trust`."""
    parser.add_argument(
        "--trust",
        action="store_true",
        help="run a program from outside the course, now and from now on until it changes",
    )


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add `--commands`."""
    parser.add_argument(
        "--commands",
        action="store_true",
        help="run a notebook's shell commands (!…, %%pip, %%%%bash) too, not skip them",
    )


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add what runs may take of a machine that others use too."""
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


def add_on(parser: argparse.ArgumentParser) -> None:
    """Add `--on`."""
    parser.add_argument(
        "--on", metavar="NAME", default="", help="run on this target; `tflab targets` lists them"
    )


def check_place(arguments: argparse.Namespace) -> None:
    """Make sure that `--on` and `--device` are not given together.

    Raises:
        UsageProblem: When they are: the target decides on which device a run is.
    """
    if arguments.on and arguments.device not in ("cpu", "", []):
        cause = "--on and --device do not go together: the target gives runs their device."
        raise UsageProblem("Wrong usage", cause, "Set `gpus` of the target in targets.toml.")


def chosen_limits(arguments: argparse.Namespace) -> RunOptions:
    """Return what `add_limits` made of the command line."""
    return RunOptions(
        nice=arguments.nice, threads=arguments.threads, memory_limit=arguments.memory_limit
    )


def assignment(text: str) -> tuple[str, str]:
    """Read `NAME=VALUE`.

    Raises:
        ArgumentTypeError: When it is not of that form.
    """
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name.strip(), value


def plain_text(text: str) -> str:
    """Take text that can be kept.

    Raises:
        ArgumentTypeError: When it is not UTF-8.
    """
    if writable(text) != text:
        raise argparse.ArgumentTypeError("it is not UTF-8")
    return text


def count(text: str) -> int:
    """Read how many: a whole number from 1 on.

    Raises:
        ArgumentTypeError: When it is none, or absurdly large.
    """
    return _between(1, _LARGEST_COUNT)(text)


def seed(text: str) -> int:
    """Read a seed, as NumPy takes them.

    Raises:
        ArgumentTypeError: When it is no whole number, or out of bounds.
    """
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not 0 <= number <= LARGEST_SEED:
        raise argparse.ArgumentTypeError(
            f"a seed is a whole number from 0 to {LARGEST_SEED}, not {text!r}"
        )
    return number


def _between(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text[:12]) <= most:
            raise argparse.ArgumentTypeError(
                f"it takes a whole number from {least} to {most}, not {text!r}"
            )
        return int(text)

    return read


def add_python(parser: argparse.ArgumentParser) -> None:
    """Add `--python`."""
    parser.add_argument(
        "--python",
        metavar="PATH",
        default="",
        help="run in this Python or environment, now and from now on; `auto` forgets it",
    )
