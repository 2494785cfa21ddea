"""Refusing what a lesson hands over: why it cannot be kept, and which call and name it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tflab.runs.record import Problem

_T = TypeVar("_T")


class ConversionError(Exception):
    """A value that the log cannot keep. `cause` says what it is, `next_step` what to do."""

    def __init__(self, cause: str, next_step: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.next_step = next_step

    def problem(self, call: str, name: str) -> Problem:
        """Return the problem to raise in the lesson, naming the call and the value."""
        return Problem(f"{call} cannot keep {name!r}", self.cause, self.next_step)


def checked(call: str, name: str, convert: Callable[[object], _T], value: object) -> _T:
    """Return `convert(value)`.

    Raises:
        Problem: When `convert` raises `ConversionError`; it names the call and the value.
    """
    try:
        return convert(value)
    except ConversionError as error:
        raise error.problem(call, name) from error
