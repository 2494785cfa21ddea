"""What an exercise is, and what nbgrader says of a cell."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Kind = Literal["fill", "mend", "line"]

SECONDS = 30.0
"""How long an answer and its checks may take, where the author says nothing else."""


class Grading(msgspec.Struct, frozen=True, kw_only=True):
    """What nbgrader's metadata say of a cell.

    Attributes:
        grade_id: What it is known by.
        solution: The learner writes it.
        grade: It is graded; by itself where it is no solution.
        locked: It stays as it is.
        points: What it is worth.
    """

    grade_id: str = ""
    solution: bool = False
    grade: bool = False
    locked: bool = False
    points: float = 0.0


class Exercise(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that the learner writes.

    Attributes:
        id: What it is known by, also when it is reworded.
        title: What people call it.
        kind: Whether code is to be filled in or mended, or a line to be typed.
        cell: Index of its cell.
        starter: What stands there before the learner has written anything.
        solution: One that is right; empty where the file has none.
        hints: From weak to strong.
        tests: Indices of the cells that check it, in order.
        points: What nbgrader gives for it.
        by_hand: A person grades it; nothing checks it.
        seconds: How long an answer, and each cell that checks it, may take.
        answer: What the learner has written; None before they have.
    """

    id: str
    title: str
    kind: Kind
    cell: int
    starter: str
    solution: str = ""
    hints: tuple[str, ...] = ()
    tests: tuple[int, ...] = ()
    points: float = 0.0
    by_hand: bool = False
    seconds: float = SECONDS
    answer: str | None = None

    @property
    def text(self) -> str:
        """What stands in its cell: what the learner has written, or the starter."""
        return self.starter if self.answer is None else self.answer


def read_grading(found: Any) -> Grading | None:
    """Return what nbgrader's metadata of a cell say; None where there are none."""
    if not isinstance(found, dict) or not (found.get("solution") or found.get("grade_id")):
        return None
    points = found.get("points")
    return Grading(
        grade_id=str(found.get("grade_id") or ""),
        solution=found.get("solution") is True,
        grade=found.get("grade") is True,
        locked=found.get("locked") is True,
        points=float(points) if isinstance(points, int | float) else 0.0,
    )
