"""The error that people see. Small, because the workbench needs it before its first paint."""

from __future__ import annotations


class Problem(Exception):
    """Something went wrong that a person can mend: a title, a cause and a next step.

    Every error that this project shows to people is one of these.
    """

    def __init__(self, title: str, cause: str, next_step: str) -> None:
        super().__init__(f"{title}: {cause}")
        self.title = title
        self.cause = cause
        self.next_step = next_step
