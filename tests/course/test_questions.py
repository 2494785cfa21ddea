"""A question is asked before its answer is seen, and an exercise leaves something to do."""

from __future__ import annotations

import ast
import re

import pytest

from tests.course.course import LESSONS, Course
from tflab.runs.events import Prediction
from tflab.runs.transcript import Transcript

SMALLEST_RATES = {
    "linear-regression": 1e-4,
    "linear-classifier": 1e-4,
    "gradient-descent": 1e-9,
    "two-valleys": 1e-9,
}


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_no_number_asked_for_is_printed_above_its_question(course: Course, lesson_id: str) -> None:
    """Only numbers with decimals are looked for: a small whole one stands anywhere by chance.

    What the cell of the question itself prints is folded with it.
    """
    printed = ""
    for _, cell in sorted(course.run(lesson_id).state.cells.items()):
        for item in cell.items:
            if isinstance(item, Prediction) and isinstance(item.answer, float):
                seen = [float(number) for number in re.findall(r"(?<=[ =])\d+\.\d{3,}\b", printed)]
                assert item.answer not in [pytest.approx(one, rel=1e-5) for one in seen], item
        printed += "".join(item.text() for item in cell.items if isinstance(item, Transcript))


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_what_is_asked_is_not_done_above_its_question(lesson_id: str) -> None:
    """Code that a question quotes runs below it, where it may print what it does."""
    code = ""
    for cell in LESSONS[lesson_id].cells:
        if cell.kind != "code":
            continue
        body = ast.parse(cell.exercise.solution if cell.exercise else cell.shown).body
        for statement in body:
            text = ast.unparse(statement)
            for quoted in re.findall(r"^lab\.predict\('What does `([^`]* = [^`]*)`", text):
                assert quoted not in code, quoted
            code += text + "\n"


@pytest.mark.parametrize(("lesson_id", "rate"), SMALLEST_RATES.items())
def test_no_starter_passes_at_the_smallest_rate(
    course: Course, lesson_id: str, rate: float
) -> None:
    exercises = course.run(lesson_id, learning_rate=rate).state.exercises.values()
    assert exercises
    assert not [exercise.id for exercise in exercises if exercise.trivial or exercise.broken]
