"""Ctrl+Z puts the workbench aside, and the shell brings it back as it was."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp
from tests.terminal.processes import kill, processes_of
from tests.terminal.terminal import Terminal

LOOP = (
    "import time",
    "for step in lab.track(range(steps)):",
    "    lab.log(step, loss=1 / (step + 1))",
    "    time.sleep(0.01)",
)


@pytest.mark.parametrize("launched", [False, True], ids=["by the shell", "by a launcher"])
def test_it_is_put_aside_and_comes_back_while_the_run_goes_on(
    data: Path,
    tmp_path: Path,
    write_lesson: Callable[..., Path],
    tensorflow_stand_in: str,
    launched: bool,
) -> None:
    lesson = write_lesson(*LOOP, steps=300)
    command = f"{sys.executable} -m tflab open {lesson}"
    if launched:
        # One that waits for it in its own group, as `uv run` does.
        starter = tmp_path / "start.py"
        starter.write_text(f"import subprocess; subprocess.run({command.split()!r})")
        command = f"{sys.executable} {starter}"
    shell = ["bash", "--norc", "--noprofile", "-i"]
    environment = {"PS1": "prompt> ", "PYTHONPATH": tensorflow_stand_in}
    with Terminal(shell, folder=tmp_path, environment=environment) as app:
        app.wait_for("prompt>")
        app.type(f"{command}\r")
        app.wait_for(r"steps +300")
        app.press("ctrl+r")
        app.wait_for(r"running +[1-9]")
        app.press("ctrl+z")
        app.wait_for(r"Stopped[\s\S]*prompt>")
        app.type("echo the shell answers\r")
        app.wait_for("\nthe shell answers")
        app.type("fg\r")
        app.wait_for(r"● finished in")
        app.press("f1")
        app.wait_for("Esc closes")
        app.press("ctrl+z")
        app.wait_for(r"Stopped[\s\S]*prompt>")
        app.type("fg\r")
        app.wait_for("Esc closes")
        app.press("escape")
        app.wait_gone("Esc closes")
        app.press("ctrl+q")
        app.wait_until(lambda _: app.raw.endswith(b"prompt> "), "the shell's prompt")
        app.type("echo left with $?\r")
        app.wait_for("left with 0")
        app.type("exit\r")
        app.wait_end()
    kill(processes_of(data))


@pytest.mark.usefixtures("tensorflow_stand_in")
def test_where_no_shell_could_bring_it_back_it_stays(open_app: OpenApp) -> None:
    app = open_app()
    app.wait_for(r"learning_rate +0\.1\b")
    app.press("ctrl+z")
    app.wait_for("No shell is here")
    app.press("f1")
    app.wait_for("Esc closes")
