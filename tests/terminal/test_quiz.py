"""Review and placement by keyboard, in the workbench."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.terminal.terminal import Terminal
from tflab.programs.library import resolve
from tflab.programs.progress import Course, LessonProgress
from tflab.programs.reader import read_program
from tflab.quiz.review_store import ReviewStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")


def test_what_is_due_stands_in_the_list_and_a_miss_opens_the_lesson(
    open_app: Callable[..., Terminal], data: Path
):
    # With all goals reached, no question of the lesson folds away what follows it.
    goals = [goal.id for goal in read_program(resolve("second-order")).goals]
    kept = LessonProgress(goals=goals, stated=goals, runs=1)
    data.mkdir(exist_ok=True)
    course = Course(lessons={"second-order": kept}, version=2)
    (data / "progress.json").write_bytes(msgspec.json.encode(course))
    app = open_app("tensors", (80, 24))
    app.wait_for("dtype +float32")
    app.press("f2")
    app.wait_for("Review +2 due")
    app.press("home", "enter")
    app.wait_for("Review 1/2")
    app.type("-1")
    app.wait_for("-1")
    app.press("enter")
    app.wait_for("Not yet")
    assert not ReviewStore().read()
    app.type("-2")
    app.press("enter")
    app.wait_for("The answer is")
    app.press("enter")
    app.wait_for("Review 2/3")
    app.type("twelve")
    app.press("enter")
    app.wait_for("That is no number")
    app.type("-1")
    app.press("enter")
    app.wait_for("It is explained in lesson")
    app.press("ctrl+o")
    # At the cell of the question, which the head of the lesson is not.
    app.wait_for("def polynomial")
    (card,) = ReviewStore().read().values()
    assert card.days == 1
    app.press("f2")
    app.wait_for("Review +1 due")


def test_a_newcomer_is_shown_where_to_begin_and_the_lesson_opens(
    open_app: Callable[..., Terminal], data: Path
):
    app = open_app("tensors", (80, 24))
    app.wait_for("dtype +float32")
    app.press("f2")
    app.wait_for(r"Where to begin\?")
    app.press("escape")
    app.wait_for("Space")
    app.press("ctrl+p")
    app.wait_for("Type a command")
    app.type("Where to begin")
    app.wait_for("Where to begin +Answer")
    app.press("enter")
    app.wait_for("Where to begin 1/10")
    app.type("1x1x1x1x1")
    app.press("enter")
    app.wait_for("The answer is")
    app.press("enter")
    app.wait_for("Where to begin 2/10")
    app.wait_for(r"tf\.constant")
    # Text is the one type that no number has.
    app.type("1" if 'tf.constant("' in app.text else "4")
    app.press("enter")
    app.wait_for("The answer is")
    app.press("enter")
    app.wait_for("Begin with lesson 0")
    app.press("enter")
    app.wait_for("Welcome")
    assert not (data / "review.json").exists()
