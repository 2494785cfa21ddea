"""What a learner has to see, where they look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.workbench import CURVE, fill, run


def test_words_below_a_chart_leave_its_axis_in_view(open_app: OpenApp) -> None:
    app = open_app()
    app.wait_for(r"learning_rate +0\.1\b")
    fill(app, "learning_rate", "0.5")
    run(app, "overshot")
    app.wait_for(r"step 0 +10 +20 ")
    app.wait_for("diverged at step")


def test_the_next_lesson_starts_without_the_curves_of_the_last(open_app: OpenApp) -> None:
    app = open_app("linear-regression")
    app.wait_for("Two clouds|smallest training loop")
    run(app, "finished in")
    app.wait_for(CURVE)
    app.press("f3", "n")
    app.wait_for("Run the lesson to see its curves")
    app.wait_for("● ready")
    app.press("p")
    app.wait_for(CURVE)
    app.wait_for("finished in")


def test_a_lesson_without_curves_has_the_room_of_the_chart(open_app: OpenApp) -> None:
    app = open_app("tensors", size=(120, 30))
    app.wait_for("No curves in this lesson")
    app.wait_for("Rank and shape")
    run(app, "finished in")
    app.wait_for("output below")
    app.press("f3", "j", "j")
    app.wait_gone("output below")
    app.wait_for(r"block +3 \(4, 2, 3\)")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_curves_nobody_expected_are_drawn(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    path = write_lesson("log = lab.log", "for step in range(50): log(step, loss=50 - step)")
    app = open_app(path)
    app.wait_for("No curves in this lesson")
    run(app, CURVE)


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_the_run_before_has_one_name_in_the_legend(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    log = "    lab.log(step, **{'a/loss': 9 - step, 'b/loss': 8 - step})"
    path = write_lesson("for step in range(steps):", log)
    app = open_app(path)
    app.wait_for(r"steps +3\b")
    run(app, "finished in")
    app.press("f5")
    app.wait_for("how many: a whole number")
    app.type("5")
    app.wait_for(r"steps +5\b")
    run(app, "✓ #2 steps 5")
    app.wait_for(r"⠂ #1 steps 3 [^$]*⠒ a [^$]*⠒ b ")
    assert app.text.count("⠂ #1 steps 3") == 1


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_an_error_out_of_view_comes_into_view(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    path = write_lesson("a = 1", *["# a long way down"] * 60, "raise ValueError('here it is')")
    app = open_app(path)
    app.wait_for("a long way down")
    assert "raise" not in app.text
    run(app, "✗ ValueError")
    app.wait_for("here it is")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_long_code_goes_on_further_in(open_app: OpenApp, write_lesson: Callable[..., Path]) -> None:
    words = ", ".join(f"'word {number}'" for number in range(12))
    app = open_app(write_lesson(f"print(len([{words}]))"))
    app.wait_for(r"▌ print\(len")
    app.wait_for(r"▌ {3}↳ 'word|▌ {3}↳ \d")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_the_palette_looks_like_every_dialog(open_app: OpenApp) -> None:
    app = open_app()
    app.wait_for("Two clouds of points")
    app.press("ctrl+p")
    app.wait_for("─ Commands ─")
    app.type("gradient tape")
    app.wait_for("Open 4 The gradient tape")
    app.press("enter")
    app.wait_for("Record, then play back|for every weight")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_the_hint_asked_for_last_is_in_view(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    """However many goals come before it; the hints of goals that were reached make room."""
    goals = [
        f"lab.goal('Number {n}, said in words that need several lines', steps == 3 and {n} < 7, "
        f"hint=('A weak hint {n}, as long as hints of the course are: it takes lines as well.', "
        f"'A strong hint {n}, longer still than the weak one that comes before it: end {n}'))"
        for n in range(1, 8)
    ]
    app = open_app(write_lesson(*goals), size=(120, 32))
    app.wait_for("Goals 0/7")
    app.press("f10", "f10")
    app.wait_for("end 1")
    run(app, "Goals 6/7")
    app.wait_gone("end 1")
    app.press("f10", "f10")
    app.wait_for("end 7")
