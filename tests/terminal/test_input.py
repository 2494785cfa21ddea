"""A program that asks for input, answered in the workbench."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.conftest import OpenApp

pytestmark = pytest.mark.usefixtures("tensorflow_stand_in")

ASKS = "The program asks"


def test_a_program_is_answered_where_it_asks(open_app: OpenApp, data: Path) -> None:
    path = data / "lessons" / "asking.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        "import getpass\nprint('Choices: a, b')\nname = input('Which: ')\nprint('took', name)\n"
        "print(len(getpass.getpass('Key: ')), 'letters')\nprint(input('last: '))\n"
    )
    app = open_app(path)
    app.wait_for("took")
    app.press("ctrl+r")
    app.wait_for(ASKS)
    app.wait_for("waits for an answer: F12")
    app.press("escape")
    app.wait_gone(ASKS)
    assert "waits for an answer" in app.text
    app.press("f12")
    app.wait_for(ASKS)
    app.type("beta")
    app.press("enter")
    app.wait_for("took beta")
    app.wait_for(r"Key:[^$]*Key:")
    app.type("hidden")
    app.wait_for("••••••")
    app.press("enter")
    app.wait_for("6 letters")
    assert "hidden" not in app.text
    app.wait_for(ASKS)
    app.press("escape")
    app.wait_gone(ASKS)
    app.press("ctrl+x")
    app.wait_for("cancelled in")
    app.press("f12")
    app.wait_for("No run asks for anything")
