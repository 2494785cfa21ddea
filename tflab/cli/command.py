"""What each command of the command line declares of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from tflab.runs.problem import Problem

if TYPE_CHECKING:
    import argparse


class UsageProblem(Problem):
    """The command line makes no sense."""


def _no_options(_: argparse.ArgumentParser) -> None:
    """Add nothing."""


class Command(NamedTuple):
    """One command, `COMMAND` in its module. Its name is that of the module.

    Attributes:
        about: What it does, in a few words that begin with a verb.
        example: Lines that a person might type.
        run: Does it and returns the exit code.
        add_options: Adds what may be written after its name.
        more: Said below the example in its help.
    """

    about: str
    example: str
    run: Callable[[argparse.Namespace], int]
    add_options: Callable[[argparse.ArgumentParser], None] = _no_options
    more: str = ""
