"""Many keys in one write, as a slow line delivers them: each acts where it was meant to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.keys import key_bytes
from tflab.runs.store import RunStore

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

LOST, GOT = b"\x1b[O", b"\x1b[I"
"""What a terminal sends when it loses and gets the focus."""

LESSON = ("lab.log(0, loss=float(steps))",)


def burst(*keys: str) -> bytes:
    """Return the bytes of keys by name, and of text as it is typed."""
    return b"".join(text.encode() if text.isdecimal() else key_bytes(text) for text in keys)


def only_request(data: Path) -> tuple[int, int]:
    """Return what the only run was given: steps and seed."""
    store = RunStore(data / "runs")
    (run,) = store.ids()
    request = store.record(run).request
    return request.parameters["steps"], request.seed


def test_text_behind_a_key_that_moves_goes_to_the_new_field(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    app = open_app(write_lesson(*LESSON))
    app.wait_for(r"steps +\d")
    app.send(burst("f5", "12", "tab", "345", "shift+tab", "67", "ctrl+r"))
    app.wait_for("finished in")
    assert only_request(data) == (67, 345)


def test_keys_act_right_beside_the_loss_of_the_focus(
    open_app: OpenApp, write_lesson: Callable[..., Path]
) -> None:
    """One presses a key and turns to another window at once, or turns back and presses one."""
    app = open_app(write_lesson(*LESSON))
    app.wait_for(r"steps +3\b")
    app.send(burst("f5", "end", "1234"))
    app.wait_for(r"steps +31234 ")
    for end, (before, after) in zip(
        range(4, 0, -1), [(b"", LOST), (LOST, b""), (b"", LOST + GOT), (GOT, LOST)], strict=True
    ):
        app.send(before + burst("backspace") + after)
        app.wait_for(rf"steps +{'31234'[:end]} ")


def test_the_run_has_what_was_typed_before_it(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    """Forty digits, the last four of which count, and Enter in another field than the text."""
    app = open_app(write_lesson(*LESSON))
    app.wait_for(r"steps +\d")
    erase = ["backspace"] * 3
    app.send(burst("f5", *("9" * 3, *erase) * 12, "4321", "tab", "tab", "shift+tab", "enter"))
    app.wait_for("finished in")
    assert only_request(data) == (4321, 0)


def test_run_pressed_before_the_lesson_is_there_runs_it(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    app = open_app(write_lesson(*LESSON, steps=5))
    app.wait_for("Lessons")
    app.press("ctrl+r")
    app.wait_for("finished in")
    assert "Open a program first" not in app.text
    assert only_request(data) == (5, 0)


def test_run_pressed_behind_a_choice_of_lesson_runs_that_one(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    write_lesson(*LESSON, steps=8, name="z_other.py")
    app = open_app(write_lesson(*LESSON))
    app.wait_for(r"steps +3\b")
    app.send(burst("f2", "end", "enter", "ctrl+r"))
    app.wait_for(r"steps +8\b")
    app.wait_for("finished in")
    assert only_request(data) == (8, 0)


@pytest.mark.parametrize("behind", ["ctrl+s", "n"], ids=["control", "letter"])
def test_what_is_pressed_right_behind_escape_acts_where_that_leads(
    open_app: OpenApp, write_lesson: Callable[..., Path], behind: str
) -> None:
    write_lesson(*LESSON, steps=8, name="z_other.py")
    app = open_app(write_lesson(*LESSON))
    app.wait_for(r"steps +3\b")
    app.press("f3", "ctrl+y")
    app.wait_for("No runs")
    app.send(burst("escape", behind))
    app.wait_gone("No runs")
    app.wait_for("Earlier sweeps" if behind == "ctrl+s" else r"steps +8\b")


def test_run_pressed_before_a_lesson_that_cannot_be_read_waits_for_none(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path]
) -> None:
    path = write_lesson(*LESSON)
    good = path.read_text()
    path.write_text(good.replace("lab.log(", "lab.log(("))
    app = open_app(path)
    app.wait_for("Lessons")
    app.press("ctrl+r")
    app.wait_for("is not a good lesson")
    app.press("escape")
    app.wait_gone("is not a good lesson")
    path.write_text(good)
    app.press("f2", "end", "enter")
    app.wait_for(r"steps +3\b")
    assert not (data / "runs").exists()
