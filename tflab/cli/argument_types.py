"""What is written on the command line, read: assignments, counts and seeds."""

from __future__ import annotations

import argparse

from tflab.runs.record import LARGEST_SEED

_LARGEST_COUNT = 100_000


def assignment(text: str) -> tuple[str, str]:
    """Read `NAME=VALUE`.

    Raises:
        ArgumentTypeError: When it is not of that form.
    """
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name.strip(), value


def count(text: str) -> int:
    """Read how many: a whole number from 1 on.

    Raises:
        ArgumentTypeError: When it is none, or absurdly large.
    """
    if not text.isdecimal() or not 1 <= int(text[:9]) <= _LARGEST_COUNT:
        raise argparse.ArgumentTypeError(
            f"it takes a whole number from 1 to {_LARGEST_COUNT}, not {text!r}"
        )
    return int(text)


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
