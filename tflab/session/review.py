"""The review: which questions are due, and where each can be read up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tflab.programs.library import LessonEntry, find_lessons
from tflab.programs.program import Cell, Program
from tflab.programs.progress import Course, ProgressStore
from tflab.programs.reader import ProgramError, read_program
from tflab.quiz.kinds import Kind
from tflab.quiz.review_store import ReviewStore
from tflab.quiz.schedule import Card

A_FEW = 5
"""How many questions a sitting has, unless a person wants more."""


class ReadingPlace(NamedTuple):
    """Where something is explained.

    Attributes:
        lesson: The lesson.
        section: The heading above the cell; empty where there is none.
        cell: Index of the cell among all cells.
    """

    lesson: LessonEntry
    section: str
    cell: int


class Due(NamedTuple):
    """What is due.

    Attributes:
        kinds: What is asked today, what has waited longest first.
        next: The first day on which more is due; None where nothing ever was learned.
    """

    kinds: Sequence[Kind] = ()
    next: date | None = None


def what_is_due(course: Course, cards: Mapping[str, Card], today: date) -> Due:
    """Return the questions on lessons whose goals were met, as far as they are due.

    What was never asked is due the day after the goals were met.

    Args:
        course: The person's progress.
        cards: What is kept of the questions.
        today: The day.
    """
    if not any(kept.goals_met for kept in course.lessons.values()):
        return Due()
    # Looked up at each start; whoever has met no goals needs no questions.
    from tflab.quiz.bank import KINDS

    days: dict[str, date] = {}
    for kind in KINDS:
        kept = course.lessons.get(kind.lesson)
        if kept is None or not kept.goals_met:
            continue
        card = cards.get(kind.id)
        first = kept.met + timedelta(days=1) if kept.met is not None else today
        days[kind.id] = card.due if card is not None else first
    due = [kind for kind in KINDS if kind.id in days and days[kind.id] <= today]
    due.sort(key=lambda kind: days[kind.id])
    later = [day for day in days.values() if day > today]
    return Due(due, min(later, default=None))


def read_due(today: date) -> Due:
    """Return what is due by what is kept on the disk."""
    return what_is_due(ProgressStore().read(), ReviewStore().read(), today)


def reading_places(kinds: Sequence[Kind]) -> dict[str, ReadingPlace]:
    """Return where each kind is explained, by its id; lessons that cannot be read are left out."""
    entries = {entry.id: entry for entry in find_lessons()}
    programs: dict[str, Program | None] = {}
    found = {}
    for kind in kinds:
        entry = entries.get(kind.lesson)
        if entry is None:
            continue
        if kind.lesson not in programs:
            programs[kind.lesson] = _read(entry)
        program = programs[kind.lesson]
        cell = _cell_of(program, kind.read) if program is not None else None
        if program is not None and cell is not None:
            heading = _heading_above(program.cells, cell)
            found[kind.id] = ReadingPlace(entry, heading, cell)
    return found


def _read(entry: LessonEntry) -> Program | None:
    try:
        return read_program(entry.path)
    except ProgramError:
        return None


def _cell_of(program: Program, id: str) -> int | None:
    """Return the cell that has this id, or holds the question or goal that has it."""
    for cell in program.cells:
        if cell.id == id or (cell.exercise is not None and cell.exercise.id == id):
            return cell.index
    cells = {question.id: question.cell for question in program.questions}
    cells |= {goal.id: goal.cell for goal in program.goals}
    return cells.get(id)


def _heading_above(cells: Sequence[Cell], index: int) -> str:
    for cell in reversed(cells[: index + 1]):
        lines = cell.source.splitlines() if cell.kind == "prose" else []
        for line in reversed(lines):
            if line.startswith("## "):
                return line.removeprefix("## ").strip()
    return ""
