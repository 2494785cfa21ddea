"""Typing values: bad ones are marked and refused, good ones survive a change of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.workbench import fill


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_a_bad_value_is_marked_and_run_refuses(open_app: OpenApp, data: Path) -> None:
    app = open_app()
    app.wait_for(r"learning_rate +0\.1\b")
    fill(app, "learning_rate", "99")
    app.wait_for(r"•learning_rate +99")
    app.press("ctrl+r")
    app.wait_for("Not run")
    assert not (data / "runs").exists()
    app.press("ctrl+d")
    app.wait_for(r"learning_rate +0\.1\b")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_a_changed_file_is_read_again_and_typed_values_stay(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    path = write_lesson("print('before')")
    app = open_app(path)
    app.wait_for("before")
    app.press("f5")
    app.wait_for("how many: a whole")
    app.type("77")
    app.wait_for(r"•steps +77")
    path.write_text(path.read_text().replace("before", "after the edit"))
    app.wait_for("after the edit")
    assert "77" in app.text


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_a_file_broken_on_disk_is_explained_and_the_lesson_stays(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    path = write_lesson("print('before')")
    app = open_app(path)
    app.wait_for("before")
    good = path.read_text()
    path.write_text(good.replace("print(", "print(("))
    app.wait_for("Esc closes, c copies")
    app.press("escape")
    app.wait_gone("Esc closes")
    assert "before" in app.text
    path.write_text(good.replace("before", "mended"))
    app.wait_for("mended")


def test_a_value_typed_after_enter_takes_the_place_of_the_last(open_app: OpenApp) -> None:
    app = open_app()
    app.wait_for(r"learning_rate +0\.1\b")
    fill(app, "steps", "30")
    app.press("enter")
    app.wait_for("finished in")
    app.type("25")
    app.wait_for(r"steps +25 ")
    app.press("enter")
    app.wait_for(r"✓ #\d steps 25")
