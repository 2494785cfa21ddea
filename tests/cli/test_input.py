"""Input of a program run from the command line: piped in, typed at a terminal, or not there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal
from tflab.cli.run_printer import TextCursor
from tflab.runs.store import RunStore
from tflab.runs.transcript import Transcript

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

SCRIPT = """\
import getpass, sys
name = input("Name: ")
print("hello", name)
print(len(getpass.getpass("Key: ")))
print("rest", repr(sys.stdin.read()))
"""


@pytest.fixture
def script(data: Path) -> Path:
    path = data / "lessons" / "asking.py"
    path.parent.mkdir(parents=True)
    path.write_text(SCRIPT)
    return path


def test_what_is_piped_in_reaches_the_program_byte_for_byte(script: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tflab", "run", str(script), "--json"],
        input="Änne\nlong-key\nthe\nrest".encode(),
        capture_output=True,
        check=False,
        timeout=120,
    )
    found = json.loads(done.stdout)
    assert found["status"] == "finished", done.stderr
    assert "hello Änne\n" in found["output"]
    assert found["output"].endswith("8\nrest 'the\\nrest'\n")


def test_a_person_at_a_terminal_is_asked_and_another_may_answer_after_a_lost_line(
    script: Path, tmp_path: Path, tensorflow_stand_in: str
) -> None:
    python = {"PYTHONPATH": tensorflow_stand_in}
    tflab = [sys.executable, "-m", "tflab"]
    first = Terminal([*tflab, "run", str(script)], (100, 30), python, tmp_path)
    second = None
    try:
        first.wait_for("Name:")
        os.kill(first.pid, signal.SIGHUP)
        first.wait_for("tflab attach")
        second = Terminal([*tflab, "attach", "last"], (100, 30), python, tmp_path)
        second.wait_for("Name:")
        second.type("Anna")
        second.press("enter")
        second.wait_for("hello Anna")
        assert second.text.count("Anna") == 2, "the answer is shown once, where it was typed"
        second.wait_for("Key:")
        second.type("hidden-key")
        second.press("enter")
        second.wait_for("10 *\n.*waits for a line")
        second.type("more")
        second.press("enter")
        second.wait_for("more *\n.*waits for a line")
        second.press("ctrl+d")
        second.wait_for("Finished after")
        assert "hidden-key" not in second.text
        assert "rest 'more\\n'" in second.text
    finally:
        first.close()
        if second is not None:
            second.close()
    (run,) = RunStore().ids()
    kept = [path for path in RunStore().folder(run).rglob("*") if path.is_file()]
    assert not any(b"hidden-key" in path.read_bytes() for path in kept)


@pytest.mark.parametrize("arrives", [["Anna\nhello\n"], ["An", "na", "\nhello\n"], ["hello\n"]])
def test_what_the_terminal_shows_already_is_left_out_and_nothing_else(arrives: list[str]) -> None:
    text, cursor, shown = Transcript(), TextCursor(), []
    text.add("Name: ")
    assert cursor.take(text, whole=True) == ["Name: "]
    cursor.pass_over("Anna\n")
    for piece in arrives:
        text.add(piece)
        shown += cursor.take(text, whole=False)
    assert "\n".join(shown) == "hello"
