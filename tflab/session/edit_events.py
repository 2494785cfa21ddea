"""What the session tells of edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tflab.session.events import Event

if TYPE_CHECKING:
    from tflab.programs.program import Program
    from tflab.targets.live_run import LiveRun


class EditsChanged(Event, frozen=True):
    """The program on show was read with other edits of the person's.

    Attributes:
        program: The program with them. Its cells are where they were.
        parameters: Whether its parameters are others.
    """

    program: Program
    parameters: bool = False


class CodeRefused(Event, frozen=True):
    """A run was asked for while the edited code cannot run.

    Attributes:
        cell: Index of the cell that is wrong; None when no one cell is.
        line: The line in that cell, from 1.
        problem: What is wrong, in a sentence.
    """

    cell: int | None
    line: int
    problem: str


class ScratchShown(Event, frozen=True):
    """Lines are tried after a cell, or more has come of it.

    Attributes:
        cell: Index of the cell.
        text: The lines.
        index: The index that they have in the run.
        run: What runs them, after the cells above.
    """

    cell: int
    text: str
    index: int
    run: LiveRun

    def replaces(self, other: Event) -> bool:
        """Let a burst of these collapse into the newest."""
        return isinstance(other, ScratchShown) and other.run is self.run
