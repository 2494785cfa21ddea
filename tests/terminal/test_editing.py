"""A person writes in a cell of a lesson, at the keyboard of a real terminal."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.session.hearing import until
from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import Terminal
from tests.terminal.workbench import run
from tflab.runs.store import RunStore

CELL = r"W = tf\.Variable\(tf\.random"
MINE = "W = tf.Variable([[3.0], [-2.0]])"


def kept(data: Path) -> list[str]:
    """Return the texts of all edits on the disk."""
    files = (data / "edits").glob("*.json")
    return [edit["text"] for file in files for edit in json.loads(file.read_bytes())["edits"]]


def go_to_model(app: Terminal) -> None:
    """Put the cursor on the cell of the classifier that makes the model."""
    app.press("f3", "t")
    app.wait_for("What came out")
    app.type("The model")
    app.wait_gone("What came out")
    app.press("enter")
    app.wait_for(CELL)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
def test_a_cell_of_the_classifier_is_edited_run_and_put_back(
    open_app: OpenApp, data: Path, size: tuple[int, int]
) -> None:
    app = open_app(size=size)
    app.wait_for("learning_rate|F3 Lesson")
    run(app, r"● finished in")
    go_to_model(app)
    app.press("e")
    app.wait_for(r"Cell 4 ─")
    app.press("end", "enter")
    app.type(f"{MINE[:-1]}")
    app.wait_for(r"was never closed")
    app.press("ctrl+r")
    app.wait_for("Not run")
    app.type(")")
    app.wait_for(r"Cell 4: changed")
    app.wait_for(r"\^r runs, Esc keeps")
    run(app, r"● running|● finished in")
    app.wait_for(r"● finished in")
    app.wait_gone("Not run")
    app.press("escape")
    app.wait_for(r"changed  d shows the difference")
    app.press("d")
    app.wait_for(r"\+W = tf\.Variable\(\[\[3\.0\]")
    app.press("escape")
    app.wait_gone("What you changed")
    app.press("f4")
    app.wait_for(r"[⠒⠂⠁]+ (#1 )?before")
    app.press("f6")
    app.wait_for("code changed")
    app.press("home", "d")
    app.wait_for("linear-classifier as it ran")
    app.press("escape")
    app.wait_gone("as it ran")
    app.press("f3", "u")
    app.wait_gone(r"changed  d shows")
    app.wait_gone(r"W = tf\.Variable\(\[\[3")
    app.wait_for(CELL)
    store = RunStore(data / "runs")
    ran = sorted((store.record(each) for each in store.ids()), key=lambda one: one.created)
    assert [bool(one.request.edits) for one in ran] == [False, True]
    assert MINE in ran[1].request.source
    until(lambda: kept(data) == [], lambda: None)
    app.press("ctrl+q")
    assert app.wait_end() == 0


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_killed_while_one_types_it_loses_a_second_at_most(open_app: OpenApp, data: Path) -> None:
    app = open_app()
    app.wait_for("learning_rate")
    go_to_model(app)
    app.press("e")
    app.wait_for(r"Cell 4 ─")
    app.press("end", "enter")
    typed, moments = "", []
    began = time.monotonic()
    while time.monotonic() - began < 2.5:
        character = "abcdefghij"[len(typed) % 10]
        app.type(character)
        typed += character
        moments.append(time.monotonic())
        time.sleep(0.05)
    killed = time.monotonic()
    os.kill(app.pid, signal.SIGKILL)
    app.wait_end()
    (text,) = kept(data)
    line = text.split("\n")[1]
    assert line
    assert typed.startswith(line)
    lost = moments[len(line) :]
    assert not lost or killed - lost[0] <= 1.0
    again = open_app()
    again.wait_for("learning_rate")
    go_to_model(again)
    again.wait_for(r"changed")
    again.wait_for(line[:30])


def test_a_line_is_tried_after_a_cell(open_app: OpenApp, data: Path) -> None:
    app = open_app()
    app.wait_for("learning_rate")
    go_to_model(app)
    app.press("x")
    app.wait_for("Try after cell 4")
    app.type("W.shape, steps")
    app.press("enter")
    app.wait_for(r"TensorShape\(\[2, 1\]\), 40")
    app.type("1 / 0")
    app.press("enter")
    app.wait_for("ZeroDivisionError")
    app.type("for place in range(2):")
    app.press("enter")
    app.type("print(place, W.shape)")
    app.press("enter", "enter")
    app.wait_for(r"1 \(2, 1\)")
    app.type("half_typed")
    app.wait_for(r"half_typed")
    app.press("escape")
    app.wait_for(r"▸ for place")
    app.press("x")
    app.wait_for("half_typed")
    assert not (data / "runs").exists(), "no list of runs has it"


def test_a_cell_is_edited_while_lines_are_tried_after_it(open_app: OpenApp, data: Path) -> None:
    app = open_app()
    app.wait_for("learning_rate")
    go_to_model(app)
    app.press("x")
    app.wait_for("Try after cell 4")
    app.type("W.shape")
    row = next(n for n, line in enumerate(app.text.split("\n"), 1) if "W = tf.Variable" in line)
    app.send(f"\x1b[<0;12;{row}M\x1b[<0;12;{row}m".encode())
    app.press("e")
    app.wait_for("Cell 4 .*Esc keeps|Esc keeps")
    app.press("home", *"# mine")
    app.wait_for("Cell 4: changed")
    app.press("escape")
    app.wait_gone("Esc keeps")
    app.wait_for("Try after cell 4")
    assert app.text.count("W.shape") == 1
    until(lambda: kept(data), lambda: None)
    assert kept(data)[0].startswith("# mine")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_what_is_pasted_over_ssh_is_one_text_with_its_lines(open_app: OpenApp, data: Path) -> None:
    app = open_app()
    app.wait_for("learning_rate")
    go_to_model(app)
    app.press("e")
    app.wait_for(r"Cell 4 ─")
    pasted = "for k in range(3):\r    s = '한글 텐서'\r    print(s)\r"
    app.send(b"\x1b[200~" + pasted.encode() + b"\x1b[201~")
    app.wait_for("한글 텐서")
    app.press("escape")
    app.wait_for(r"changed")
    until(lambda: kept(data), lambda: None)
    assert kept(data)[0].startswith("for k in range(3):\n    s = '한글 텐서'\n    print(s)\nW = ")


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_code_written_while_a_run_goes_on_runs_when_that_has_ended(
    open_app: OpenApp, write_lesson: Callable[..., Path], tmp_path: Path
) -> None:
    flag = tmp_path / "go"
    path = write_lesson(
        "import os, time",
        f"while not os.path.exists({str(flag)!r}):",
        "    time.sleep(0.02)",
        "print('the', 'end')",
    )
    app = open_app(path)
    app.wait_for("while not")
    run(app, r"\^x Stop(.|\n)*● running|● running(.|\n)*\^x Stop")
    app.press("f3", "j", "j", "e")
    app.wait_for(r"\^r runs, Esc keeps")
    app.press("ctrl+r")
    app.wait_for("A run is going on. Stop it first")
    app.press("home")
    app.type("print('what', 'is', 'new')")
    app.press("enter")
    app.press("ctrl+r")
    app.wait_for("runs when #1 has ended")
    app.press("ctrl+x")
    app.wait_for("Taken back")
    app.press("ctrl+r")
    app.wait_for("runs when #1 has ended")
    flag.touch()
    app.wait_for("#2 code changed")
    app.wait_for("what is new")
